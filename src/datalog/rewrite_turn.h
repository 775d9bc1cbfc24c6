// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_turn - whether recursion at the end of a body can be turned to the front.
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_TURN_H
#define DATALOG_REWRITE_TURN_H

#include "datalog/rewrite_demand.h"

/* A rule's only atom that is recursive with what is demanded; SIZE_MAX: it has none. */
size_t turn_place(const struct demand *demand, const struct rule *rule);

/* Whether each rule of what is demanded is not recursive, or
 *
 *     reach(x, z) :- …, reach(y, z).
 *
 * where x and y are bound, and z, whatever is not, has to do with nothing else: then
 * what is reached from y is reached from x, and it is enough to pass y on. */
bool turn_is_possible(struct demands *demands, const struct demand *demand);

#endif
