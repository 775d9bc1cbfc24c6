// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - visits the atoms, or the terms, of a checked rule that stays as it is. */
#include "datalog/walk.h"

#include "datalog/check_parts.h"

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
