// SPDX-License-Identifier: GPL-3.0-or-later
/* intake - a value is hidden before it is made canonical, so that nothing else is
 * bounded, compared or kept. */
#include "facts/intake.h"

#include <errno.h>
#include <stdlib.h>

#include "bark/redact.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/outgoing.h"

/* ---- values ---- */

char *facts_hide(const struct redaction *redaction, enum column_type type,
                 const char *text)
{
    return column_type_is_number(type) ? text_copy(text) : redact_text(redaction, text);
}

static int read_value(const struct intake *intake, enum column_type type,
                      const char *text, char **ret, struct error *err)
{
    AUTO(str) char *told = facts_hide(intake->redaction, type, text);
    return column_value(type, told, ret, err);
}

static int read_row(const struct intake *intake, const struct row *row,
                    char *values[RELATION_COLUMNS_MAX], struct error *err)
{
    const struct relation *relation = intake->relation;
    for (size_t i = 0; i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        if (row->values[i] &&
            read_value(intake, column->type, row->values[i], &values[i], err) < 0)
            return error_prefix(err, -EINVAL, "%s: column %s", relation->name,
                                column->name);
    }
    size_t size = outgoing_row_size(&(struct row){.values = values}, relation->count);
    if (size > OUTGOING_ROW_MAX)
        return error_set(err, -EINVAL, "%s: a row is larger than %d bytes",
                         relation->name, OUTGOING_ROW_MAX);
    return 0;
}

static void add_row(const struct intake *intake, const struct row *row,
                    struct damage *damage)
{
    size_t width = intake->relation->count;
    char *values[RELATION_COLUMNS_MAX] = {0};
    struct error why;
    if (read_row(intake, row, values, &why) == 0)
        rows_add(intake->rows, width, (const char *const *)values);
    else
        damage_add(damage, "%s", why.text);
    for (size_t i = 0; i < width; i++)
        free(values[i]);
}

void intake_add(const struct intake *intake, const struct rows *rows,
                struct damage *damage)
{
    const struct relation *relation = intake->relation;
    if (rows->count > 0 && rows->width != relation->count)
        damage_add(damage, "%s: rows of %zu values; it has %zu columns", relation->name,
                   rows->width, relation->count);
    else
        for (size_t i = 0; i < rows->count; i++)
            add_row(intake, &rows->items[i], damage);
}

/* ---- of those with one key the last one counts ---- */

struct keyed {
    const struct row *row; /* of an array: of two, the later one has the later place */
};

static int compare_keys(const struct relation *relation, const struct row *one,
                        const struct row *other)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < relation->count; i++)
        if (relation->columns[i].is_key)
            order = row_compare(&(struct row){.values = one->values + i},
                                &(struct row){.values = other->values + i}, 1);
    return order;
}

static int compare_keyed(const void *a, const void *b, void *relation)
{
    const struct row *one = ((const struct keyed *)a)->row;
    const struct row *other = ((const struct keyed *)b)->row;
    int order = compare_keys(relation, one, other);
    return order ? order : (one > other) - (one < other);
}

static bool has_key(const struct relation *relation)
{
    for (size_t i = 0; i < relation->count; i++)
        if (relation->columns[i].is_key)
            return true;
    return false;
}

static void keep_last(const struct relation *relation, struct rows *rows)
{
    if (!has_key(relation) || rows->count < 2)
        return;
    struct rows kept = {0};
    struct keyed *keyed = memory_new(rows->count * sizeof *keyed);
    for (size_t i = 0; i < rows->count; i++)
        keyed[i].row = &rows->items[i];
    qsort_r(keyed, rows->count, sizeof *keyed, compare_keyed, (void *)relation);
    for (size_t i = 0; i < rows->count; i++)
        if (i + 1 == rows->count ||
            compare_keys(relation, keyed[i].row, keyed[i + 1].row) != 0)
            rows_add(&kept, relation->count, (const char *const *)keyed[i].row->values);
    free(keyed);
    rows_clear(rows);
    *rows = kept;
}

void intake_end(const struct intake *intake)
{
    keep_last(intake->relation, intake->rows);
    rows_sort(intake->rows);
}
