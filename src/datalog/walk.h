// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - visits all atoms, or all terms, of a checked rule. */
#ifndef DATALOG_WALK_H
#define DATALOG_WALK_H

#include <stdbool.h>

#include "datalog/tree.h"

/* Calls each with every atom of the body; is_joined: it is one of the body itself that
 * is not negated, not within an aggregate. */
typedef void walk_atom_fn(void *context, struct atom *atom, bool is_joined);
void walk_atoms(const struct rule *rule, walk_atom_fn *each, void *context);

/* Calls each with every term of a literal, those within others and within aggregates
 * too; before what is within it. */
typedef void walk_term_fn(void *context, const struct term *term);
void walk_terms(const struct literal *literal, walk_term_fn *each, void *context);
void walk_term(const struct term *term, walk_term_fn *each, void *context);

#endif
