// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - visits the atoms, or the terms, of a checked rule that stays as it is. */
#ifndef DATALOG_WALK_H
#define DATALOG_WALK_H

#include <stdbool.h>

#include "datalog/tree.h"

/* Calls each with every atom of the rule; is_joined: it is one of the body itself that
 * is not negated, not within an aggregate. */
typedef void walk_atom_fn(void *context, struct atom *atom, bool is_joined);
void walk_atoms(const struct rule *rule, walk_atom_fn *each, void *context);

/* Calls each with every term of a literal, or of a term, those within others and within
 * aggregates too. */
typedef void walk_term_fn(void *context, const struct term *term);
void walk_terms(const struct literal *literal, walk_term_fn *each, void *context);
void walk_whole_term(const struct term *term, walk_term_fn *each, void *context);

#endif
