// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_show - the SQL that an evaluation runs, and what SQLite plans for it, as
 * text. */
#include "datalog/evaluate_parts.h"

/* ---- SQL ---- */

/* Between what is there and what follows. */
static void put_gap(struct strbuf *text)
{
    if (text->size > 0)
        strbuf_putc(text, '\n');
}

static void put_rule(const struct rule *rule, struct strbuf *text)
{
    const struct rule *written = rule->origin ? rule->origin : rule;
    put_gap(text);
    strbuf_printf(text, "-- %s: %s\n", written->name ? written->name : "",
                  written->text ? written->text : "");
}

static void put_statement(const struct statement *statement, struct strbuf *text)
{
    if (statement->rule)
        put_rule(statement->rule, text);
    strbuf_printf(text, "%s;\n", statement->sql);
}

static void put_statements(const struct statements *statements, struct strbuf *text)
{
    for (size_t i = 0; i < statements->count; i++)
        put_statement(statements->items[i], text);
}

static void put_round(const struct stage *stage, struct strbuf *text)
{
    strbuf_puts(text, "\n-- Again and again, until nothing is new:\n");
    put_statements(&stage->round, text);
    strbuf_puts(text, "\n-- Until here.\n");
}

/* It is no table of SQLite's. */
static void put_set(const struct table *table, struct strbuf *text)
{
    strbuf_puts(text, "\n-- Kept in memory, each row once: ");
    compile_name(table->predicate->table, text);
    strbuf_puts(text, " (");
    table_put_columns(table, text);
    strbuf_puts(text, ")\n");
}

static void put_facts(const struct table *table, struct strbuf *text)
{
    size_t count = 0;
    for (size_t i = 0; i < table->predicate->rule_count; i++)
        count += plan_is_fact(table->predicate->rules[i]);
    if (count == 0)
        return;
    strbuf_printf(text, "-- %zu fact%s of %s\n", count, count == 1 ? "" : "s",
                  table->predicate->name);
}

static void put_stage(const struct stage *stage, struct strbuf *text)
{
    for (size_t i = 0; i < stage->count; i++) {
        const struct statements *make = &stage->tables[i]->make;
        strbuf_puts(text, make->count > 0 ? "\n" : "");
        put_statements(make, text);
        if (stage->tables[i]->is_set)
            put_set(stage->tables[i], text);
        put_facts(stage->tables[i], text);
    }
    put_statements(&stage->fill, text);
    if (stage->is_recursive)
        put_round(stage, text);
    for (size_t i = 0; i < stage->count; i++)
        put_statements(&stage->tables[i]->indexes, text);
}

int evaluation_put_sql(struct evaluation *evaluation, struct strbuf *text,
                       struct complaint *complaint UNUSED)
{
    for (size_t i = 0; i < evaluation->copy_count; i++)
        put_statements(&evaluation->copies[i]->make, text);
    put_statements(&evaluation->views, text);
    for (size_t i = 0; i < evaluation->stage_count; i++)
        put_stage(evaluation->stages[i], text);
    for (size_t i = 0; i < evaluation->root_count; i++) {
        const struct root *root = evaluation->roots[i];
        for (size_t j = 0; j < root->predicate->rule_count; j++)
            put_rule(root->predicate->rules[j], text);
        strbuf_printf(text, "%s;\n",
                      root->sorted ? root->sorted->sql : "-- there are no rules");
    }
    return 0;
}

/* ---- plans ---- */

struct planning {
    struct strbuf *text;
    int64_t numbers[64]; /* of the steps that the one at hand is within */
    size_t depth;
};

/* id, parent, unused, detail */
static int put_step(const struct value *values, size_t count UNUSED, void *context)
{
    struct planning *planning = context;
    size_t most = sizeof planning->numbers / sizeof *planning->numbers;
    while (planning->depth > 0 &&
           planning->numbers[planning->depth - 1] != values[1].number)
        planning->depth--;
    strbuf_printf(planning->text, "%*s%s\n", (int)(2 * planning->depth + 2), "",
                  values[3].text);
    if (planning->depth < most)
        planning->numbers[planning->depth++] = values[0].number;
    return 0;
}

static int put_plan(struct evaluation *evaluation, const char *sql, struct strbuf *text,
                    struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf explain = {0};
    strbuf_printf(&explain, "EXPLAIN QUERY PLAN %s%s", evaluation->with, sql);
    struct planning planning = {.text = text};
    return text_run(evaluation, strbuf_text(&explain), put_step, &planning, complaint);
}

static int put_plans(struct evaluation *evaluation, const struct statements *statements,
                     struct strbuf *text, struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < statements->count; i++) {
        put_statement(statements->items[i], text);
        rc = put_plan(evaluation, statement_run_sql(statements->items[i]), text,
                      complaint);
    }
    return rc;
}

int evaluation_put_plan(struct evaluation *evaluation, struct strbuf *text,
                        struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < evaluation->stage_count; i++) {
        const struct stage *stage = evaluation->stages[i];
        rc = put_plans(evaluation, &stage->fill, text, complaint);
        if (rc == 0)
            rc = put_plans(evaluation, &stage->round, text, complaint);
    }
    for (size_t i = 0; rc == 0 && i < evaluation->root_count; i++) {
        const struct statement *sorted = evaluation->roots[i]->sorted;
        if (!sorted)
            continue;
        put_gap(text);
        strbuf_printf(text, "%s;\n", sorted->sql);
        rc = put_plan(evaluation, sorted->sql, text, complaint);
    }
    return rc;
}
