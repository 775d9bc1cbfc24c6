// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_sets - relations whose rows are kept in memory, each once: what a SELECT
 * gives, and what comes from outside, goes in row by row, and is counted there. */
#include <errno.h>
#include <string.h>

#include "datalog/evaluate_parts.h"

static void make_set(struct evaluation *evaluation, struct table *table)
{
    size_t width = table_width(table);
    if (!evaluation->cells)
        evaluation->cells = cells_new();
    table->set = rowset_new(evaluation->cells, width, width + table->is_numbered);
}

int set_make(struct evaluation *evaluation, struct table *table,
             struct complaint *complaint)
{
    table->is_numbered = table->stage->count > 1;
    table->row = arena_take(evaluation->program->arena,
                            (table_width(table) + 1) * sizeof *table->row);
    make_set(evaluation, table);
    return virtual_make(evaluation, table, complaint);
}

static void free_rows(struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->table_count; i++)
        rowset_free(TAKE(evaluation->tables[i]->set));
    cells_free(TAKE(evaluation->cells));
}

void sets_free(struct evaluation *evaluation)
{
    virtual_drop(evaluation);
    free_rows(evaluation);
}

void sets_empty(struct evaluation *evaluation)
{
    free_rows(evaluation);
    for (size_t i = 0; i < evaluation->table_count; i++) {
        struct table *table = evaluation->tables[i];
        if (!table->is_set)
            continue;
        make_set(evaluation, table);
        table->is_full = false;
        table->old = table->known = 0;
        table->stage->last = 0;
    }
}

int64_t set_rowid(const struct table *table, size_t row)
{
    return table->is_numbered ? (int64_t)rowset_get(table->set, row)[table_width(table)]
                              : (int64_t)row + 1;
}

size_t sets_size(const struct evaluation *evaluation)
{
    size_t size = evaluation->cells ? cells_size(evaluation->cells) : 0;
    for (size_t i = 0; i < evaluation->table_count; i++)
        if (evaluation->tables[i]->set)
            size += rowset_size(evaluation->tables[i]->set);
    return size;
}

int64_t sets_count(const struct evaluation *evaluation)
{
    size_t count = 0;
    for (size_t i = 0; i < evaluation->table_count; i++)
        if (evaluation->tables[i]->set)
            count += rowset_count(evaluation->tables[i]->set);
    return (int64_t)count;
}

/* ---- rows in ---- */

static int add_row(struct evaluation *evaluation, struct table *table,
                   const struct rule *rule, struct complaint *complaint)
{
    table->row[table_width(table)] = (uint64_t)table->stage->last + 1;
    int rc = rowset_add(table->set, table->row);
    if (rc == 0)
        return 0;
    if (rc < 0)
        return complain(complaint, rule ? &rule->place : NULL, rc,
                        "stopped: %s has more than 4 billion rows",
                        table->predicate->name);
    table->stage->last++;
    evaluation->rows++;
    return limits_check_rows(evaluation, rule, evaluation->rows % ROWS_BETWEEN == 0,
                             complaint);
}

static uint64_t put_value(struct evaluation *evaluation, const struct value *value,
                          enum type type)
{
    struct scalar scalar = {.kind = SCALAR_NUMBER, .number = value->number};
    if (type_is_text(value->type))
        scalar = (struct scalar){
            .kind = SCALAR_TEXT, .bytes = value->text, .size = strlen(value->text)};
    else if (value->is_real || type == TYPE_FLOAT)
        scalar = (struct scalar){
            .kind = SCALAR_REAL,
            .real = value->is_real ? value->real : (double)value->number,
        };
    return cells_put(evaluation->cells, &scalar);
}

int set_put(struct evaluation *evaluation, struct table *table,
            const struct value *values, struct complaint *complaint)
{
    const struct predicate *predicate = table->predicate;
    table->row[0] = cells_put(evaluation->cells, &(struct scalar){.number = 1});
    for (size_t i = 0; i < predicate->count; i++)
        table->row[i] = put_value(evaluation, &values[i], predicate->columns[i].type);
    return add_row(evaluation, table, NULL, complaint);
}

bool set_read_value(sqlite3_value *value, struct scalar *ret)
{
    *ret = (struct scalar){0};
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        ret->number = sqlite3_value_int64(value);
        return true;
    case SQLITE_FLOAT:
        ret->kind = SCALAR_REAL;
        ret->real = sqlite3_value_double(value);
        return true;
    case SQLITE_TEXT:
        ret->kind = SCALAR_TEXT;
        ret->bytes = (const char *)sqlite3_value_text(value);
        break;
    case SQLITE_BLOB:
        ret->kind = SCALAR_BLOB;
        ret->bytes = sqlite3_value_blob(value);
        break;
    default:
        return false;
    }
    ret->size = (size_t)sqlite3_value_bytes(value);
    return true;
}

/* No head has NULL: compile.h leaves such rows out. */
static bool read_row(struct evaluation *evaluation, sqlite3_stmt *statement,
                     size_t width, uint64_t *ret)
{
    struct scalar scalar;
    for (size_t i = 0; i < width; i++) {
        if (!set_read_value(sqlite3_column_value(statement, (int)i), &scalar))
            return false;
        ret[i] = cells_put(evaluation->cells, &scalar);
    }
    return true;
}

int set_fill(struct evaluation *evaluation, struct statement *statement,
             struct complaint *complaint)
{
    struct table *table = statement->target;
    size_t width = table_width(table);
    int rc = 0, step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(statement->prepared)) == SQLITE_ROW)
        if (read_row(evaluation, statement->prepared, width, table->row))
            rc = add_row(evaluation, table, statement->rule, complaint);
    if (rc == 0 && step != SQLITE_DONE)
        rc = run_failed(evaluation, statement->rule, step, complaint);
    sqlite3_reset(statement->prepared);
    return rc;
}
