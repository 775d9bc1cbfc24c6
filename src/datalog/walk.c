// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - visits all atoms, or all terms, of a checked rule. */
#include "datalog/walk.h"

/* ---- terms ---- */

static void walk_body_terms(const struct body *body, walk_term_fn *each, void *context)
{
    for (size_t i = 0; i < body->count; i++)
        walk_terms(body->literals[i], each, context);
}

void walk_term(const struct term *term, walk_term_fn *each, void *context)
{
    each(context, term);
    for (size_t i = 0; i < term->count; i++)
        walk_term(term->args[i], each, context);
    const struct aggregate *aggregate = term->aggregate;
    for (size_t i = 0; aggregate && i < aggregate->count; i++)
        walk_body_terms(&aggregate->bodies[i], each, context);
    if (aggregate && aggregate->target)
        walk_term(aggregate->target, each, context);
}

void walk_terms(const struct literal *literal, walk_term_fn *each, void *context)
{
    const struct atom *atom = literal->atom;
    for (size_t i = 0; atom && i < atom->count; i++)
        walk_term(atom->args[i], each, context);
    if (atom && atom->at)
        walk_term(atom->at, each, context);
    if (literal->left)
        walk_term(literal->left, each, context);
    if (literal->right)
        walk_term(literal->right, each, context);
}

/* ---- atoms ---- */

struct atom_walk {
    walk_atom_fn *each;
    void *context;
};

/* Terms within terms are met by themselves: only the aggregate's own atoms are told. */
static void meet_term(void *context, const struct term *term)
{
    const struct atom_walk *walk = context;
    for (size_t i = 0; term->aggregate && i < term->aggregate->count; i++) {
        const struct body *body = &term->aggregate->bodies[i];
        for (size_t j = 0; j < body->count; j++)
            if (body->literals[j]->atom)
                walk->each(walk->context, body->literals[j]->atom, false);
    }
}

void walk_atoms(const struct rule *rule, walk_atom_fn *each, void *context)
{
    struct atom_walk walk = {.each = each, .context = context};
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct literal *literal = rule->body.literals[i];
        if (literal->atom)
            each(context, literal->atom, literal->kind == LITERAL_ATOM);
        walk_terms(literal, meet_term, &walk);
    }
    for (size_t i = 0; i < rule->head->count; i++)
        walk_term(rule->head->args[i], meet_term, &walk);
}
