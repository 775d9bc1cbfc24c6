// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_run - runs a statement, and says why it failed. */
#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "datalog/evaluate_parts.h"
#include "datalog/functors.h"

struct statement *statement_new(struct evaluation *evaluation, const char *sql)
{
    struct arena *arena = evaluation->program->arena;
    struct statement *statement = arena_take(arena, sizeof *statement);
    *statement = (struct statement){
        .sql = arena_text(arena, sql),
        .all = evaluation->statements,
    };
    evaluation->statements = statement;
    return statement;
}

void statements_push(struct evaluation *evaluation, struct statements *statements,
                     struct statement *statement)
{
    arena_push(evaluation->program->arena, (void ***)&statements->items,
               &statements->count, statement);
}

/* ---- what went wrong ---- */

static int interrupted(const struct evaluation *evaluation)
{
    enum reason reason = evaluation->reason;
    return reason == REASON_TIME || reason == REASON_WORK ? -ETIME : -EINTR;
}

int run_failed(struct evaluation *evaluation, const struct rule *rule, int rc,
               struct complaint *complaint)
{
    const struct place *place = rule ? &rule->place : NULL;
    const char *message = sqlite3_errmsg(evaluation->db);
    switch (rc & 0xff) {
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
        return limits_complain(evaluation, rule, interrupted(evaluation), complaint);
    case SQLITE_FULL:
        if (evaluation->limits.bytes > 0)
            return limits_complain(evaluation, rule, -ENOSPC, complaint);
        return complain(complaint, place, -ENOSPC, "%s", message);
    case SQLITE_TOOBIG:
        return complain(complaint, place, -E2BIG,
                        "stopped: a text has more than %d bytes",
                        sqlite3_limit(evaluation->db, SQLITE_LIMIT_LENGTH, -1));
    case SQLITE_ERROR:
        rc = functor_explain(message, &evaluation->sites, complaint);
        return rc < 0 ? rc : complain(complaint, place, -EIO, "%s", message);
    default:
        return complain(complaint, place, -EIO, "%s", message);
    }
}

/* ---- statements ---- */

const char *statement_run_sql(const struct statement *statement)
{
    const struct table *target = statement->target;
    return target && target->is_set ? statement->select : statement->sql;
}

static void bind_shift(const struct evaluation *evaluation, sqlite3_stmt *statement)
{
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, evaluation->shift);
}

int statement_prepare(struct evaluation *evaluation, struct statement *statement,
                      struct complaint *complaint)
{
    if (statement->prepared)
        return 0;
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_puts(&sql, statement->select ? evaluation->with : "");
    strbuf_puts(&sql, statement_run_sql(statement));
    int rc = sqlite3_prepare_v3(evaluation->db, strbuf_text(&sql), -1,
                                SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL);
    return rc == SQLITE_OK ? 0 : run_failed(evaluation, statement->rule, rc, complaint);
}

void statement_forget(struct statement *statement)
{
    sqlite3_finalize(TAKE(statement->prepared));
}

static int run(struct evaluation *evaluation, struct statement *statement,
               struct complaint *complaint)
{
    int rc;
    while ((rc = sqlite3_step(statement->prepared)) == SQLITE_ROW)
        ;
    rc = rc == SQLITE_DONE ? 0 : run_failed(evaluation, statement->rule, rc, complaint);
    sqlite3_reset(statement->prepared);
    if (rc == 0 && statement->target)
        evaluation->rows += sqlite3_changes64(evaluation->db);
    return rc;
}

int statement_run(struct evaluation *evaluation, struct statement *statement,
                  struct complaint *complaint)
{
    int rc = statement_prepare(evaluation, statement, complaint);
    if (rc < 0)
        return rc;
    bind_shift(evaluation, statement->prepared);
    rc = statement->target && statement->target->is_set
             ? set_fill(evaluation, statement, complaint)
             : run(evaluation, statement, complaint);
    if (!statement->newest && !evaluation->is_kept)
        statement_forget(statement);
    return rc < 0 || !statement->target
               ? rc
               : limits_check(evaluation, statement->rule, complaint);
}

int statements_run(struct evaluation *evaluation, const struct statements *statements,
                   struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < statements->count; i++)
        rc = statement_run(evaluation, statements->items[i], complaint);
    return rc;
}

/* ---- rows ---- */

static struct value column_value(sqlite3_stmt *statement, int column, enum type type)
{
    struct value value = {.type = type};
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        value.number = sqlite3_column_int64(statement, column);
        value.type = type == TYPE_NONE ? TYPE_NUMBER : type;
        break;
    case SQLITE_FLOAT:
        value.real = sqlite3_column_double(statement, column);
        value.is_real = true;
        value.type = type == TYPE_NONE ? TYPE_FLOAT : type;
        break;
    case SQLITE_NULL:
        value.type = TYPE_NONE;
        break;
    default:
        value.text = (const char *)sqlite3_column_text(statement, column);
        value.type = type == TYPE_NONE ? TYPE_TEXT : type;
    }
    return value;
}

/* 1: each had enough. */
static int give_rows(struct evaluation *evaluation, sqlite3_stmt *statement,
                     const struct column_declaration *columns, struct value *values,
                     evaluation_select_fn *each, void *context,
                     struct complaint *complaint)
{
    int count = sqlite3_column_count(statement);
    int rc, answer = 0;
    while (answer == 0 && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < count; i++)
            values[i] =
                column_value(statement, i, columns ? columns[i].type : TYPE_NONE);
        answer = each(values, (size_t)count, context);
    }
    if (answer != 0)
        return answer < 0 ? answer : 0;
    return rc == SQLITE_DONE ? 0 : run_failed(evaluation, NULL, rc, complaint);
}

static int run_select(struct evaluation *evaluation, sqlite3_stmt *statement,
                      const struct column_declaration *columns,
                      evaluation_select_fn *each, void *context,
                      struct complaint *complaint)
{
    size_t count = (size_t)sqlite3_column_count(statement);
    struct value *values = memory_new((count + 1) * sizeof *values);
    bind_shift(evaluation, statement);
    int rc =
        give_rows(evaluation, statement, columns, values, each, context, complaint);
    free(values);
    return rc;
}

int text_run(struct evaluation *evaluation, const char *sql, evaluation_select_fn *each,
             void *context, struct complaint *complaint)
{
    int rc = limits_check(evaluation, NULL, complaint);
    if (rc < 0)
        return rc;
    sqlite3_stmt *statement = NULL;
    rc = sqlite3_prepare_v2(evaluation->db, sql, -1, &statement, NULL);
    if (rc != SQLITE_OK)
        return run_failed(evaluation, NULL, rc, complaint);
    rc = run_select(evaluation, statement, NULL, each, context, complaint);
    sqlite3_finalize(statement);
    return rc;
}

int select_run(struct evaluation *evaluation, struct statement *statement,
               const struct column_declaration *columns, evaluation_select_fn *each,
               void *context, struct complaint *complaint)
{
    int rc = limits_check(evaluation, NULL, complaint);
    if (rc == 0)
        rc = statement_prepare(evaluation, statement, complaint);
    if (rc < 0)
        return rc;
    rc = run_select(evaluation, statement->prepared, columns, each, context, complaint);
    sqlite3_reset(statement->prepared);
    return rc;
}
