// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_bind - magic sets: only what follows from what is asked is derived.
 *
 *     ?(z) :- reach("a", z).
 *     reach(x, z) :- edge(x, y), reach(y, z).
 *
 *     ?(z) :- reach_bf("a", z).
 *     reach_bf(x, z) :- [reach?bf(x)], edge(x, y), reach_bf(y, z).
 *     reach?bf("a").
 *     reach?bf(y) :- [reach?bf(x)], edge(x, y).
 *
 * The guards, in brackets, stand first in the rules of what is recursive; what is not
 * is unfolded where it is asked for, with the arguments given there. What was asked for
 * is what stands before the atom in the body, as far as it has to do with its
 * arguments.
 *
 * What is recursive at the end of its rules would derive reach from each y, though only
 * that from "a" is asked. Where no proof needs the rules as they were written, it is
 * turned, and what is asked for carries what it was first:
 *
 *     reach_bf(s, z) :- [reach?bf?(s, x)], edge(x, z).
 *     reach?bf?(s, s) :- reach?bf(s).
 *     reach?bf?(s, y) :- [reach?bf?(s, x)], edge(x, y).
 *
 * And where what binds an argument matters to nothing else, neither does the argument:
 * see rewrite_factor.h. */
#include "datalog/rewrite.h"

#include <assert.h>
#include <stdint.h>

#include "datalog/check.h"
#include "datalog/rewrite_parts.h"
#include "datalog/rewrite_turn.h"

/* ---- relations ---- */

/* Leaves it the columns that the adornment has this letter for. */
static void select_columns(struct program *program, struct predicate *predicate,
                           const char *adornment, char letter)
{
    const struct column_declaration *all = predicate->columns;
    size_t count = predicate->count;
    predicate->columns = arena_take(program->arena, (count + 1) * sizeof *all);
    predicate->count = 0;
    for (size_t i = 0; i < count; i++)
        if (adornment[i] == letter)
            predicate->columns[predicate->count++] = all[i];
}

static void make_asked(struct program *program, struct demand *demand)
{
    const struct predicate *predicate = demand->predicate;
    const struct predicate asked = {
        .name =
            arena_format(program->arena, "%s?%s", predicate->name, demand->adornment),
        .place = predicate->place,
        .columns = predicate->columns,
        .count = predicate->count,
        .is_checked = true,
        .is_reachable = true,
    };
    demand->asked = copying_predicate(program, &asked);
    select_columns(program, demand->asked, demand->adornment, 'b');
}

/* What is factored, and nothing of it is given, is not asked for. */
static void make_predicates(struct program *program, struct demand *demand)
{
    demand->made = copying_predicate(program, demand->predicate);
    demand->made->adornment = demand->adornment;
    demand->made->origin = demand->predicate;
    if (demand->is_factored)
        select_columns(program, demand->made, demand->adornment, 'f');
    if (!demand->is_factored || bound_count(demand->adornment) > 0)
        make_asked(program, demand);
}

/* The bound columns twice. */
static void make_passed(struct program *program, struct demand *demand)
{
    struct predicate passed = *demand->asked;
    size_t count = passed.count;
    passed.name = arena_format(program->arena, "%s?", demand->asked->name);
    passed.columns =
        arena_take(program->arena, (2 * count + 1) * sizeof *passed.columns);
    passed.count = 2 * count;
    for (size_t i = 0; i < 2 * count; i++)
        passed.columns[i] = demand->asked->columns[i % count];
    demand->passed = copying_predicate(program, &passed);
}

void add_rule(struct program *program, struct predicate *predicate, struct rule *rule)
{
    rule->number = predicate->rule_count;
    rule->head->predicate = predicate;
    arena_push(program->arena, (void ***)&predicate->rules, &predicate->rule_count,
               rule);
}

/* ---- rules ---- */

static void guard_demand(struct demands *demands, const struct demand *demand)
{
    struct program *program = demands->program;
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        struct rule *rule = copying_rule(program, demand->predicate->rules[i]);
        struct literal *guard = guard_of(program, rule, demand);
        bind_rule(demands, rule, demand, guard, SIZE_MAX);
        if (demand->predicate->is_recursive || demand->is_hidden)
            body_put_first(program, &rule->body, guard);
        add_rule(program, demand->made, rule);
    }
}

static void bind_demand(struct demands *demands, const struct demand *demand)
{
    if (demand->is_factored)
        factor_demand(demands, demand);
    else if (demand->passed)
        turn_demand(demands, demand);
    else
        guard_demand(demands, demand);
}

void rewrite_bind(struct program *program, bool may_turn)
{
    struct demands demands = demands_of(program, may_turn);
    if (demands.count == 0)
        return;
    for (size_t i = 0; i < demands.count; i++)
        make_predicates(program, demands.items[i]);
    for (size_t i = 0; may_turn && i < demands.count; i++)
        if (!demands.items[i]->is_factored &&
            turn_is_possible(&demands, demands.items[i]))
            make_passed(program, demands.items[i]);
    for (size_t i = 0; i < demands.count; i++)
        bind_demand(&demands, demands.items[i]);
    for (size_t i = 0; i < demands.kept_count; i++)
        for (size_t j = 0; j < demands.kept[i]->rule_count; j++)
            bind_rule(&demands, demands.kept[i]->rules[j], NULL, NULL, SIZE_MAX);

    int rc = check_strata(program, NULL);
    assert(rc == 0); /* what is negated does not depend on what was asked */
    (void)rc;
}
