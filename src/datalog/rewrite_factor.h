// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_factor - whether a recursive relation can be derived without the columns that
 * nobody needs.
 *
 *     reach(x, y) :- edge(x, y).
 *     reach(x, z) :- reach(x, y), edge(y, z).
 *     ?(z) :- red(x), reach(x, z).
 *
 * Here x is bound by what matters to nothing else: it is enough to know what is reached
 * from any that is red, and not from which.
 *
 *     ?(z) :- reach_n(z).
 *     reach_n(y) :- [red(x)], edge(x, y).
 *     reach_n(z) :- reach_n(y), edge(y, z).
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_FACTOR_H
#define DATALOG_REWRITE_FACTOR_H

#include "datalog/rewrite_way.h"

struct factors {
    const char *adornment; /* 'b': bound by the filter or a constant, and 'n': never
                              looked at; both go; 'f' stays */
    const bool *filter;    /* the literals that have to do with the atom alone */
};

/* For an atom that is met on its way. False: there is no such way to derive it. */
bool factor_find(const struct way *way, size_t literal, struct factors *ret);

/* For a negated atom: only constants bind it. */
bool factor_find_hidden(const struct way *way, size_t literal, struct factors *ret);

/* Of a rule of what is factored, its own atom, where that is asked for and not read:
 * what it binds is not known to the others. SIZE_MAX: it has no such one. asker: may be
 * NULL. */
size_t factor_asked(const struct demand *asker, const struct rule *rule);

#endif
