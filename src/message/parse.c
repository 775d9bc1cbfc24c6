// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - JSON to messages, by jansson: one object, or many; what a short one leaves
 * out is put in front of its own text, which stays as it came. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "message/fields.h"
#include "message/message.h"

#define READ_FLAGS                                                                     \
    (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY)

/* How far the text has been read. */
struct reading {
    const char *json;
    size_t size, at;
    size_t index; /* of the message that stands here, in what is read */
    const struct message_defaults *defaults;
    struct error *err;
};

/* The byte that stands behind the blanks, or -1 at the end. */
static int skip_blank(struct reading *reading)
{
    for (; reading->at < reading->size; reading->at++) {
        char c = reading->json[reading->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return (unsigned char)c;
    }
    return -1;
}

/* Fills in what a short message leaves out, and writes those fields. */
static int fill(const json_t *object, struct message *message,
                const struct message_defaults *defaults, struct strbuf *filled,
                struct error *err)
{
    if (!message->host && !defaults->host)
        return error_set(err, -EINVAL, "field \"host\" is missing");
    if (!message->host) {
        message->host = text_copy(defaults->host);
        json_field_text(filled, "host", message->host);
    }
    if (!message->id[0]) {
        if (defaults->id)
            snprintf(message->id, sizeof message->id, "%s", defaults->id);
        else
            uuid_make(defaults->now, message->id);
        json_field_text(filled, "id", message->id);
    }
    if (!json_object_get(object, "time")) {
        char time[CLOCK_TEXT_SIZE];
        message->time = defaults->now;
        clock_format_utc(message->time, time);
        json_field_text(filled, "time", time);
    }
    if (!json_object_get(object, "kind")) {
        bool ran = message->status >= 0 || message->signal > 0;
        message->kind = ran ? MESSAGE_OUTCOME : MESSAGE_NOTE;
        json_field_text(filled, "kind", message_kind_name(message->kind));
    }
    if (message->kind != MESSAGE_OUTCOME && message->kind != MESSAGE_NOTE)
        message->err = ERR_NONE; /* the others say nothing of the state */
    if (message->kind == MESSAGE_OUTCOME && message->err == ERR_NONE) {
        bool good = message->status == 0 && message->signal == 0;
        message->err = good ? ERR_SUCCESS : ERR_FAIL;
        if (!json_object_get(object, "err"))
            json_field_text(filled, "err", message_err_name(message->err));
    }
    return 0;
}

/* A place for the cut is within what is kept, and only where something was cut. */
static void tidy_cut(struct output *output)
{
    if (output->cut == 0)
        output->cut_at = 0;
    if (output->cut_at > output->kept.size)
        output->cut_at = output->kept.size;
}

/* The object's text, with what was filled in behind its opening brace. */
static int set_body(struct message *message, const struct strbuf *filled,
                    const char *json, size_t size, struct error *err)
{
    AUTO(strbuf) struct strbuf body = {0};
    if (filled->size > 0)
        strbuf_printf(&body, "{%s,", filled->data);
    size_t brace = filled->size > 0 ? 1 : 0;
    strbuf_add(&body, json + brace, size - brace);
    if (body.size > MESSAGE_SIZE_MAX)
        return error_set(err, -EFBIG, "it has %zu bytes, and a message at most %d",
                         body.size, MESSAGE_SIZE_MAX);
    message->body.size = body.size;
    message->body.data = strbuf_take(&body);
    return 0;
}

/* json, size: the text that object was read from. */
static int parse_object(const json_t *object, const char *json, size_t size,
                        const struct message_defaults *defaults, struct message **ret,
                        struct error *err)
{
    if (!json_is_object(object))
        return error_set(err, -EINVAL, "found %.*s, expected an object",
                         (int)(size < 60 ? size : 60), json);

    AUTO(message) struct message *message = message_new();
    int rc = fields_read(object, message, err);
    if (rc < 0)
        return rc;
    if (!message->tag)
        return error_set(err, -EINVAL, "field \"tag\" is missing");
    tidy_cut(&message->out);
    tidy_cut(&message->errors);

    AUTO(strbuf) struct strbuf filled = {0};
    rc = fill(object, message, defaults, &filled, err);
    if (rc == 0)
        rc = set_body(message, &filled, json, size, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(message);
    return 0;
}

/* A value takes up to fifty times its text in memory: no more of that is read than a
 * message may have, with room to see what stands behind it. */
#define LOOK_SIZE ((size_t)MESSAGE_SIZE_MAX + 64)

static int fail_long(struct error *err)
{
    return error_set(err, -EFBIG, "it has more than %d bytes, the most of a message",
                     MESSAGE_SIZE_MAX);
}

/* Whether it was wrong only where the text was cut off. */
static bool is_cut(const json_error_t *why, size_t left)
{
    return left > LOOK_SIZE && why->position > MESSAGE_SIZE_MAX;
}

/* Reads the value that stands here; lines and columns are counted from its start. */
static int parse_next(struct reading *reading, struct message **ret)
{
    json_error_t why;
    const char *start = reading->json + reading->at;
    size_t left = reading->size - reading->at;
    json_t *value =
        json_loadb(start, left < LOOK_SIZE ? left : LOOK_SIZE, READ_FLAGS, &why);
    if (!value && is_cut(&why, left))
        return fail_long(reading->err);
    if (!value)
        return error_set(reading->err, -EINVAL, "line %d, column %d: %s", why.line,
                         why.column, why.text);
    size_t length = (size_t)why.position;
    int rc = parse_object(value, start, length, reading->defaults, ret, reading->err);
    json_decref(value);
    reading->at += length;
    return rc;
}

/* Nothing but blanks follows. */
static int expect_end(struct reading *reading, const char *behind)
{
    if (skip_blank(reading) < 0)
        return 0;
    return error_set(reading->err, -EINVAL, "found more text behind the %s", behind);
}

int message_parse(const char *json, size_t size,
                  const struct message_defaults *defaults, struct message **ret,
                  struct error *err)
{
    struct reading reading = {
        .json = json, .size = size, .defaults = defaults, .err = err};
    if (skip_blank(&reading) < 0)
        return error_set(err, -EINVAL, "found nothing, expected a message");
    AUTO(message) struct message *message = NULL;
    int rc = parse_next(&reading, &message);
    if (rc == 0)
        rc = expect_end(&reading, "message");
    if (rc == -EINVAL && size > MESSAGE_SIZE_MAX) /* its end may have been left out */
        return fail_long(err);
    if (rc < 0)
        return rc;
    *ret = TAKE(message);
    return 0;
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

/* *ret_index is the message's number where that message is wrong, else -1. */
static int add_next(struct reading *reading, struct message_list *list, int *ret_index)
{
    struct message *message;
    size_t start = reading->at;
    const struct message_defaults *defaults = reading->defaults;
    if (defaults->count_max > 0 && reading->index == defaults->count_max) {
        *ret_index = -1;
        return error_set(reading->err, -EFBIG,
                         "more than %zu messages; send several requests",
                         defaults->count_max);
    }
    int rc = parse_next(reading, &message);
    bool is_unknown = rc == -EPROTO && defaults->unknown;
    *ret_index = rc < 0 && !is_unknown ? (int)reading->index : -1;
    if (is_unknown)
        defaults->unknown(defaults->context, reading->json + start, reading->at - start,
                          reading->err->text);
    else if (rc < 0)
        return error_prefix(reading->err, rc, "message %zu", reading->index);
    else
        list_add(list, message);
    reading->index++;
    return 0;
}

static int parse_array(struct reading *reading, struct message_list *list,
                       int *ret_index)
{
    int c;
    do {
        reading->at++;
        c = skip_blank(reading);
        if (c == ']' && reading->index == 0)
            return error_set(reading->err, -EINVAL,
                             "found an empty array, expected a message");
        int rc = add_next(reading, list, ret_index);
        if (rc < 0)
            return rc;
        c = skip_blank(reading);
    } while (c == ',');
    if (c != ']')
        return error_set(reading->err, -EINVAL,
                         "behind message %zu of the array: expected ',' or ']'",
                         reading->index - 1);
    reading->at++;
    return expect_end(reading, "array");
}

/* Objects one after the other. */
static int parse_sequence(struct reading *reading, struct message_list *list,
                          int *ret_index)
{
    int rc = 0;
    while (rc == 0 && skip_blank(reading) >= 0)
        rc = add_next(reading, list, ret_index);
    return rc;
}

int message_parse_all(const char *json, size_t size,
                      const struct message_defaults *defaults, struct message_list *ret,
                      int *ret_index, struct error *err)
{
    struct reading reading = {
        .json = json, .size = size, .defaults = defaults, .err = err};
    struct error own;
    if (!reading.err)
        reading.err = &own;
    AUTO(message_list) struct message_list list = {0};
    *ret_index = -1;
    int c = skip_blank(&reading);
    if (c < 0)
        return error_set(err, -EINVAL, "found nothing, expected a message");
    int rc = c == '[' ? parse_array(&reading, &list, ret_index)
                      : parse_sequence(&reading, &list, ret_index);
    if (rc < 0)
        return rc;
    *ret = list;
    list = (struct message_list){0};
    return 0;
}
