// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - through the nodes of a rule. The parser bounds how deep they lie. */
#include "datalog/walk.h"

static int visit_term(const struct walk *walk, struct term *term, enum walk_way way);

static int visit_arguments(const struct walk *walk, struct atom *atom,
                           enum walk_way way)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < atom->count; i++)
        rc = visit_term(walk, atom->args[i], way);
    for (size_t i = 0; rc == 0 && !atom->args && i < atom->written_count; i++)
        rc = visit_term(walk, atom->written[i].term, way);
    return rc;
}

static int visit_atom(const struct walk *walk, struct atom *atom, enum walk_way way)
{
    int rc = walk->atom ? walk->atom(walk->context, atom, way) : 0;
    if (rc == 0)
        rc = visit_arguments(walk, atom, way);
    return rc == 0 && atom->at ? visit_term(walk, atom->at, way) : rc;
}

static int visit_literal(const struct walk *walk, struct literal *literal,
                         enum walk_way way)
{
    if (literal->atom)
        return visit_atom(walk, literal->atom,
                          literal->kind == LITERAL_NEGATION ? WALK_NEGATED : way);
    int rc = literal->left ? visit_term(walk, literal->left, way) : 0;
    if (rc == 0 && literal->right)
        rc = visit_term(walk, literal->right, way);
    return rc;
}

static int visit_body(const struct walk *walk, struct body *body, enum walk_way way)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < body->count; i++)
        rc = visit_literal(walk, body->literals[i], way);
    return rc;
}

int walk_aggregate(const struct walk *walk, struct aggregate *aggregate)
{
    int rc =
        aggregate->target ? visit_term(walk, aggregate->target, WALK_AGGREGATED) : 0;
    for (size_t i = 0; rc == 0 && i < aggregate->count; i++)
        rc = visit_body(walk, &aggregate->bodies[i], WALK_AGGREGATED);
    return rc;
}

static int visit_term(const struct walk *walk, struct term *term, enum walk_way way)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < term->count; i++)
        rc = visit_term(walk, term->args[i], way);
    if (rc == 0 && term->kind == TERM_AGGREGATE && !walk->is_shallow)
        rc = walk_aggregate(walk, term->aggregate);
    return rc == 0 && walk->term ? walk->term(walk->context, term) : rc;
}

int walk_rule(const struct walk *walk, struct rule *rule)
{
    int rc = visit_arguments(walk, rule->head, WALK_PLAIN);
    return rc == 0 ? visit_body(walk, &rule->body, WALK_PLAIN) : rc;
}

int walk_body(const struct walk *walk, struct body *body)
{
    return visit_body(walk, body, WALK_PLAIN);
}

int walk_literal(const struct walk *walk, struct literal *literal)
{
    return visit_literal(walk, literal, WALK_PLAIN);
}

int walk_term(const struct walk *walk, struct term *term)
{
    return visit_term(walk, term, WALK_PLAIN);
}

/* ---- of what stays as it is ---- */

struct visitor {
    walk_atom_fn *each_atom;
    walk_term_fn *each_term;
    void *context;
};

static int meet_atom(void *context, struct atom *atom, enum walk_way way)
{
    const struct visitor *visitor = context;
    visitor->each_atom(visitor->context, atom, way == WALK_PLAIN);
    return 0;
}

static int meet_term(void *context, struct term *term)
{
    const struct visitor *visitor = context;
    visitor->each_term(visitor->context, term);
    return 0;
}

void walk_atoms(const struct rule *rule, walk_atom_fn *each, void *context)
{
    struct visitor visitor = {.each_atom = each, .context = context};
    const struct walk walk = {.context = &visitor, .atom = meet_atom};
    walk_rule(&walk, (struct rule *)rule);
}

void walk_terms(const struct literal *literal, walk_term_fn *each, void *context)
{
    struct visitor visitor = {.each_term = each, .context = context};
    const struct walk walk = {.context = &visitor, .term = meet_term};
    walk_literal(&walk, (struct literal *)literal);
}

void walk_whole_term(const struct term *term, walk_term_fn *each, void *context)
{
    struct visitor visitor = {.each_term = each, .context = context};
    const struct walk walk = {.context = &visitor, .term = meet_term};
    walk_term(&walk, (struct term *)term);
}

struct counting {
    const struct variable *variable;
    size_t count;
};

static void count_variable(void *context, const struct term *term)
{
    struct counting *counting = context;
    counting->count +=
        term->kind == TERM_VARIABLE && term->variable == counting->variable;
}

size_t walk_count_in_literal(const struct literal *literal,
                             const struct variable *variable)
{
    struct counting counting = {.variable = variable};
    walk_terms(literal, count_variable, &counting);
    return counting.count;
}

size_t walk_count_in_term(const struct term *term, const struct variable *variable)
{
    struct counting counting = {.variable = variable};
    walk_whole_term(term, count_variable, &counting);
    return counting.count;
}
