// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_way - a way through a body, from left to right: what is known at each of its
 * literals, and worth passing on.
 *
 * What equals a constant comes first, and what has to do with what is known comes
 * before atoms that may be bound, wherever it stands.
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_WAY_H
#define DATALOG_REWRITE_WAY_H

#include "datalog/rewrite_demand.h"

struct way {
    const struct demands *demands;
    const struct rule *rule;
    const struct demand *asker; /* whose rule it is; NULL: of what is kept as it is */
    bool *is_bound;             /* the variables, by their numbers */
    bool *is_passed;            /* the literals: what they bind, is bound */
    bool *is_narrow; /* the variables that have to do with what was given, or with a
                        constant: their values are worth passing on */
    bool *is_asked;  /* the variables that were given, by whoever asks */
};

/* At the beginning bound are the variables that the head has where the asker's
 * adornment says so. */
struct way way_begin(const struct demands *demands, const struct rule *rule,
                     const struct demand *asker);

/* Goes past a literal. */
void way_pass(struct way *way, size_t literal);

/* Which arguments of an atom are known now, and worth passing on: 'b', the others 'f'.
 * NULL: none is. */
const char *way_pattern(const struct way *way, const struct atom *atom);

/* ---- literals and terms ---- */

/* Whether a literal says that a variable equals a constant. */
bool way_is_constant(const struct literal *literal);

/* Whether a literal has what it needs, if these are bound, and cannot fail. */
bool way_is_ready(const struct literal *literal, const bool *is_bound);

/* Whether a term has a value, if these are bound. */
bool way_is_known(const struct term *term, const bool *is_bound);

/* Marks, or looks for, all variables of a literal, or of a term. */
void way_mark(const struct literal *literal, bool *marks);
void way_mark_term(const struct term *term, bool *marks);
bool way_has_any(const struct literal *literal, const bool *marks);

#endif
