// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_rounds - fills the tables of a stage: once what does not depend on them, and
 * then, semi-naive, what follows from the rows that the last round found, until there
 * are none.
 *
 *     TABLE      1 ─ 2 ─ … ─ seen │ seen + 1 ─ … ─ last     rowids
 *                                  └── TABLE.new ──┘
 */
#include "datalog/evaluate_parts.h"

/* TABLE.new becomes what was found since it was filled before. */
static int renew(struct evaluation *evaluation, struct table *table,
                 struct complaint *complaint)
{
    int rc = 0;
    if (table->has_new)
        rc = statement_run(evaluation, table->forget, complaint);
    table->has_new = table->last > table->seen;
    if (rc < 0 || !table->has_new)
        return rc;
    rc = statement_prepare(evaluation, table->renew, complaint);
    if (rc < 0)
        return rc;
    sqlite3_bind_int64(table->renew->prepared, 1, table->seen);
    table->seen = table->last;
    return statement_run(evaluation, table->renew, complaint);
}

/* So that the rows that come into this table now have greater rowids than all that are
 * there, in whichever table of the stage. */
static int align(struct evaluation *evaluation, const struct table *table,
                 struct complaint *complaint)
{
    const struct stage *stage = table->stage;
    int64_t last = 0;
    for (size_t i = 0; i < stage->count; i++)
        last = stage->tables[i]->last > last ? stage->tables[i]->last : last;
    if (!stage->align || table->last == last)
        return 0;
    int rc = statement_prepare(evaluation, stage->align, complaint);
    if (rc < 0)
        return rc;
    sqlite3_bind_int64(stage->align->prepared, 1, last);
    return statement_run(evaluation, stage->align, complaint);
}

/* What was collected goes into its table. */
static int settle(struct evaluation *evaluation, struct table *table,
                  struct complaint *complaint)
{
    if (sqlite3_changes64(evaluation->db) == 0)
        return 0;
    int rc = statement_run(evaluation, table->settle, complaint);
    return rc < 0 ? rc : statement_run(evaluation, table->clear, complaint);
}

static int run_one(struct evaluation *evaluation, struct statement *statement,
                   struct complaint *complaint)
{
    struct table *collector = statement->collector;
    int rc = align(evaluation, collector ? collector : statement->target, complaint);
    if (rc == 0)
        rc = statement_run(evaluation, statement, complaint);
    return rc < 0 || !collector ? rc : settle(evaluation, collector, complaint);
}

static int run_round(struct evaluation *evaluation, const struct stage *stage,
                     struct complaint *complaint)
{
    for (size_t i = 0; i < stage->round.count; i++) {
        struct statement *statement = stage->round.items[i];
        if (!statement->newest->has_new)
            continue;
        int rc = run_one(evaluation, statement, complaint);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* 1: some table has new rows. */
static int begin_round(struct evaluation *evaluation, struct stage *stage,
                       struct complaint *complaint)
{
    int is_new = 0;
    for (size_t i = 0; i < stage->count; i++) {
        int rc = renew(evaluation, stage->tables[i], complaint);
        if (rc < 0)
            return rc;
        is_new |= stage->tables[i]->has_new;
    }
    return is_new;
}

int rounds_run(struct evaluation *evaluation, struct stage *stage,
               struct complaint *complaint)
{
    int rc = statements_run(evaluation, &stage->fill, complaint);
    while (rc == 0 && stage->is_recursive &&
           (rc = begin_round(evaluation, stage, complaint)) > 0)
        rc = run_round(evaluation, stage, complaint);
    for (size_t i = 0; rc == 0 && i < stage->count; i++)
        rc = statements_run(evaluation, &stage->tables[i]->indexes, complaint);
    return rc;
}
