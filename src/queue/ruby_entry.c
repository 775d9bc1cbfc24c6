// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_entry - fields are exchanged in the object that jansson reads; all others
 * stay. */
#include "queue/ruby_entry.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "bark/tag.h"
#include "base/auto.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/uuid.h"
#include "message/message.h"

#define OURS "sheepdog" /* the field with what our message says more exactly */

static void json_auto(json_t **owned)
{
    json_decref(*owned);
}

static json_t *load_object(const char *text, size_t size)
{
    json_t *value =
        json_loadb(text, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void set_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, json_string(text));
}

static void dump(const json_t *object, struct strbuf *buf)
{
    AUTO(str) char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    strbuf_puts(buf, text ? text : "");
}

/* "2021-01-10 00:33:41 -0600", or with "UTC": the blank before the zone is Ruby's. */
static int read_time(json_t *object, int64_t *ret)
{
    const char *text = text_of(object, "time");
    const char *zone = text ? strrchr(text, ' ') : NULL;
    if (!zone || zone == strchr(text, ' '))
        return text ? clock_parse_utc(text, ret, NULL) : -EINVAL;
    bool is_utc = strcmp(zone, " UTC") == 0;
    AUTO(str)
    char *usual =
        text_format("%.*s%s", (int)(zone - text), text, is_utc ? "Z" : zone + 1);
    int rc = clock_parse_utc(usual, ret, NULL);
    if (rc == 0 && !json_object_get(object, "zone"))
        set_text(object, "zone", zone + 1);
    return rc;
}

static void make_id(int64_t time, const char *text, size_t size, unsigned occurrence,
                    char ret[UUID_SIZE])
{
    unsigned char hash[crypto_generichash_BYTES];
    AUTO(str) char *key = text_format("sheepdog-ruby %010u", occurrence);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, size,
                       (const unsigned char *)key, strlen(key));
    uuid_make_of(time, hash, ret);
}

/* Such as our own wrapper would give. */
static void fill_tag(json_t *object)
{
    const char *given = text_of(object, "tag");
    const json_t *command = json_object_get(object, "command");
    AUTO(str) char *tag = tag_clean(given ? given : "");
    if (*tag == '\0' && json_is_string(command)) {
        free(tag);
        tag = tag_of_command(json_string_value(command), json_string_length(command));
    }
    if (*tag != '\0')
        set_text(object, "tag", tag);
}

int ruby_entry_read(const char *text, size_t size, unsigned occurrence,
                    struct strbuf *buf)
{
    char id[UUID_SIZE], utc[CLOCK_TEXT_SIZE];
    int64_t time;
    AUTO(json) json_t *object = load_object(text, size);
    if (!object)
        return -EINVAL;
    json_t *ours = json_object_get(object, OURS);
    if (json_is_object(ours)) {
        json_object_update(object, ours);
        json_object_del(object, OURS);
    }
    int rc = read_time(object, &time);
    if (rc < 0)
        return rc;
    clock_format_utc(time, utc);
    set_text(object, "time", utc);
    fill_tag(object);
    if (!json_object_get(object, "id")) {
        make_id(time, text, size, occurrence, id);
        set_text(object, "id", id);
    }
    if (!json_object_get(object, "kind"))
        set_text(object, "kind", message_kind_name(MESSAGE_OUTCOME));
    dump(object, buf);
    return 0;
}

static json_t *ruby_time(const json_t *object, const char *name)
{
    char local[CLOCK_TEXT_SIZE];
    const char *text = text_of(object, name);
    int64_t time;
    if (!text || clock_parse_utc(text, &time, NULL) < 0)
        time = clock_now();
    clock_format_local(time, CLOCK_OFFSET, local);
    return json_string(local);
}

static json_t *ruby_elapsed(const json_t *object, const char *name)
{
    double seconds = json_number_value(json_object_get(object, name));
    return json_integer(seconds >= 0 && seconds < 1e12 ? llround(seconds) : 0);
}

/* Its tools know no other words; one that we have besides is the nearest of theirs. */
static json_t *ruby_err(const json_t *object, const char *name)
{
    static const struct {
        const char *ours, *theirs;
    } words[] = {{"LOCKED", "WARNING"}, {"TIMEOUT", "FAIL"}};
    const char *word = text_of(object, name);
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i].ours) == 0)
            word = words[i].theirs;
    return word ? json_string(word) : json_null();
}

/* A status that nobody gave follows from err; null is for a run that a signal ended. */
static json_t *ruby_status(const json_t *object, const char *name)
{
    json_t *status = json_object_get(object, name);
    const char *word = text_of(object, "err");
    if (json_is_integer(status))
        return json_incref(status);
    if (!word || json_is_integer(json_object_get(object, "signal")))
        return json_null();
    return json_integer(strcmp(word, "SUCCESS") == 0 ? 0 : 1);
}

/* What is said beside the output is shown where the output is. */
static json_t *ruby_stderr(const json_t *object, const char *name)
{
    json_t *output = json_object_get(object, name);
    json_t *text = json_object_get(object, "text");
    if (json_string_length(output) == 0 && json_is_string(text))
        return json_incref(text);
    return json_is_string(output) ? json_incref(output) : json_string("");
}

static json_t *text_or_empty(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_incref(value) : json_string("");
}

static json_t *text_or_null(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_incref(value) : json_null();
}

/* In Ruby's order. */
static const struct {
    const char *name;
    json_t *(*make)(const json_t *object, const char *name);
} fields[] = {
    {"time", ruby_time},      {"elapsed", ruby_elapsed},  {"user", text_or_null},
    {"host", text_or_null},   {"command", text_or_empty}, {"tag", text_or_null},
    {"stdout", text_or_null}, {"stderr", ruby_stderr},    {"status", ruby_status},
    {"err", ruby_err},
};

/* ours gets what each field was where it is another now; null: it was not there. */
static json_t *make_event(const json_t *object, json_t *ours)
{
    json_t *event = json_object();
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *name = fields[i].name;
        json_t *before = json_object_get(object, name);
        json_t *value = fields[i].make(object, name);
        if (before ? !json_equal(before, value) : !json_is_null(value))
            json_object_set_new(ours, name, before ? json_incref(before) : json_null());
        json_object_set_new(event, name, value);
    }
    return event;
}

int ruby_entry_write(const char *json, size_t size, struct strbuf *buf,
                     struct error *err)
{
    AUTO(json) json_t *object = load_object(json, size);
    if (!object)
        return error_set(err, -EINVAL, "found no object of JSON");
    const char *kind = text_of(object, "kind");
    if (kind && strcmp(kind, message_kind_name(MESSAGE_START)) == 0)
        return error_set(err, -ENOMSG, "the Ruby sheepdog has no word for a start");

    AUTO(json) json_t *ours = json_object();
    AUTO(json) json_t *event = make_event(object, ours);
    json_object_update_missing(event, object);
    json_object_set(event, OURS, ours);
    dump(event, buf);
    return 0;
}
