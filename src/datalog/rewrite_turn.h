// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_turn - whether recursion at the end of a body can be turned to the front.
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_TURN_H
#define DATALOG_REWRITE_TURN_H

#include "datalog/rewrite_demand.h"

/* A rule's first atom that is recursive with its head; SIZE_MAX: it has none. */
size_t turn_place(const struct rule *rule);

/* Whether each rule of what is demanded is not recursive, or
 *
 *     reach(x, z) :- …, reach(y, z).
 *
 * where x and y are bound, and z, whatever is not, has to do with nothing else: then
 * what is reached from y is reached from x, and it is enough to pass y on. */
bool turn_is_possible(struct demands *demands, const struct demand *demand);

/* ---- of a rule of what is demanded ---- */

/* Whether the columns with this letter in the adornment ('f', what is not bound; 'b',
 * what is) are passed through from the atom, each to its own: as a variable that is
 * once in the head, and once in the body. */
bool turn_is_through(const struct demand *demand, char letter, const struct rule *rule,
                     const struct atom *atom);

/* Whether what is bound in the head is there as it is, and not computed. */
bool turn_has_plain_head(const struct demand *demand, const struct rule *rule);

#endif
