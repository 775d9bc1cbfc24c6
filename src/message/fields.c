// SPDX-License-Identifier: GPL-3.0-or-later
/* fields - each field is a row of a table: its name, what it may hold, and where that
 * goes. */
#include "message/fields.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"

#define ATTEMPTS_MAX 10000
#define SECONDS_MAX  1e12 /* milliseconds of it fit an int64_t */

/* A field is read by a function that finds value valid, or says what it expected. */
struct field {
    const char *name;
    int (*read)(const struct field *field, const json_t *value, struct message *message,
                struct error *err);
    size_t offset; /* in struct message */
};

/* "an object", "an array"; what is smaller is shown as it stands in JSON. */
static char *describe(const json_t *value)
{
    if (json_is_object(value))
        return text_copy("an object");
    if (json_is_array(value))
        return text_copy("an array");
    return json_dumps(value, JSON_ENCODE_ANY);
}

int fields_fail(const char *name, const json_t *value, const char *expected,
                struct error *err)
{
    AUTO(str) char *found = describe(value);
    return error_set(err, -EINVAL, "field \"%s\": found %.80s, expected %s", name,
                     found, expected);
}

int fields_duration(const char *name, const json_t *value, int64_t *ret,
                    struct error *err)
{
    struct error why = {0};
    if (json_is_null(value))
        return 0;
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value))
        return fields_fail(name, value, "a duration such as \"1m\", or null", err);
    int rc = duration_parse(text, ret, &why);
    return rc < 0 ? error_set(err, rc, "field \"%s\": %s", name, why.text) : 0;
}

static int fail(const struct field *field, const json_t *value, const char *expected,
                struct error *err)
{
    return fields_fail(field->name, value, expected, err);
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
    int rc = fail(field, value, "1, the one version that is known here", err);
    return json_is_integer(value) ? -EPROTO : rc;
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

static bool is_word(const json_t *value, const char *word)
{
    const char *text = json_string_value(value);
    return text && word && strlen(word) == json_string_length(value) &&
           strcmp(text, word) == 0;
}

static int read_kind(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    for (enum message_kind kind = MESSAGE_OUTCOME; kind <= MESSAGE_FACTS; kind++)
        if (is_word(value, message_kind_name(kind))) {
            message->kind = kind;
            return 0;
        }
    int rc = fail(field, value,
                  "\"outcome\", \"start\", \"note\", \"beat\", \"reading\" or "
                  "\"facts\"",
                  err);
    return json_is_string(value) ? -EPROTO : rc;
}

static int read_err_into(const struct field *field, const json_t *value,
                         enum message_err *ret, struct error *err)
{
    if (json_is_null(value))
        return 0;
    for (enum message_err word = ERR_SUCCESS; word <= ERR_UNKNOWN; word++)
        if (is_word(value, message_err_name(word))) {
            *ret = word;
            return 0;
        }
    return fail(field, value,
                "SUCCESS, FAIL, WARNING, CHECK, LOCKED, TIMEOUT, UNKNOWN or null", err);
}

static int read_err(const struct field *field, const json_t *value,
                    struct message *message, struct error *err)
{
    return read_err_into(field, value, &message->err, err);
}

static bool is_name(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    return text && size <= MESSAGE_NAME_MAX && !has_control(text, size);
}

/* A short text of one line: user, zone, run, mailto, plugin, subject, receiver. */
static int read_name(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (!is_name(value))
        return fail(field, value, "at most 255 bytes on one line, or null", err);
    if (json_string_length(value) > 0)
        *(char **)target(field, message) = text_copy(json_string_value(value));
    return 0;
}

/* A beat has a field of that name too, which is its own: see readings.c. */
static int read_expect(const struct field *field, const json_t *value,
                       struct message *message, struct error *err)
{
    if (message->kind > MESSAGE_NOTE)
        return 0;
    if (!json_is_null(value) && (!is_name(value) || json_string_length(value) == 0))
        return fail(field, value, "a duration or a calendar on one line, or null", err);
    message->expect =
        text_copy(json_is_null(value) ? EXPECT_END : json_string_value(value));
    return 0;
}

static int read_grace(const struct field *field, const json_t *value,
                      struct message *message, struct error *err)
{
    return fields_duration(field->name, value, &message->grace, err);
}

/* host and tag */
static int read_required_name(const struct field *field, const json_t *value,
                              struct message *message, struct error *err)
{
    if (!is_name(value) || json_string_length(value) == 0)
        return fail(field, value, "1 to 255 bytes on one line", err);
    *(char **)target(field, message) = text_copy(json_string_value(value));
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
    if (!json_is_string(value) ||
        strlen(json_string_value(value)) != json_string_length(value))
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

static int read_real_into(const struct field *field, const json_t *value, double *ret,
                          struct error *err)
{
    if (json_is_null(value))
        return 0;
    double seconds = json_number_value(value);
    if (!json_is_number(value) || seconds < 0 || seconds > SECONDS_MAX)
        return fail(field, value, "a number of seconds from 0 to 1e12, or null", err);
    *ret = seconds;
    return 0;
}

static int read_real(const struct field *field, const json_t *value,
                     struct message *message, struct error *err)
{
    return read_real_into(field, value, target(field, message), err);
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
        return fail(field, value, "an array of objects", err);
    *ret = (struct attempt){.status = -1};
    const json_t *status = json_object_get(value, "status");
    const json_t *signal = json_object_get(value, "signal");
    const json_t *word = json_object_get(value, "err");
    const json_t *elapsed = json_object_get(value, "elapsed");
    int rc = status ? read_int_into(field, status, &ret->status, err) : 0;
    if (rc == 0 && signal)
        rc = read_int_into(field, signal, &ret->signal, err);
    if (rc == 0 && word)
        rc = read_err_into(field, word, &ret->err, err);
    if (rc == 0 && elapsed)
        rc = read_real_into(field, elapsed, &ret->elapsed, err);
    return rc;
}

static int read_attempts(const struct field *field, const json_t *value,
                         struct message *message, struct error *err)
{
    if (!json_is_array(value) || json_array_size(value) > ATTEMPTS_MAX)
        return fail(field, value, "an array of at most 10000 attempts", err);
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
    {"host", read_required_name, AT(host)},
    {"user", read_name, AT(user)},
    {"tag", read_required_name, AT(tag)},
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
    {"printed", read_int64, AT(printed)},
    {"max_rss", read_int64, AT(max_rss)},
    {"user_time", read_real, AT(user_time)},
    {"system_time", read_real, AT(system_time)},
    {"attempts", read_attempts, 0},
    {"text", read_text, AT(text)},
    {"mailto", read_name, AT(mailto)},
    {"every", read_expect, 0},
    {"grace", read_grace, 0},
    {"run", read_name, AT(run)},
    {"plugin", read_name, AT(plugin)},
    {"subject", read_name, AT(subject)},
    {"receiver", read_name, AT(receiver)},
    {"bytes", read_exact, 0},
    {NULL, NULL, 0},
};

int fields_read(const json_t *object, struct message *message, struct error *err)
{
    for (const struct field *field = fields; field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        int rc = value ? field->read(field, value, message, err) : 0;
        if (rc < 0)
            return rc;
    }
    if (message->kind == MESSAGE_BEAT || message->kind == MESSAGE_READING)
        return readings_read(object, message, err);
    if (message->kind == MESSAGE_FACTS)
        return facts_read(object, message, err);
    return 0;
}
