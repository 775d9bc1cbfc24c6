// SPDX-License-Identifier: GPL-3.0-or-later
/* order - each type of a field is a row of a table: how it is read, and what was
 * expected where it cannot be. */
#include "door/order.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"

#define FIELDS_MAX 16
#define END_MAX    (10 * 365 * 86400000LL) /* ms */

static bool read_text(const json_t *value, void *target)
{
    *(const char **)target = json_string_value(value);
    return json_string_length(value) > 0 && json_string_length(value) <= ORDER_TEXT_MAX;
}

static bool read_time(const json_t *value, void *target)
{
    return json_is_string(value) &&
           clock_parse_utc(json_string_value(value), target, NULL) == 0;
}

static bool read_duration(const json_t *value, void *target)
{
    return json_is_string(value) &&
           duration_parse(json_string_value(value), target, NULL) == 0 &&
           *(int64_t *)target > 0;
}

static bool read_flag(const json_t *value, void *target)
{
    *(bool *)target = json_is_true(value);
    return json_is_boolean(value);
}

static const struct {
    bool (*read)(const json_t *value, void *target);
    const char *expected;
} types[ORDER_TYPES] = {
    [ORDER_TEXT] = {read_text, "a text of 1 to 1000 bytes"},
    [ORDER_TIME] = {read_time, "a time such as \"2026-11-22T09:48:08Z\""},
    [ORDER_DURATION] = {read_duration, "a duration such as \"2h\""},
    [ORDER_FLAG] = {read_flag, "true or false"},
};

static int fail_unknown(const struct order_field *fields, const char *name,
                        struct error *err)
{
    const char *known[FIELDS_MAX + 1] = {0};
    for (size_t i = 0; i < FIELDS_MAX && fields[i].name; i++)
        known[i] = fields[i].name;
    char hint[80];
    return error_set(err, -EINVAL, "no field is called \"%.40s\"%s", name,
                     suggest_text(name, known, hint, sizeof hint));
}

static int read_field(const struct order_field *fields, const char *name,
                      const json_t *value, void *into, struct error *err)
{
    const struct order_field *field = fields;
    while (field->name && strcmp(field->name, name) != 0)
        field++;
    if (!field->name)
        return fail_unknown(fields, name, err);
    if (json_is_null(value) ||
        types[field->type].read(value, (char *)into + field->offset))
        return 0;
    AUTO(str) char *found = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    return error_set(err, -EINVAL, "field \"%s\": found %.60s, expected %s", name,
                     found, types[field->type].expected);
}

void order_clear(struct order *order)
{
    json_decref(order->json);
    *order = (struct order){0};
}

int order_read(const struct request *request, const struct order_field *fields,
               void *into, struct order *ret, struct error *err)
{
    json_error_t why;
    const char *name;
    json_t *value;
    json_auto_t *json = json_loads(request->order, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return error_set(err, -EINVAL, "the body is no JSON: %s", why.text);
    if (!json_is_object(json))
        return error_set(err, -EINVAL, "the body: expected an object");
    json_object_foreach(json, name, value)
    {
        int rc = read_field(fields, name, value, into, err);
        if (rc < 0)
            return rc;
    }
    ret->json = json_incref(json);
    return 0;
}

int order_read_end(int64_t from, int64_t until, int64_t length, int64_t *ret,
                   struct error *err)
{
    if ((until != 0) == (length != 0))
        return error_set(err, -EINVAL,
                         "fields \"for\" and \"until\": found %s, expected one: when "
                         "does it end?",
                         until != 0 ? "both" : "none");
    int64_t end = until != 0 ? until : from + length;
    if (end > clock_now() + END_MAX)
        return error_set(err, -EINVAL, "the end: expected one within ten years");
    *ret = end;
    return 0;
}

char *order_who(const struct request *request, const char *said)
{
    const struct caller *caller = &request->caller;
    AUTO(strbuf) struct strbuf who = {0};
    strbuf_puts(&who, said ? said : "");
    if (caller->number > 0) {
        strbuf_puts(&who, said ? " (" : "");
        strbuf_printf(&who, "token %lld", (long long)caller->number);
        strbuf_puts(&who, caller->host[0] ? " of " : "");
        strbuf_puts(&who, caller->host);
        strbuf_puts(&who, said ? ")" : "");
    }
    return strbuf_take(&who);
}

int order_end(struct store *store, int rc, struct error *err)
{
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

void order_refuse(struct request *request, int rc, const struct error *why)
{
    if (rc == -EINVAL)
        request_refuse(request, MHD_HTTP_BAD_REQUEST, "%s", why->text);
    else
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "the store: %s",
                       why->text);
}
