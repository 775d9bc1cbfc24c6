// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate - from a checked program to rows: see evaluate_parts.h for the way. */
#include "datalog/evaluate.h"

#include <assert.h>
#include <errno.h>

#include "base/clock.h"
#include "base/memory.h"
#include "datalog/evaluate_parts.h"
#include "datalog/functors.h"
#include "datalog/rewrite.h"

/* ---- begin and end ---- */

/* The selects of the question and the outputs. */
static int plan_roots(struct evaluation *evaluation, struct complaint *complaint)
{
    const struct program *program = evaluation->program;
    int rc =
        program->question ? plan_root(evaluation, program->question, complaint) : 0;
    for (size_t i = 0; rc == 0 && i < program->directive_count; i++)
        if (program->directives[i].kind != DIRECTIVE_INPUT)
            rc = plan_root(evaluation, program->directives[i].predicate, complaint);
    return rc;
}

static int plan(struct evaluation *evaluation,
                const struct evaluation_settings *settings, struct complaint *complaint)
{
    if (!settings->is_unbounded)
        rewrite_bind(evaluation->program, settings->is_unproved);
    plan_choose(evaluation);
    int rc = plan_stages(evaluation, complaint);
    if (rc == 0)
        rc = plan_roots(evaluation, complaint);
    tables_put_views(evaluation);
    tables_describe(evaluation);
    return rc;
}

static int make(struct evaluation *evaluation, struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < evaluation->copy_count; i++)
        rc = statements_run(evaluation, &evaluation->copies[i]->make, complaint);
    for (size_t i = 0; rc == 0 && i < evaluation->table_count; i++)
        rc = evaluation->tables[i]->is_set
                 ? set_make(evaluation, evaluation->tables[i], complaint)
                 : statements_run(evaluation, &evaluation->tables[i]->make, complaint);
    evaluation->is_made = rc == 0;
    return rc;
}

int evaluation_new(struct program *program, struct sqlite3 *db,
                   const struct evaluation_settings *settings, struct evaluation **ret,
                   struct complaint *complaint)
{
    int rc = functors_register(db);
    if (rc < 0)
        return complain(complaint, NULL, rc, "%s", sqlite3_errmsg(db));
    AUTO(evaluation) struct evaluation *evaluation = memory_new(sizeof *evaluation);
    evaluation->program = program;
    evaluation->db = db;
    evaluation->limits = settings->limits;
    evaluation->since = settings->since;
    evaluation->with = "";
    evaluation->is_unproved = settings->is_unproved;
    evaluation->is_guarded = settings->is_guarded;
    evaluation->is_kept = settings->is_kept;
    evaluation->is_in_memory = settings->is_in_memory;
    rc = plan(evaluation, settings, complaint);
    if (rc == 0)
        rc = limits_begin(evaluation, complaint);
    if (rc == 0)
        rc = make(evaluation, complaint);
    if (rc == 0)
        *ret = TAKE(evaluation);
    return rc;
}

void evaluation_free(struct evaluation *evaluation)
{
    if (!evaluation)
        return;
    for (struct statement *one = evaluation->statements; one; one = one->all)
        statement_forget(one);
    limits_end(evaluation);
    again_end_proofs(evaluation);
    sets_free(evaluation);
    free(evaluation);
}

void evaluation_stop(struct evaluation *evaluation)
{
    atomic_store(&evaluation->is_stopped, true);
    sqlite3_interrupt(evaluation->db);
}

/* What failed is not kept. */
static int note(struct evaluation *evaluation, int rc)
{
    evaluation->has_failed |= rc < 0;
    return rc;
}

/* ---- rows in ---- */

int evaluation_add(struct evaluation *evaluation, const struct predicate *predicate,
                   const struct value *values, struct complaint *complaint)
{
    struct table *table = plan_table(evaluation, predicate);
    return table ? set_put(evaluation, table, values, complaint) : 0;
}

static int add_facts(struct evaluation *evaluation, const struct predicate *predicate,
                     struct complaint *complaint)
{
    struct value *values = memory_new((predicate->count + 1) * sizeof *values);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < predicate->rule_count; i++) {
        const struct rule *rule = predicate->rules[i];
        if (!plan_is_fact(rule))
            continue;
        for (size_t j = 0; j < predicate->count; j++)
            values[j] = rule->head->args[j]->value;
        rc = evaluation_add(evaluation, predicate, values, complaint);
    }
    free(values);
    return rc;
}

static int run_stage(struct evaluation *evaluation, struct stage *stage,
                     struct complaint *complaint)
{
    int64_t begin = clock_monotonic();
    int rc = rounds_run(evaluation, stage, complaint);
    int64_t time = clock_monotonic() - begin;
    if (!evaluation->slowest || time > evaluation->slowest_time) {
        evaluation->slowest = stage->tables[0]->predicate;
        evaluation->slowest_time = time;
    }
    return rc;
}

int evaluation_run(struct evaluation *evaluation, struct complaint *complaint)
{
    int rc = limits_check(evaluation, NULL, complaint);
    for (size_t i = 0; rc == 0 && i < evaluation->table_count; i++)
        rc = add_facts(evaluation, evaluation->tables[i]->predicate, complaint);
    for (size_t i = 0; rc == 0 && i < evaluation->stage_count; i++)
        rc = run_stage(evaluation, evaluation->stages[i], complaint);
    if (evaluation->first_rows == 0)
        evaluation->first_rows = evaluation->rows;
    return note(evaluation, rc);
}

const char *evaluation_slowest(const struct evaluation *evaluation, int64_t *ret_ms)
{
    *ret_ms = evaluation->slowest_time / 1000;
    return evaluation->slowest ? evaluation->slowest->name : NULL;
}

/* ---- rows out ---- */

struct giving {
    evaluation_row_fn *each;
    void *context;
};

static int give(const struct value *values, size_t count UNUSED, void *context)
{
    const struct giving *giving = context;
    return giving->each(values, giving->context);
}

int evaluation_each(struct evaluation *evaluation, const struct predicate *predicate,
                    evaluation_row_fn *each, void *context, struct complaint *complaint)
{
    const struct root *root = plan_find_root(evaluation, predicate);
    assert(root); /* the question, or an output */
    struct giving giving = {.each = each, .context = context};
    const struct column_declaration *columns = /* what has none is one number in SQL */
        predicate->count > 0 ? predicate->columns : NULL;
    return root->sorted ? note(evaluation, select_run(evaluation, root->sorted, columns,
                                                      give, &giving, complaint))
                        : 0;
}

static int take_number(const struct value *values, size_t count UNUSED, void *context)
{
    *(int64_t *)context = values->number;
    return 0;
}

int evaluation_count(struct evaluation *evaluation, const struct predicate *predicate,
                     int64_t *ret, struct complaint *complaint)
{
    const struct root *root = plan_find_root(evaluation, predicate);
    assert(root);
    int64_t count = 0;
    int rc = root->counted ? select_run(evaluation, root->counted, NULL, take_number,
                                        &count, complaint)
                           : 0;
    if (rc == 0)
        *ret = count;
    return note(evaluation, rc);
}

/* ---- for proof.h ---- */

struct program *evaluation_program(struct evaluation *evaluation)
{
    return evaluation->program;
}

struct sites *evaluation_sites(struct evaluation *evaluation)
{
    return &evaluation->sites;
}

int evaluation_select(struct evaluation *evaluation, const char *sql,
                      evaluation_select_fn *each, void *context,
                      struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s%s", evaluation->with, sql);
    return text_run(evaluation, strbuf_text(&text), each, context, complaint);
}
