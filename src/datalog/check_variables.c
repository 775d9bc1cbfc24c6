// SPDX-License-Identifier: GPL-3.0-or-later
/* check_variables - which names in a rule are the same variable. What stands in the
 * rule itself, outside of aggregates, is the rule's; an aggregate's body sees it, and
 * has the others for itself. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <string.h>

struct scope {
    struct check *check;
    struct rule *rule;
    const struct scope *outside;
    struct aggregate *aggregate; /* NULL: the rule */
};

static struct variable *find_variable(const struct scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->rule->variable_count; i++) {
        struct variable *variable = scope->rule->variables[i];
        if (variable->local == scope->aggregate && strcmp(variable->name, name) == 0)
            return variable;
    }
    return NULL;
}

static void add_outer(struct arena *arena, struct aggregate *aggregate,
                      struct variable *variable)
{
    for (size_t i = 0; i < aggregate->outer_count; i++) {
        if (aggregate->outer[i] == variable)
            return;
    }
    arena_push(arena, (void ***)&aggregate->outer, &aggregate->outer_count, variable);
}

static struct variable *add_variable(const struct scope *scope, const char *name)
{
    struct arena *arena = scope->check->program->arena;
    struct variable *variable = arena_take(arena, sizeof *variable);
    *variable = (struct variable){
        .name = name, .number = scope->rule->variable_count, .local = scope->aggregate};
    arena_push(arena, (void ***)&scope->rule->variables, &scope->rule->variable_count,
               variable);
    return variable;
}

static int name_variable(void *context, struct term *term)
{
    const struct scope *here = context;
    if (term->kind != TERM_VARIABLE)
        return 0;
    const struct scope *owner = here;
    while (owner && !(term->variable = find_variable(owner, term->name)))
        owner = owner->outside;
    if (!owner) {
        if (here->rule->variable_count == CHECK_VARIABLES_MAX)
            return complain(here->check->complaint, &term->place, -EINVAL,
                            "a rule has at most %d variables", CHECK_VARIABLES_MAX);
        term->variable = add_variable(here, term->name);
        return 0;
    }
    for (const struct scope *scope = here; scope != owner; scope = scope->outside)
        add_outer(here->check->program->arena, scope->aggregate, term->variable);
    return 0;
}

static int name_inside(void *context, struct term *term);

static int name_aggregate(const struct scope *outside, struct aggregate *aggregate)
{
    struct scope scope = {.check = outside->check,
                          .rule = outside->rule,
                          .outside = outside,
                          .aggregate = aggregate};
    const struct walk own = {
        .context = &scope, .term = name_variable, .is_shallow = true};
    const struct walk inside = {
        .context = &scope, .term = name_inside, .is_shallow = true};
    int rc = walk_aggregate(&own, aggregate);
    return rc == 0 ? walk_aggregate(&inside, aggregate) : rc;
}

static int name_inside(void *context, struct term *term)
{
    return term->kind == TERM_AGGREGATE ? name_aggregate(context, term->aggregate) : 0;
}

static int name_rule(struct check *check, struct rule *rule)
{
    struct scope scope = {.check = check, .rule = rule};
    const struct walk own = {
        .context = &scope, .term = name_variable, .is_shallow = true};
    const struct walk inside = {
        .context = &scope, .term = name_inside, .is_shallow = true};
    int rc = walk_rule(&own, rule);
    return rc == 0 ? walk_rule(&inside, rule) : rc;
}

int check_variables(struct check *check)
{
    return check_each_rule(check, name_rule);
}
