// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - JSON to a message, by jansson. Each field is a row of a table: its name, what it
 * may hold, and where that goes. */
#include "message/message.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

/* A field is read by a function that finds value valid, or says what it expected. */
struct field {
    const char *name;
    int (*read)(const struct field *field, const json_t *value, struct message *message,
                struct error *err);
    size_t offset; /* in struct message */
};

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {"an object",  "an array",      "a string",
                                        "an integer", "a real number", "true",
                                        "false",      "null"};
    return names[json_typeof(value)];
}

static int fail(const struct field *field, const json_t *value, const char *expected,
                struct error *err)
{
    if (json_is_string(value))
        return error_set(err, -EINVAL, "field \"%s\": found \"%.60s\", expected %s",
                         field->name, json_string_value(value), expected);
    if (json_is_number(value))
        return error_set(err, -EINVAL, "field \"%s\": found %g, expected %s",
                         field->name, json_number_value(value), expected);
    return error_set(err, -EINVAL, "field \"%s\": found %s, expected %s", field->name,
                     type_name(value), expected);
}

static void *target(const struct field *field, struct message *message)
{
    return (char *)message + field->offset;
}

static bool has_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return true;
    return false;
}

static int read_version(const struct field *field, const json_t *value,
                        struct message *message UNUSED, struct error *err)
{
    if (json_integer_value(value) == 1)
        return 0;
    return fail(field, value, "1, the one version that is known here", err);
}

static int read_id(const struct field *field, const json_t *value,
                   struct message *message, struct error *err)
{
    if (!json_is_string(value) ||
        !uuid_is_valid(json_string_value(value), json_string_length(value)))
        return fail(field, value, "a UUID in lower case", err);
    memcpy(target(field, message), json_string_value(value), UUID_SIZE);
    return 0;
}

/* The index of the name in names, or -1. */
static int name_index(const char *const *names, int count, const json_t *value)
{
    for (int i = 0; i < count; i++)
        if (names[i] && json_is_string(value) &&
            strcmp(names[i], json_string_value(value)) == 0)
            return i;
    return -1;
}

static int read_kind(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    const char *const names[] = {"outcome", "start", "note"};
    int index = name_index(names, 3, value);
    if (index < 0)
        return fail(field, value, "outcome, start or note", err);
    message->kind = (enum message_kind)index;
    return 0;
}

static int read_err_into(const struct field *field, const json_t *value,
                         enum message_err *ret, struct error *err)
{
    const char *const names[] = {NULL,    "SUCCESS", "FAIL",   "WARNING",
                                 "CHECK", "LOCKED",  "TIMEOUT"};
    if (json_is_null(value))
        return 0;
    int index = name_index(names, 7, value);
    if (index < 0)
        return fail(field, value,
                    "SUCCESS, FAIL, WARNING, CHECK, LOCKED, TIMEOUT or null", err);
    *ret = (enum message_err)index;
    return 0;
}

static int read_err(const struct field *field, const json_t *value,
                    struct message *message, struct error *err)
{
    return read_err_into(field, value, &message->err, err);
}

/* A short text of one line: host, tag, user, zone, run, mailto. */
static int read_name(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    if (!text || size > MESSAGE_NAME_MAX || has_control(text, size))
        return fail(field, value, "at most 255 bytes on one line, or null", err);
    if (size > 0)
        *(char **)target(field, message) = text_copy(text);
    return 0;
}

static int read_text(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (!json_is_string(value) ||
        strlen(json_string_value(value)) != json_string_length(value))
        return fail(field, value, "a string without NUL, or null", err);
    *(char **)target(field, message) = text_copy(json_string_value(value));
    return 0;
}

static int read_bytes(const struct field *field, const json_t *value,
                      struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return fail(field, value, "a string or null", err);
    struct bytes *bytes = target(field, message);
    bytes->size = json_string_length(value);
    bytes->data = memory_copy(json_string_value(value), bytes->size);
    return 0;
}

static int read_time(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    struct error why = {0};
    if (!json_is_string(value))
        return fail(field, value, "a time such as \"2026-11-22T09:48:08.123Z\"", err);
    int rc = clock_parse_utc(json_string_value(value), target(field, message), &why);
    return rc < 0 ? error_set(err, rc, "field \"%s\": %s", field->name, why.text) : 0;
}

static int read_int_into(const struct field *field, const json_t *value, int *ret,
                         struct error *err)
{
    if (json_is_null(value))
        return 0;
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > INT_MAX)
        return fail(field, value, "an integer from 0 on, or null", err);
    *ret = (int)number;
    return 0;
}

static int read_int(const struct field *field, const json_t *value,
                    struct message *message, struct error *err)
{
    return read_int_into(field, value, target(field, message), err);
}

static int read_int64(const struct field *field, const json_t *value,
                      struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return fail(field, value, "an integer from 0 on, or null", err);
    *(int64_t *)target(field, message) = json_integer_value(value);
    return 0;
}

static int read_real(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (!json_is_number(value) || json_number_value(value) < 0)
        return fail(field, value, "a number of seconds from 0 on, or null", err);
    *(double *)target(field, message) = json_number_value(value);
    return 0;
}

/* {"stdout":N, "stderr":N}; counts are within what a stream can hold. */
static int read_cut(const struct field *field, const json_t *value,
                    struct message *message, struct error *err)
{
    bool is_place = strcmp(field->name, "cut_at") == 0;
    struct output *outputs[] = {&message->out, &message->errors};
    const char *const names[] = {"stdout", "stderr"};
    if (!json_is_object(value))
        return fail(field, value, "an object with stdout and stderr", err);
    for (int i = 0; i < 2; i++) {
        const json_t *count = json_object_get(value, names[i]);
        if (!count)
            continue;
        if (!json_is_integer(count) || json_integer_value(count) < 0)
            return fail(field, count, "a number of bytes from 0 on", err);
        if (is_place)
            outputs[i]->cut_at = (size_t)json_integer_value(count);
        else
            outputs[i]->cut = (uint64_t)json_integer_value(count);
    }
    return 0;
}

static int read_attempt(const struct field *field, const json_t *value,
                        struct attempt *ret, struct error *err)
{
    if (!json_is_object(value))
        return fail(field, value, "objects", err);
    *ret = (struct attempt){.status = -1};
    const json_t *status = json_object_get(value, "status");
    const json_t *signal = json_object_get(value, "signal");
    const json_t *word = json_object_get(value, "err");
    ret->elapsed = json_number_value(json_object_get(value, "elapsed"));
    int rc = status ? read_int_into(field, status, &ret->status, err) : 0;
    if (rc == 0 && signal)
        rc = read_int_into(field, signal, &ret->signal, err);
    if (rc == 0 && word)
        rc = read_err_into(field, word, &ret->err, err);
    return rc;
}

static int read_attempts(const struct field *field, const json_t *value,
                         struct message *message, struct error *err)
{
    if (!json_is_array(value) || json_array_size(value) > 10000)
        return fail(field, value, "an array of attempts", err);
    size_t count = json_array_size(value);
    message->attempts = memory_new((count ? count : 1) * sizeof *message->attempts);
    message->attempt_count = count;
    for (size_t i = 0; i < count; i++) {
        int rc =
            read_attempt(field, json_array_get(value, i), &message->attempts[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* After the fields: what they hold exactly stands here, and wins. */
static int read_exact(const struct field *field, const json_t *value,
                      struct message *message, struct error *err)
{
    struct {
        const char *name;
        struct bytes *bytes;
    } exacts[] = {{"command", &message->command},
                  {"stdout", &message->out.kept},
                  {"stderr", &message->errors.kept}};
    if (!json_is_object(value))
        return fail(field, value, "an object of base64 texts", err);
    for (int i = 0; i < 3; i++) {
        const json_t *text = json_object_get(value, exacts[i].name);
        AUTO(strbuf) struct strbuf bytes = {0};
        if (!text)
            continue;
        if (!json_is_string(text) || base64_decode(&bytes, json_string_value(text),
                                                   json_string_length(text)) < 0)
            return fail(field, text, "base64", err);
        free(exacts[i].bytes->data);
        exacts[i].bytes->size = bytes.size;
        exacts[i].bytes->data = strbuf_take(&bytes);
    }
    return 0;
}

#define AT(member) offsetof(struct message, member)

static const struct field fields[] = {
    {"v", read_version, 0},
    {"id", read_id, AT(id)},
    {"kind", read_kind, 0},
    {"host", read_name, AT(host)},
    {"user", read_name, AT(user)},
    {"tag", read_name, AT(tag)},
    {"time", read_time, AT(time)},
    {"zone", read_name, AT(zone)},
    {"command", read_bytes, AT(command)},
    {"status", read_int, AT(status)},
    {"signal", read_int, AT(signal)},
    {"err", read_err, 0},
    {"elapsed", read_real, AT(elapsed)},
    {"stdout", read_bytes, AT(out.kept)},
    {"stderr", read_bytes, AT(errors.kept)},
    {"cut", read_cut, 0},
    {"cut_at", read_cut, 0},
    {"max_rss", read_int64, AT(max_rss)},
    {"user_time", read_real, AT(user_time)},
    {"system_time", read_real, AT(system_time)},
    {"attempts", read_attempts, 0},
    {"text", read_text, AT(text)},
    {"mailto", read_name, AT(mailto)},
    {"run", read_name, AT(run)},
    {"bytes", read_exact, 0},
    {NULL, NULL, 0},
};

static int read_fields(const json_t *object, struct message *message, struct error *err)
{
    for (const struct field *field = fields; field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        int rc = value ? field->read(field, value, message, err) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int fill_host(json_t *object, struct message *message, const char *host,
                     struct error *err)
{
    if (message->host)
        return 0;
    if (!host)
        return error_set(err, -EINVAL, "field \"host\" is missing");
    message->host = text_copy(host);
    json_object_set_new(object, "host", json_string(host));
    return 1;
}

/* Fills in what a short message leaves out; returns how many fields that were. */
static int fill(json_t *object, struct message *message,
                const struct message_defaults *defaults, struct error *err)
{
    int filled = fill_host(object, message, defaults->host, err);
    if (filled < 0)
        return filled;
    if (!message->id[0]) {
        uuid_make(defaults->now, message->id);
        json_object_set_new(object, "id", json_string(message->id));
        filled++;
    }
    if (!json_object_get(object, "time")) {
        char time[CLOCK_TEXT_SIZE];
        message->time = defaults->now;
        clock_format_utc(message->time, time);
        json_object_set_new(object, "time", json_string(time));
        filled++;
    }
    bool ran = json_object_get(object, "status") || json_object_get(object, "signal");
    if (!json_object_get(object, "kind")) {
        message->kind = ran ? MESSAGE_OUTCOME : MESSAGE_NOTE;
        json_object_set_new(object, "kind",
                            json_string(message_kind_name(message->kind)));
        filled++;
    }
    if (message->kind == MESSAGE_OUTCOME && message->err == ERR_NONE) {
        bool good = message->status == 0 && message->signal == 0;
        message->err = good ? ERR_SUCCESS : ERR_FAIL;
        json_object_set_new(object, "err", json_string(message_err_name(message->err)));
        filled++;
    }
    return filled;
}

static void clamp_cut(struct output *output)
{
    if (output->cut_at > output->kept.size)
        output->cut_at = output->kept.size;
}

/* json, size: the text that object was read from. */
static int parse_object(json_t *object, const char *json, size_t size,
                        const struct message_defaults *defaults, struct message **ret,
                        struct error *err)
{
    if (!json_is_object(object))
        return error_set(err, -EINVAL, "found %s, expected an object",
                         type_name(object));
    if (size > MESSAGE_SIZE_MAX)
        return error_set(err, -EFBIG, "%zu bytes, and a message may have %d", size,
                         MESSAGE_SIZE_MAX);

    AUTO(message) struct message *message = message_new();
    int rc = read_fields(object, message, err);
    if (rc < 0)
        return rc;
    if (!message->tag)
        return error_set(err, -EINVAL, "field \"tag\" is missing");
    clamp_cut(&message->out);
    clamp_cut(&message->errors);
    rc = fill(object, message, defaults, err);
    if (rc < 0)
        return rc;

    message->body.data = rc > 0 ? json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII)
                                : memory_copy(json, size);
    message->body.size = strlen(message->body.data);
    *ret = TAKE(message);
    return 0;
}

#define READ_FLAGS (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK)

static int fail_json(const json_error_t *why, struct error *err)
{
    return error_set(err, -EINVAL, "line %d, column %d: %s", why->line, why->column,
                     why->text);
}

int message_parse(const char *json, size_t size,
                  const struct message_defaults *defaults, struct message **ret,
                  struct error *err)
{
    json_error_t why;
    json_t *object = json_loadb(json, size, READ_FLAGS & ~JSON_DISABLE_EOF_CHECK, &why);
    if (!object)
        return fail_json(&why, err);
    int rc = parse_object(object, json, size, defaults, ret, err);
    json_decref(object);
    return rc;
}

void message_list_clear(struct message_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        message_free(list->items[i]);
    free(list->items);
    *list = (struct message_list){0};
}

static void list_add(struct message_list *list, struct message *message)
{
    if ((list->count & (list->count + 1)) == 0)
        list->items =
            memory_resize(list->items, (list->count * 2 + 1) * sizeof *list->items);
    list->items[list->count++] = message;
}

static int parse_array(const json_t *array, const struct message_defaults *defaults,
                       struct message_list *list, struct error *err)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *object = json_array_get(array, i);
        AUTO(str) char *json = json_dumps(object, JSON_COMPACT | JSON_ENCODE_ANY);
        struct message *message;
        int rc = parse_object(object, json, strlen(json), defaults, &message, err);
        if (rc < 0)
            return rc;
        list_add(list, message);
    }
    return 0;
}

static size_t blank_length(const char *json, size_t size)
{
    size_t at = 0;
    while (at < size && json[at] != '\0' && strchr(" \t\r\n", json[at]))
        at++;
    return at;
}

/* Objects one after the other; each keeps the text it was read from. */
static int parse_sequence(const char *json, size_t size,
                          const struct message_defaults *defaults,
                          struct message_list *list, struct error *err)
{
    size_t at = blank_length(json, size);
    while (at < size) {
        json_error_t why;
        json_t *object = json_loadb(json + at, size - at, READ_FLAGS, &why);
        if (!object)
            return fail_json(&why, err);
        struct message *message;
        size_t length = (size_t)why.position;
        int rc = parse_object(object, json + at, length, defaults, &message, err);
        json_decref(object);
        if (rc < 0)
            return rc;
        list_add(list, message);
        at += length;
        at += blank_length(json + at, size - at);
    }
    return 0;
}

int message_parse_all(const char *json, size_t size,
                      const struct message_defaults *defaults, struct message_list *ret,
                      int *ret_index, struct error *err)
{
    AUTO(message_list) struct message_list list = {0};
    size_t start = blank_length(json, size);
    *ret_index = -1;
    if (start == size)
        return error_set(err, -EINVAL, "found nothing, expected a message");

    int rc;
    if (json[start] == '[') {
        json_error_t why;
        json_t *array =
            json_loadb(json, size, READ_FLAGS & ~JSON_DISABLE_EOF_CHECK, &why);
        if (!array)
            return fail_json(&why, err);
        rc = parse_array(array, defaults, &list, err);
        json_decref(array);
    } else {
        rc = parse_sequence(json, size, defaults, &list, err);
    }
    if (rc < 0) {
        *ret_index = (int)list.count;
        return error_prefix(err, rc, "message %zu", list.count);
    }
    *ret = list;
    list = (struct message_list){0};
    return 0;
}
