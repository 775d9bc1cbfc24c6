// SPDX-License-Identifier: GPL-3.0-or-later
/* check_walk - through the nodes of a rule. The parser bounds how deep they lie. */
#include "datalog/check_parts.h"

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
