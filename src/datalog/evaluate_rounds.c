// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_rounds - fills the tables of a stage: once what does not depend on them, and
 * then, semi-naive, what follows from the rows that the last round found, until there
 * are none.
 *
 *     TABLE   1 ─ 2 ─ … ─ old │ old + 1 ─ … ─ known │ known + 1 ─ …     rows
 *             └─ TABLE.old ─┘ └──── TABLE.new ────┘   of this round */
#include "datalog/evaluate_parts.h"

/* Whether some table has new rows. */
static bool begin_round(const struct stage *stage)
{
    bool is_new = false;
    for (size_t i = 0; i < stage->count; i++) {
        struct table *table = stage->tables[i];
        table->old = table->known;
        table->known = rowset_count(table->set);
        is_new = is_new || table->known > table->old;
    }
    return is_new;
}

static int run_round(struct evaluation *evaluation, const struct stage *stage,
                     struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < stage->round.count; i++) {
        struct statement *statement = stage->round.items[i];
        if (statement->newest->known > statement->newest->old)
            rc = statement_run(evaluation, statement, complaint);
    }
    return rc;
}

static int finish(struct evaluation *evaluation, const struct stage *stage,
                  struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < stage->count; i++) {
        rc = statements_run(evaluation, &stage->tables[i]->indexes, complaint);
        stage->tables[i]->is_full = true;
    }
    return rc;
}

int rounds_run(struct evaluation *evaluation, struct stage *stage,
               struct complaint *complaint)
{
    int rc = statements_run(evaluation, &stage->fill, complaint);
    while (rc == 0 && stage->is_recursive && begin_round(stage))
        rc = run_round(evaluation, stage, complaint);
    return rc < 0 ? rc : finish(evaluation, stage, complaint);
}
