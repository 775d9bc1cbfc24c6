// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_aggregates - count : { … } and its like as a SELECT in parentheses, one value
 * for each row of the rule outside.
 *
 * What it ranges over are the rows of a join of sets, each column of which is a variable,
 * a "_" or bound: they differ as they are. Only alternatives may give the same row. */
#include "datalog/compile_parts.h"

static const char *const functions[] = {
    [AGGREGATE_COUNT] = "count", [AGGREGATE_SUM] = "dl_sum",   [AGGREGATE_MIN] = "min",
    [AGGREGATE_MAX] = "max",     [AGGREGATE_MEAN] = "dl_mean",
};

static void put_function(struct compiler *compiler, const struct term *term,
                         struct strbuf *sql)
{
    const struct aggregate *aggregate = term->aggregate;
    strbuf_printf(sql, "%s(", functions[aggregate->kind]);
    if (aggregate->kind == AGGREGATE_SUM) {
        site_put(compiler, term, sql);
        strbuf_puts(sql, ", ");
    }
    strbuf_puts(sql, aggregate->target ? "x" : "*");
    bool is_ordered =
        aggregate->kind == AGGREGATE_MIN || aggregate->kind == AGGREGATE_MAX;
    if (is_ordered && aggregate->target->type == TYPE_VERSION)
        strbuf_puts(sql, " COLLATE version");
    if (aggregate->kind == AGGREGATE_SUM)
        witnesses_put(compiler, term, sql);
    strbuf_putc(sql, ')');
}

static void forget_local(struct compiler *compiler, const struct aggregate *aggregate)
{
    for (size_t i = 0; i < compiler->rule->variable_count; i++)
        if (compiler->rule->variables[i]->local == aggregate)
            compiler->bindings[i] = (struct binding){0};
}

static void put_target(struct select *select, const struct aggregate *aggregate,
                       struct strbuf *columns)
{
    AUTO(strbuf) struct strbuf target = {0}, presence = {0};
    term_put(select->compiler, aggregate->target, &target);
    strbuf_printf(columns, "%s AS x", strbuf_text(&target));
    strbuf_printf(&presence, "%s IS NOT NULL", strbuf_text(&target));
    if (term_may_lack(aggregate->target))
        select_add_condition(select, strbuf_text(&presence), 0);
}

/* The bindings of its variables, and each "_", in columns that the alternatives share,
 * or that are of one of them alone. */
static void put_variables(const struct select *select,
                          const struct aggregate *aggregate, size_t before,
                          size_t behind, struct strbuf *columns)
{
    const struct compiler *compiler = select->compiler;
    for (size_t i = 0; i < compiler->rule->variable_count; i++) {
        if (compiler->rule->variables[i]->local != aggregate)
            continue;
        const char *sql = compiler->bindings[i].sql;
        strbuf_printf(columns, ", %s", sql ? sql : "NULL");
    }
    for (size_t i = 0; i < before; i++)
        strbuf_puts(columns, ", NULL");
    for (size_t i = 0; i < select->extra_count; i++)
        strbuf_printf(columns, ", %s", select->extras[i]->sql);
    for (size_t i = 0; i < behind; i++)
        strbuf_puts(columns, ", NULL");
}

static size_t count_any(const struct body *body)
{
    size_t count = 0;
    for (size_t i = 0; i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        for (size_t j = 0; literal->kind == LITERAL_ATOM && j < literal->atom->count;
             j++)
            count += literal->atom->args[j]->kind == TERM_ANY;
    }
    return count;
}

static size_t count_any_between(const struct aggregate *aggregate, size_t from,
                                size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += count_any(&aggregate->bodies[i]);
    return count;
}

/* One alternative: the target as x, and with others beside it what tells rows apart. */
static void put_alternative(struct compiler *compiler,
                            const struct aggregate *aggregate, size_t number,
                            struct strbuf *sql)
{
    bool is_alone = aggregate->count == 1;
    AUTO(select) struct select select = {0};
    AUTO(strbuf) struct strbuf columns = {0};
    forget_local(compiler, aggregate);
    select_open(&select, compiler, &aggregate->bodies[number],
                &(struct select_wishes){
                    .results = &aggregate->target,
                    .count = aggregate->target ? 1 : 0,
                    .newest = NO_NEWEST,
                    .has_all = !is_alone,
                });
    if (aggregate->target)
        put_target(&select, aggregate, &columns);
    else
        strbuf_puts(&columns, "1");
    if (!is_alone)
        put_variables(&select, aggregate, count_any_between(aggregate, 0, number),
                      count_any_between(aggregate, number + 1, aggregate->count),
                      &columns);
    strbuf_printf(sql, "SELECT %s", strbuf_text(&columns));
    select_put(&select, sql);
}

void aggregate_put(struct compiler *compiler, const struct term *term,
                   struct strbuf *sql)
{
    strbuf_puts(sql, "(SELECT ");
    put_function(compiler, term, sql);
    strbuf_puts(sql, " FROM (");
    for (size_t i = 0; i < term->aggregate->count; i++) {
        strbuf_puts(sql, i > 0 ? " UNION " : "");
        put_alternative(compiler, term->aggregate, i, sql);
    }
    strbuf_puts(sql, "))");
}
