// SPDX-License-Identifier: GPL-3.0-or-later
/* narrow - one rule of a relation alone, and of all that it needs only what some given
 * rows can have to do with.
 *
 *     alert(h, t) :- state(h, t, "fail"), !held(h).      held(h) :- ram(h, r), r < 4G.
 *
 *     alert(h, t) :- [given(h, t)], state(h, t, "fail"), !held'(h).
 *     held'(h) :- [given_first(h)], ram(h, r), r < 4G.
 *
 * Two columns, by their names in what is stored, say what a row is about: host and tag.
 * Where an atom has in them the same variables that its rule's head has, it is about
 * the same; so it stays through relations that pass these variables on, also below
 * negations and within aggregates, where rewrite.h binds nothing.
 *
 * Comes from: check.h (a checked program).  Goes to: evaluate.h. */
#ifndef DATALOG_NARROW_H
#define DATALOG_NARROW_H

#include "datalog/tree.h"

/* Of which rows of a relation a row of the rule is made. */
enum narrow_reach {
    NARROW_NONE,
    NARROW_BOTH,  /* those about the same two */
    NARROW_FIRST, /* those about the same first: the host */
    NARROW_ALL,
};

struct narrowing;

/* Of a checked program, and in its arena. first, second: the columns of what is stored;
 * lent. */
struct narrowing *narrow_new(struct program *program, const char *first,
                             const char *second);

/* The relations that evaluation_add puts into what is to be derived: first and second,
 * and the first of each of those again. */
const struct predicate *narrow_given(const struct narrowing *narrowing);
const struct predicate *narrow_given_first(const struct narrowing *narrowing);

/* What the rule reads of what is stored, itself and by other rules; its head's first
 * two columns say what it is about. A relation may be named several times. Returns
 * whether time alone may change what the rule says. */
typedef void narrow_read_fn(void *context, const struct predicate *stored,
                            enum narrow_reach reach);
bool narrow_each_read(struct narrowing *narrowing, const struct rule *rule,
                      narrow_read_fn *each, void *context);

/* A new relation that has this rule alone. reach: NARROW_BOTH, its rows about what is
 * in given; NARROW_FIRST, in given_first; NARROW_ALL, all its rows. What it derives of
 * others may be wrong, and so is all where the rule reaches further. It is to be named
 * in program->directives, and then check_strata is due. */
struct predicate *narrow_rule(struct narrowing *narrowing, const struct rule *rule,
                              enum narrow_reach reach);

#endif
