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

/* ---- _ ---- */

static int refuse_any(void *context, struct term *term)
{
    struct check *check = context;
    if (term->kind != TERM_ANY)
        return 0;
    return complain(check->complaint, &term->place, -EINVAL,
                    "_ has no value that could be used here: give it a name");
}

/* Each _ stands by itself for a column of a body's atom, and nowhere else. */
static int check_any_literal(struct check *check, struct literal *literal)
{
    const struct walk walk = {.context = check, .term = refuse_any, .is_shallow = true};
    const struct atom *atom = literal->atom;
    if (!atom)
        return walk_literal(&walk, literal);
    int rc = atom->at ? walk_term(&walk, atom->at) : 0;
    for (size_t i = 0; rc == 0 && i < atom->count; i++) {
        if (atom->args[i]->kind != TERM_ANY)
            rc = walk_term(&walk, atom->args[i]);
    }
    return rc;
}

static int check_any(struct check *check, const struct body *body)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < body->count; i++)
        rc = check_any_literal(check, body->literals[i]);
    return rc;
}

static int check_any_term(struct check *check, struct term *target)
{
    const struct walk walk = {.context = check, .term = refuse_any, .is_shallow = true};
    return target ? walk_term(&walk, target) : 0;
}

/* ---- scopes ---- */

static int name_aggregate(void *context, struct term *term)
{
    const struct scope *outside = context;
    struct aggregate *aggregate = term->aggregate;
    if (term->kind != TERM_AGGREGATE)
        return 0;
    struct scope scope = {.check = outside->check,
                          .rule = outside->rule,
                          .outside = outside,
                          .aggregate = aggregate};
    const struct walk own = {
        .context = &scope, .term = name_variable, .is_shallow = true};
    const struct walk inside = {
        .context = &scope, .term = name_aggregate, .is_shallow = true};
    int rc = check_any_term(scope.check, aggregate->target);
    for (size_t i = 0; rc == 0 && i < aggregate->count; i++)
        rc = check_any(scope.check, &aggregate->bodies[i]);
    if (rc == 0)
        rc = walk_aggregate(&own, aggregate);
    return rc == 0 ? walk_aggregate(&inside, aggregate) : rc;
}

static int check_any_head(struct check *check, const struct atom *head)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < head->count; i++)
        rc = check_any_term(check, head->args[i]);
    return rc;
}

static int name_rule(struct check *check, struct rule *rule)
{
    struct scope scope = {.check = check, .rule = rule};
    const struct walk own = {
        .context = &scope, .term = name_variable, .is_shallow = true};
    const struct walk inside = {
        .context = &scope, .term = name_aggregate, .is_shallow = true};
    int rc = check_any_head(check, rule->head);
    if (rc == 0)
        rc = check_any(check, &rule->body);
    if (rc == 0)
        rc = walk_rule(&own, rule);
    return rc == 0 ? walk_rule(&inside, rule) : rc;
}

int check_variables(struct check *check)
{
    return check_each_rule(check, name_rule);
}
