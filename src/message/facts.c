// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - what a message of the kind facts holds beyond the fields of every message.
 * All of it is required; what was removed, of a change alone. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "message/fields.h"

static bool is_text(const json_t *value)
{
    return json_is_string(value) &&
           strlen(json_string_value(value)) == json_string_length(value);
}

static int find(const json_t *object, const char *name, const json_t **ret,
                struct error *err)
{
    *ret = json_object_get(object, name);
    return *ret ? 0 : error_set(err, -EINVAL, "field \"%s\" is missing", name);
}

/* ---- the relation ---- */

static int read_column(const json_t *value, struct relation *relation,
                       struct error *err)
{
    enum column_type type;
    size_t count = json_array_size(value);
    const json_t *name = json_array_get(value, 0);
    const json_t *type_name = json_array_get(value, 1);
    const json_t *key = json_array_get(value, 2);
    if (count < 2 || count > 3 || !is_text(name) || !is_text(type_name) ||
        (key && (!is_text(key) || strcmp(json_string_value(key), "key") != 0)))
        return fields_fail("columns", value,
                           "arrays such as [\"name\",\"text\",\"key\"]", err);
    if (column_type_parse(json_string_value(type_name), &type) < 0)
        return fields_fail("columns", type_name,
                           "text, number, size, duration, time, version or flag", err);
    relation_add_column(relation, json_string_value(name), type, key != NULL);
    return 0;
}

static int read_relation(const json_t *object, struct facts *facts, struct error *err)
{
    const json_t *name, *columns;
    int rc = find(object, "relation", &name, err);
    if (rc == 0)
        rc = find(object, "columns", &columns, err);
    if (rc < 0)
        return rc;
    if (!is_text(name))
        return fields_fail("relation", name, "the name of a relation", err);
    if (!json_is_array(columns) || json_array_size(columns) > RELATION_COLUMNS_MAX)
        return fields_fail("columns", columns, "an array of at most 32 columns", err);
    facts->relation = relation_new(json_string_value(name), NULL);
    for (size_t i = 0; rc == 0 && i < json_array_size(columns); i++)
        rc = read_column(json_array_get(columns, i), facts->relation, err);
    if (rc == 0 && relation_check(facts->relation, err) < 0)
        rc = error_prefix(err, -EINVAL, "field \"relation\"");
    return rc;
}

/* ---- the mark ---- */

static int read_count(const json_t *object, const char *name, int64_t least,
                      int64_t *ret, struct error *err)
{
    const json_t *value;
    int rc = find(object, name, &value, err);
    if (rc < 0)
        return rc;
    if (!json_is_integer(value) || json_integer_value(value) < least)
        return fields_fail(
            name, value, least ? "an integer from 1 on" : "an integer from 0 on", err);
    *ret = json_integer_value(value);
    return 0;
}

static int read_extent(const json_t *object, struct facts *facts, struct error *err)
{
    const json_t *value;
    int rc = find(object, "is", &value, err);
    if (rc < 0)
        return rc;
    for (enum facts_extent extent = FACTS_CHANGE; extent <= FACTS_WHOLE; extent++)
        if (is_text(value) &&
            strcmp(json_string_value(value), facts_extent_name(extent)) == 0) {
            facts->extent = extent;
            return 0;
        }
    return fields_fail("is", value, "\"change\", \"part\" or \"whole\"", err);
}

static int read_mark(const json_t *object, struct facts *facts, struct error *err)
{
    int rc = read_count(object, "epoch", 1, &facts->epoch, err);
    if (rc == 0)
        rc = read_count(object, "counter", 1, &facts->counter, err);
    if (rc == 0)
        rc = read_count(object, "after", 0, &facts->after, err);
    if (rc == 0 && facts->after >= facts->counter)
        rc = fields_fail("after", json_object_get(object, "after"),
                         "less than the counter", err);
    if (rc == 0)
        rc = read_extent(object, facts, err);
    if (rc == 0 && facts->extent == FACTS_WHOLE &&
        facts->counter - facts->after > FACTS_PARTS_MAX)
        rc = fields_fail("after", json_object_get(object, "after"),
                         "at most 100 less than the counter of a whole", err);
    return rc;
}

/* ---- the rows ---- */

/* A duration's digits alone are its milliseconds here, as in a number, and not the
 * seconds that a person means. */
static int read_text(enum column_type type, const char *text, char **ret,
                     struct error *err)
{
    if (type == COLUMN_DURATION && *text && strspn(text, "0123456789") == strlen(text))
        type = COLUMN_SIZE;
    return column_value(type, text, ret, err);
}

static int read_value(const json_t *value, enum column_type type, char **ret,
                      struct error *err)
{
    if (json_is_null(value))
        return 0;
    if (is_text(value))
        return read_text(type, json_string_value(value), ret, err);
    if (json_is_real(value) && type == COLUMN_NUMBER) {
        *ret = number_value(json_real_value(value));
        return 0;
    }
    AUTO(str) char *text = NULL;
    if (json_is_integer(value))
        text = text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value) && type == COLUMN_FLAG)
        text = text_copy(json_is_true(value) ? "1" : "0");
    if (text)
        return read_text(type, text, ret, err);
    return error_set(err, -EINVAL, "expected a %s", column_type_name(type));
}

static int read_row(const json_t *value, const struct relation *relation,
                    struct rows *rows, struct error *err)
{
    if (!json_is_array(value) || json_array_size(value) != relation->count)
        return error_set(err, -EINVAL, "expected an array of %zu values",
                         relation->count);
    char *values[RELATION_COLUMNS_MAX] = {0};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < relation->count; i++) {
        rc = read_value(json_array_get(value, i), relation->columns[i].type, &values[i],
                        err);
        if (rc < 0)
            error_prefix(err, rc, "column %s", relation->columns[i].name);
    }
    if (rc == 0)
        rows_add(rows, relation->count, (const char *const *)values);
    for (size_t i = 0; i < relation->count; i++)
        free(values[i]);
    return rc;
}

static int read_rows(const json_t *object, const char *name,
                     const struct relation *relation, struct rows *rows,
                     struct error *err)
{
    const json_t *value;
    int rc = find(object, name, &value, err);
    if (rc < 0)
        return rc;
    if (!json_is_array(value))
        return fields_fail(name, value, "an array of rows", err);
    for (size_t i = 0; i < json_array_size(value); i++) {
        rc = read_row(json_array_get(value, i), relation, rows, err);
        if (rc < 0)
            return error_prefix(err, rc, "field \"%s\": row %zu", name, i);
    }
    return 0;
}

int facts_read(const json_t *object, struct message *message, struct error *err)
{
    struct facts *facts = message->facts = facts_new(NULL);
    const json_t *removed = json_object_get(object, "remove");
    int rc = read_relation(object, facts, err);
    if (rc == 0)
        rc = read_mark(object, facts, err);
    if (rc == 0)
        rc = read_rows(object, "add", facts->relation, &facts->added, err);
    if (rc == 0 && removed && facts->extent != FACTS_CHANGE)
        rc = fields_fail("remove", removed, "it in a change alone", err);
    if (rc == 0 && facts->extent == FACTS_CHANGE)
        rc = read_rows(object, "remove", facts->relation, &facts->removed, err);
    return rc;
}
