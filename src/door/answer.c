// SPDX-License-Identifier: GPL-3.0-or-later
/* answer - written as it is found, so that a long answer is in memory once. */
#include "door/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"

/* ---- parts ---- */

void answer_time(struct strbuf *json, const char *name, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(time, text);
    json_field_text(json, name, text);
}

void answer_time_if_any(struct strbuf *json, const char *name, int64_t time)
{
    if (time != 0)
        answer_time(json, name, time);
    else
        json_field_null(json, name);
}

static void put_text(struct strbuf *json, const char *text)
{
    json_comma(json);
    json_text(json, text, strlen(text));
}

void answer_real(struct strbuf *json, const char *name, double value)
{
    AUTO(str) char *text = number_value(value);
    json_name(json, name);
    strbuf_puts(json, text);
}

void answer_columns(struct strbuf *json, const struct relation *relation)
{
    json_name(json, "columns");
    json_open(json, '[');
    for (size_t i = 0; i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        json_comma(json);
        json_open(json, '[');
        put_text(json, column->name);
        put_text(json, column_type_name(column->type));
        if (column->is_key)
            put_text(json, "key");
        json_close(json, ']');
    }
    json_close(json, ']');
}

void answer_values(struct strbuf *json, const struct relation *relation,
                   const char *const *values)
{
    json_open(json, '[');
    for (size_t i = 0; i < relation->count; i++) {
        bool is_bare = !values[i] || column_type_is_number(relation->columns[i].type);
        if (!is_bare) {
            put_text(json, values[i]);
            continue;
        }
        json_comma(json);
        strbuf_puts(json, values[i] ? values[i] : "null");
    }
    json_close(json, ']');
}

/* ---- rows ---- */

static int check_size(const struct strbuf *json)
{
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

int answer_message(const struct message_row *row, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_number(json, "number", row->number);
    answer_time(json, "came", row->came);
    answer_time(json, "time", row->time);
    json_field_text(json, "state", state_name(row->state));
    json_field_text(json, "last_word", row->last_word);
    json_name(json, "message");
    strbuf_puts(json, row->body);
    json_close(json, '}');
    return check_size(json);
}

int answer_state(const struct state_row *row, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "host", row->host);
    json_field_text(json, "tag", row->tag);
    json_field_text(json, "state", state_name(row->state));
    answer_time(json, "since", row->since);
    answer_time(json, "time", row->time);
    json_field_text(json, "id", row->id);
    json_field_text(json, "last_word", row->last_word);
    json_close(json, '}');
    return check_size(json);
}

int answer_series(const struct series_row *row, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "host", row->host);
    json_field_text(json, "name", row->name);
    json_field_text(json, "unit", row->unit);
    answer_time(json, "time", row->time);
    answer_real(json, "value", row->value);
    json_close(json, '}');
    return check_size(json);
}

/* ---- replies ---- */

void answer_found(struct request *request, int rc, struct strbuf *json,
                  const struct error *why)
{
    if (rc == -EMSGSIZE)
        request_refuse(request, MHD_HTTP_BAD_REQUEST,
                       "the answer has more than %zu bytes; ask for less of it, by "
                       "\"limit\" or \"host\"",
                       ANSWER_SIZE_MAX);
    else if (rc < 0)
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the store cannot be read: %s", why->text);
    else
        request_reply(request, MHD_HTTP_OK, json);
}

void answer_wrong(struct request *request, const struct error *why)
{
    request_refuse(request, MHD_HTTP_BAD_REQUEST, "%s", why->text);
}

void answer_unknown(struct request *request, const char *what, const char *name,
                    const struct texts *known)
{
    char hint[MESSAGE_NAME_MAX + 32];
    const char **names = memory_new((known->count + 1) * sizeof *names);
    for (size_t i = 0; i < known->count; i++)
        names[i] = known->items[i];
    request_refuse(request, MHD_HTTP_NOT_FOUND, "no %s is called \"%.80s\"%s", what,
                   name, suggest_text(name, names, hint, sizeof hint));
    free(names);
}

int64_t answer_read_number(struct request *request, const char *what)
{
    const char *text = request->rest;
    size_t length = strcspn(text, "/");
    if (length > 0 && length < 19 && strspn(text, "0123456789") == length &&
        strtoll(text, NULL, 10) > 0)
        return strtoll(text, NULL, 10);
    request_refuse(request, MHD_HTTP_BAD_REQUEST,
                   "found \"%.*s\", expected the number of %s",
                   (int)(length < 60 ? length : 60), text, what);
    return 0;
}

static int add_host(const struct host_row *row, void *context)
{
    texts_add(context, row->host);
    return 0;
}

static int ignore_host(const struct host_row *row UNUSED, void *context UNUSED)
{
    return 0;
}

bool answer_knows_host(struct request *request, struct store *store, const char *host)
{
    AUTO(texts) struct texts hosts = {0};
    struct error why = {0};
    int rc = store_each_host(store, host, ignore_host, NULL, &why);
    if (rc == 0)
        return true;
    if (rc == -ENOENT)
        rc = store_each_host(store, NULL, add_host, &hosts, &why);
    if (rc < 0)
        answer_found(request, rc, NULL, &why);
    else
        answer_unknown(request, "host", host, &hosts);
    return false;
}
