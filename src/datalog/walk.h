// SPDX-License-Identifier: GPL-3.0-or-later
/* walk - visits the nodes of a rule: to change them, or of a checked one that stays as
 * it is, its atoms or its terms.
 *
 * Comes from: tree.h.  Goes to: check.h, and all that works on what is checked. */
#ifndef DATALOG_WALK_H
#define DATALOG_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "datalog/tree.h"

/* Through a rule's nodes, those within aggregates too: an atom before its arguments, a
 * term after its own. The first return that is not 0 ends it and is returned. */
enum walk_way { WALK_PLAIN, WALK_NEGATED, WALK_AGGREGATED };

struct walk {
    void *context;
    int (*atom)(void *context, struct atom *atom, enum walk_way way); /* or NULL */
    int (*term)(void *context, struct term *term);                    /* or NULL */
    bool is_shallow; /* it does not enter aggregates */
};

/* Where an atom's arguments have no columns yet, those that were written. */
int walk_rule(const struct walk *walk, struct rule *rule);
int walk_body(const struct walk *walk, struct body *body);
int walk_literal(const struct walk *walk, struct literal *literal);
int walk_term(const struct walk *walk, struct term *term);
int walk_aggregate(const struct walk *walk, struct aggregate *aggregate);

/* ---- a checked rule that stays as it is ---- */

/* Calls each with every atom of the rule; is_joined: it is one of the body itself that
 * is not negated, not within an aggregate. */
typedef void walk_atom_fn(void *context, struct atom *atom, bool is_joined);
void walk_atoms(const struct rule *rule, walk_atom_fn *each, void *context);

/* Calls each with every term of a literal, or of a term, those within others and within
 * aggregates too. */
typedef void walk_term_fn(void *context, const struct term *term);
void walk_terms(const struct literal *literal, walk_term_fn *each, void *context);
void walk_whole_term(const struct term *term, walk_term_fn *each, void *context);

/* How often a variable is among them. */
size_t walk_count_in_literal(const struct literal *literal,
                             const struct variable *variable);
size_t walk_count_in_term(const struct term *term, const struct variable *variable);

#endif
