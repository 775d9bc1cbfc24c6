// SPDX-License-Identifier: GPL-3.0-or-later
/* statement_json - a line that is an object. jansson says where bad JSON is bad; what
 * is wrong with a field is said at the place of its name. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "monitor/decimal.h"
#include "monitor/statement.h"

#define VALUE_SIZE 40 /* of a number */

struct object {
    const char *text;
    const json_t *json;
    const struct relations *relations;
};

/* Where a field's name stands, as it is usually written; else where the line begins. */
static int column_of(const struct object *object, const char *key)
{
    AUTO(str) char *quoted = text_format("\"%s\"", key);
    const char *at = strstr(object->text, quoted);
    return statement_column(object->text, at ? (size_t)(at - object->text) : 0);
}

static int fail(const struct object *object, const char *key, const json_t *found,
                const char *expected, struct error *err)
{
    AUTO(str)
    char *text =
        json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    return error_set(err, -EINVAL, "column %d: %s: found %.60s, expected %s",
                     column_of(object, key), key, text ? text : "a text", expected);
}

/* A value as text: that of a string, a number as it is written shortest, true, false;
 * NULL for null. -EINVAL: an array or an object. */
static int value_text(const json_t *value, char number[VALUE_SIZE], const char **ret,
                      size_t *ret_size)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        *ret = json_string_value(value);
        *ret_size = json_string_length(value);
        return 0;
    case JSON_INTEGER:
        snprintf(number, VALUE_SIZE, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        break;
    case JSON_REAL:
        decimal_format(json_real_value(value), number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        snprintf(number, VALUE_SIZE, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        *ret = NULL;
        return 0;
    default:
        return -EINVAL;
    }
    *ret = number;
    *ret_size = strlen(number);
    return 0;
}

/* {"state":"warning"}, {"note":"…"}: found and held by the one key that says it. */
static int read_kind(const struct object *object, struct statement *ret,
                     const char **ret_key, struct error *err)
{
    const char *key;
    json_t *value;
    const char *said = NULL;
    json_object_foreach((json_t *)object->json, key, value)
    {
        const struct statement_kind *kind = statement_kind_find(key);
        bool is_state = strcmp(key, "state") == 0;
        if (!is_state && (!kind || kind->type == FINDING_STATE))
            continue;
        if (said)
            return error_set(err, -EINVAL,
                             "column %d: found %s beside %s, expected one",
                             column_of(object, key), key, said);
        said = key;
        ret->column = column_of(object, key);
        if (!json_is_string(value))
            return fail(object, key, value, "a string", err);
        ret->kind = is_state ? statement_kind_find(json_string_value(value)) : kind;
        if (!ret->kind || (is_state && ret->kind->type != FINDING_STATE))
            return fail(object, key, value, "ok, warning, fail or unknown", err);
    }
    if (!said)
        return error_set(err, -EINVAL,
                         "column 1: found no field that says what it is, expected "
                         "state, reading, fact, facts, note, mail or log");
    *ret_key = said;
    return 0;
}

static int read_field(const struct object *object, const char *key, const json_t *value,
                      enum statement_field field, struct statement *ret,
                      struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (field == FIELD_VALUE ? !json_is_number(value) : !json_is_string(value))
        return fail(object, key, value, field == FIELD_VALUE ? "a number" : "a string",
                    err);
    char number[VALUE_SIZE];
    const char *text = NULL;
    size_t size = 0;
    int rc = value_text(value, number, &text, &size);
    return rc < 0 ? rc
                  : statement_set(ret, field, column_of(object, key), text, size, err);
}

/* The values of one row, each a text of its own, readable. */
static int set_value(const struct object *object, const char *key, const json_t *value,
                     char **ret, struct error *err)
{
    char number[VALUE_SIZE];
    const char *text = NULL;
    size_t size = 0;
    if (value_text(value, number, &text, &size) < 0)
        return fail(object, key, value, "a string, a number, true, false or null", err);
    *ret = text ? lines_text(text, size) : NULL;
    return 0;
}

static void free_values(char **values)
{
    for (size_t i = 0; i < RELATION_COLUMNS_MAX; i++)
        free(values[i]);
}

static int read_array(const struct object *object, const char *key, const json_t *row,
                      char **values, struct error *err)
{
    size_t width = json_array_size(row);
    int rc = 0;
    for (size_t i = 0; i < width && i < RELATION_COLUMNS_MAX && rc == 0; i++)
        rc = set_value(object, key, json_array_get(row, i), &values[i], err);
    return rc;
}

static int fail_column(const struct object *object, const struct relation *relation,
                       const char *name, struct error *err)
{
    const char *known[RELATION_COLUMNS_MAX + 1] = {0};
    for (size_t i = 0; i < relation->count && i < RELATION_COLUMNS_MAX; i++)
        known[i] = relation->columns[i].name;
    char hint[80];
    return error_set(err, -EINVAL, "column %d: %s has no column \"%.60s\"%s",
                     column_of(object, name), relation->name, name,
                     suggest_text(name, known, hint, sizeof hint));
}

/* {"name":"example.org",…}: by the columns that were declared. */
static int read_named(const struct object *object, const struct relation *relation,
                      const json_t *row, char **values, struct error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)row, name, value)
    {
        size_t at = 0;
        while (at < relation->count && strcmp(relation->columns[at].name, name) != 0)
            at++;
        if (at == relation->count || at >= RELATION_COLUMNS_MAX)
            return fail_column(object, relation, name, err);
        int rc = set_value(object, name, value, &values[at], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_row(const struct object *object, const char *key, const json_t *row,
                    struct statement *ret, struct error *err)
{
    const struct relation *relation =
        relations_find(object->relations, ret->texts[FIELD_NAME]);
    if (!json_is_array(row) && !json_is_object(row))
        return fail(object, key, row, "a row: an array or an object", err);
    if (json_is_object(row) && !relation)
        return fail(object, key, row,
                    "an array, for the columns of this relation are not declared", err);

    char *values[RELATION_COLUMNS_MAX] = {0};
    size_t width = json_is_array(row) ? json_array_size(row) : relation->count;
    int rc = json_is_array(row) ? read_array(object, key, row, values, err)
                                : read_named(object, relation, row, values, err);
    if (rc == 0)
        rc = statement_add_row(ret, column_of(object, key), width,
                               (const char *const *)values, err);
    free_values(values);
    return rc;
}

static int read_rows(const struct object *object, struct statement *ret,
                     struct error *err)
{
    const char *key = ret->kind->rows;
    const json_t *value = json_object_get(object->json, key);
    if (!value)
        return error_set(err, -EINVAL, "column %d: %s needs %s", ret->column,
                         ret->kind->word, key);
    if (ret->kind->type == FINDING_FACT)
        return read_row(object, key, value, ret, err);
    if (!json_is_array(value))
        return fail(object, key, value, "an array of rows", err);
    int rc = 0;
    for (size_t i = 0; i < json_array_size(value) && rc == 0; i++)
        rc = read_row(object, key, json_array_get(value, i), ret, err);
    return rc;
}

static int fail_key(const struct object *object, const char *key,
                    const struct statement_kind *kind, struct error *err)
{
    char hint[80];
    return error_set(err, -EINVAL, "column %d: %s has no field \"%.60s\"%s",
                     column_of(object, key), kind->word, key,
                     suggest_text(key, statement_field_names + 1, hint, sizeof hint));
}

static int read_fields(const struct object *object, const char *kind_key,
                       struct statement *ret, struct error *err)
{
    const struct statement_kind *kind = ret->kind;
    const char *key;
    json_t *value;
    int rc = 0;
    json_object_foreach((json_t *)object->json, key, value)
    {
        enum statement_field field = statement_field_find(key);
        bool is_kind = strcmp(key, kind_key) == 0;
        if (is_kind && kind->type != FINDING_STATE)
            rc = read_field(object, key, value, kind->order[0], ret, err);
        else if (!is_kind && field != FIELD_COUNT)
            rc = read_field(object, key, value, field, ret, err);
        else if (!is_kind && !(kind->rows && strcmp(key, kind->rows) == 0))
            rc = fail_key(object, key, kind, err);
        if (rc < 0)
            return rc;
    }
    return kind->rows ? read_rows(object, ret, err) : 0;
}

static int read_object(const struct object *object, struct statement *ret,
                       struct error *err)
{
    const char *kind_key = NULL;
    int rc = read_kind(object, ret, &kind_key, err);
    return rc < 0 ? rc : read_fields(object, kind_key, ret, err);
}

int statement_read_json(const char *text, size_t size,
                        const struct relations *relations, struct statement *ret,
                        struct error *err)
{
    json_error_t why;
    json_t *json =
        json_loadb(text, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return error_set(
            err, -EINVAL, "column %d: %s",
            statement_column(text, why.position > 0 ? (size_t)why.position - 1 : 0),
            why.text);
    struct object object = {.text = text, .json = json, .relations = relations};
    int rc = read_object(&object, ret, err);
    json_decref(json);
    return rc;
}
