// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_bind_factored - recursion without the columns that nobody needs: what is
 * bound is found first, then what is kept. */
#include <stdint.h>

#include "datalog/rewrite_factor.h"
#include "datalog/rewrite_parts.h"
#include "datalog/rewrite_turn.h"

/* What is kept follows from what is kept. */
static void bind_left(struct demands *demands, const struct demand *demand,
                      struct rule *rule)
{
    bind_rule(demands, rule, demand, NULL, SIZE_MAX);
    bind_atom(demands->program, rule->head, demand);
    if (!rule_says_nothing(rule))
        add_rule(demands->program, demand->made, rule);
}

/* What is bound leads to what is bound. */
static void bind_right(struct demands *demands, const struct demand *demand,
                       struct rule *rule, size_t place)
{
    struct program *program = demands->program;
    const struct literal *own = rule->body.literals[place];
    struct literal *guard = guard_of(program, rule, demand);
    struct copying copying = copying_none(program, rule);
    struct term **next = bound_terms(&copying, own->atom, demand->adornment, false);
    bind_rule(demands, rule, demand, guard, place);
    rule->head = copying_atom(program, demand->asked, next, &rule->head->place);
    body_remove(program, &rule->body, own);
    body_put_first(program, &rule->body, guard);
    if (!rule_says_nothing(rule))
        add_rule(program, demand->asked, rule);
}

/* What is kept follows from what is bound, or from nothing. */
static void bind_end(struct demands *demands, const struct demand *demand,
                     struct rule *rule)
{
    struct program *program = demands->program;
    struct literal *guard = demand->asked ? guard_of(program, rule, demand) : NULL;
    bind_rule(demands, rule, demand, guard, SIZE_MAX);
    bind_atom(program, rule->head, demand);
    if (guard)
        body_put_first(program, &rule->body, guard);
    add_rule(program, demand->made, rule);
}

void factor_demand(struct demands *demands, const struct demand *demand)
{
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        struct rule *rule = copying_rule(demands->program, demand->predicate->rules[i]);
        size_t asked = factor_asked(demand, rule);
        if (turn_place(rule) == SIZE_MAX)
            bind_end(demands, demand, rule);
        else if (asked == SIZE_MAX)
            bind_left(demands, demand, rule);
        else
            bind_right(demands, demand, rule, asked);
    }
}
