// SPDX-License-Identifier: GPL-3.0-or-later
/* relation - the types of columns, each with a function that reads a value into the one
 * text that it has; names that may stand in a store; and rows. */
#include "message/relation.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/units.h"
#include "base/utf8.h"

/* ---- values ---- */

static int fail_value(const char *text, const char *expected, struct error *err)
{
    return error_set(err, -EINVAL, "found \"%.60s\", expected %s", text, expected);
}

/* Digits, with a minus before them perhaps, that fit. */
static bool read_integer(const char *text, int64_t *ret)
{
    const char *digit = text + (*text == '-');
    if (!isdigit((unsigned char)*digit))
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*end != '\0' || errno != 0)
        return false;
    *ret = value;
    return true;
}

static char *write_integer(int64_t value)
{
    return text_format("%lld", (long long)value);
}

static int value_of_text(const char *text, char **ret, struct error *err UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        size_t length = utf8_length(text + at, size - at);
        strbuf_add(&buf, length ? text + at : "\xEF\xBF\xBD", length ? length : 3);
        at += length ? length : 1;
    }
    *ret = strbuf_take(&buf);
    return 0;
}

/* What is whole is written as an integer is: each number has one text. */
char *number_value(double value)
{
    if (value == trunc(value) && value >= -0x1p63 && value < 0x1p63)
        return write_integer((int64_t)value);
    char *text = NULL;
    for (int digits = 15; digits <= 17; digits++) {
        free(text);
        text = text_format("%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return text;
}

/* strtod takes "inf", "0x1" and blanks too. */
static int value_of_number(const char *text, char **ret, struct error *err)
{
    int64_t integer;
    if (read_integer(text, &integer)) {
        *ret = write_integer(integer);
        return 0;
    }
    char *end = (char *)text;
    bool is_decimal = *text && strspn(text, "+-.0123456789eE") == strlen(text);
    double value = is_decimal ? strtod(text, &end) : 0;
    if (!is_decimal || *end != '\0' || !isfinite(value))
        return fail_value(text, "a number", err);
    *ret = number_value(value);
    return 0;
}

static int value_of_size(const char *text, char **ret, struct error *err)
{
    int64_t bytes;
    if (!read_integer(text, &bytes) && size_parse(text, &bytes, err) < 0)
        return -EINVAL;
    if (bytes < 0)
        return fail_value(text, "a size from 0 on", err);
    *ret = write_integer(bytes);
    return 0;
}

static int value_of_duration(const char *text, char **ret, struct error *err)
{
    int64_t ms;
    if (duration_parse(text, &ms, err) < 0)
        return -EINVAL;
    *ret = write_integer(ms);
    return 0;
}

static int value_of_time(const char *text, char **ret, struct error *err)
{
    int64_t time;
    if (!read_integer(text, &time) && clock_parse_utc(text, &time, err) < 0)
        return -EINVAL;
    *ret = write_integer(time);
    return 0;
}

static int value_of_flag(const char *text, char **ret, struct error *err)
{
    static const char *const words[] = {"0",  "1",  "false", "true",
                                        "#f", "#t", "no",    "yes"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0) {
            *ret = write_integer(i % 2);
            return 0;
        }
    return fail_value(text, "true or false", err);
}

int column_value(enum column_type type, const char *text, char **ret, struct error *err)
{
    static int (*const readers[])(const char *text, char **ret, struct error *err) = {
        [COLUMN_TEXT] = value_of_text, [COLUMN_NUMBER] = value_of_number,
        [COLUMN_SIZE] = value_of_size, [COLUMN_DURATION] = value_of_duration,
        [COLUMN_TIME] = value_of_time, [COLUMN_VERSION] = value_of_text,
        [COLUMN_FLAG] = value_of_flag,
    };
    return readers[type](text, ret, err);
}

/* ---- types ---- */

/* Apart from their readers, which the wrapper does without. */
static const char *const type_names[] = {
    [COLUMN_TEXT] = "text", [COLUMN_NUMBER] = "number",
    [COLUMN_SIZE] = "size", [COLUMN_DURATION] = "duration",
    [COLUMN_TIME] = "time", [COLUMN_VERSION] = "version",
    [COLUMN_FLAG] = "flag",
};

const char *column_type_name(enum column_type type)
{
    return type_names[type];
}

int column_type_parse(const char *name, enum column_type *ret)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (strcmp(type_names[i], name) == 0) {
            *ret = (enum column_type)i;
            return 0;
        }
    return -EINVAL;
}

bool column_type_is_number(enum column_type type)
{
    return type != COLUMN_TEXT && type != COLUMN_VERSION;
}

/* ---- relations ---- */

/* Letters of ASCII alone, whatever the locale. */
bool relation_name_is_valid(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return *name && strchr(first, *name) && strspn(name, rest) == strlen(name) &&
           strlen(name) <= RELATION_NAME_MAX;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static int check_column(const struct relation *relation, size_t index,
                        struct error *err)
{
    static const char *const ours[] = {"host", "since", "until", "seen", NULL};
    const struct column *column = &relation->columns[index];
    if (!relation_name_is_valid(column->name))
        return error_set(err, -EINVAL,
                         "relation %s: \"%.80s\" is no name of a column: expected "
                         "small letters, digits and _, a letter first, at most %d",
                         relation->name, column->name, RELATION_NAME_MAX);
    if (is_among(column->name, ours))
        return error_set(err, -EINVAL,
                         "relation %s: a column cannot be called %s: every relation "
                         "has that one already",
                         relation->name, column->name);
    for (size_t i = 0; i < index; i++)
        if (strcmp(relation->columns[i].name, column->name) == 0)
            return error_set(err, -EINVAL, "relation %s: two columns are called %s",
                             relation->name, column->name);
    return 0;
}

int relation_check(const struct relation *relation, struct error *err)
{
    /* The store's own. */
    static const char *const taken[] = {
        "host", "tag",     "state", "run",          "interruption", "reading",
        "beat", "message", "note",  "last_reading", "hourly",       NULL};
    if (!relation_name_is_valid(relation->name))
        return error_set(err, -EINVAL,
                         "\"%.80s\" is no name of a relation: expected small letters, "
                         "digits and _, a letter first, at most %d",
                         relation->name, RELATION_NAME_MAX);
    if (is_among(relation->name, taken))
        return error_set(
            err, -EINVAL,
            "a relation cannot be called %s: the server has one of its own",
            relation->name);
    if (relation->count == 0 || relation->count > RELATION_COLUMNS_MAX)
        return error_set(err, -EINVAL, "relation %s has %zu columns; expected 1 to %d",
                         relation->name, relation->count, RELATION_COLUMNS_MAX);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < relation->count; i++)
        rc = check_column(relation, i, err);
    return rc;
}

struct relation *relation_new(const char *name, const char *help)
{
    struct relation *relation = memory_new(sizeof *relation);
    relation->name = text_copy(name);
    relation->help = text_copy(help);
    return relation;
}

void relation_add_column(struct relation *relation, const char *name,
                         enum column_type type, bool is_key)
{
    relation->columns = memory_resize(relation->columns, (relation->count + 1) *
                                                             sizeof *relation->columns);
    relation->columns[relation->count++] =
        (struct column){.name = text_copy(name), .type = type, .is_key = is_key};
}

struct relation *relation_copy(const struct relation *relation)
{
    struct relation *copy = relation_new(relation->name, relation->help);
    for (size_t i = 0; i < relation->count; i++)
        relation_add_column(copy, relation->columns[i].name, relation->columns[i].type,
                            relation->columns[i].is_key);
    return copy;
}

static bool column_is_same(const struct column *one, const struct column *other)
{
    return strcmp(one->name, other->name) == 0 && one->type == other->type &&
           one->is_key == other->is_key;
}

bool relation_is_same(const struct relation *one, const struct relation *other)
{
    if (strcmp(one->name, other->name) != 0 || one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!column_is_same(&one->columns[i], &other->columns[i]))
            return false;
    return true;
}

void relation_free(struct relation *relation)
{
    if (!relation)
        return;
    for (size_t i = 0; i < relation->count; i++)
        free(relation->columns[i].name);
    free(relation->columns);
    free(relation->name);
    free(relation->help);
    free(relation);
}

/* ---- rows ---- */

void rows_add(struct rows *rows, size_t width, const char *const *values)
{
    if ((rows->count & (rows->count + 1)) == 0)
        rows->items =
            memory_resize(rows->items, (rows->count * 2 + 1) * sizeof *rows->items);
    rows->width = width;
    struct row *row = &rows->items[rows->count++];
    row->values = memory_new((width ? width : 1) * sizeof *row->values);
    for (size_t i = 0; i < width; i++)
        row->values[i] = text_copy(values[i]);
}

static int value_compare(const char *one, const char *other)
{
    if (!one || !other)
        return (one != NULL) - (other != NULL);
    return strcmp(one, other);
}

int row_compare(const struct row *one, const struct row *other, size_t width)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < width; i++)
        order = value_compare(one->values[i], other->values[i]);
    return order;
}

static int compare(const void *one, const void *other, void *width)
{
    return row_compare(one, other, *(const size_t *)width);
}

static void row_clear(struct row *row, size_t width)
{
    for (size_t i = 0; i < width; i++)
        free(row->values[i]);
    free(row->values);
}

void rows_sort(struct rows *rows)
{
    size_t kept = 0, width = rows->width;
    if (rows->count > 1)
        qsort_r(rows->items, rows->count, sizeof *rows->items, compare, &width);
    for (size_t i = 0; i < rows->count; i++)
        if (kept > 0 &&
            row_compare(&rows->items[kept - 1], &rows->items[i], width) == 0)
            row_clear(&rows->items[i], width);
        else
            rows->items[kept++] = rows->items[i];
    rows->count = kept;
}

void rows_clear(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        row_clear(&rows->items[i], rows->width);
    free(rows->items);
    *rows = (struct rows){0};
}
