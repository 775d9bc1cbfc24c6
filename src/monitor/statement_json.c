// SPDX-License-Identifier: GPL-3.0-or-later
/* statement_json - a line that is an object. jansson says where bad JSON is bad; what
 * is wrong with a field is said at the place of its name. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "monitor/statement.h"

struct object {
    const char *text;
    const json_t *json;
    const struct relations *relations;
    int rows_column; /* once its rows are read */
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

static bool is_scalar(const json_t *value)
{
    return !json_is_array(value) && !json_is_object(value);
}

/* A value that is neither array nor object, as a text to be freed; NULL for null. */
static char *value_text(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return lines_text(json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        return text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return number_value(json_real_value(value));
    case JSON_NULL:
        return NULL;
    default:
        return text_copy(json_is_true(value) ? "true" : "false");
    }
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
    AUTO(str) char *text = value_text(value);
    return statement_set(ret, field, column_of(object, key), text, strlen(text), err);
}

static int set_value(const struct object *object, const char *key, const json_t *value,
                     char **ret, struct error *err)
{
    if (!is_scalar(value))
        return fail(object, key, value, "a string, a number, true, false or null", err);
    *ret = value_text(value);
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
        rc = statement_add_row(ret, object->rows_column, width,
                               (const char *const *)values, err);
    free_values(values);
    return rc;
}

static int read_rows(struct object *object, struct statement *ret, struct error *err)
{
    const char *key = ret->kind->rows;
    const json_t *value = json_object_get(object->json, key);
    if (!value)
        return error_set(err, -EINVAL, "column %d: %s needs %s", ret->column,
                         ret->kind->word, key);
    object->rows_column = column_of(object, key);
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

static int read_fields(struct object *object, const char *kind_key,
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

static int read_object(struct object *object, struct statement *ret, struct error *err)
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
