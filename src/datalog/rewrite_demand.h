// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_demand - which relations are asked for with which arguments given: what
 * rewrite_bind.c makes rules of.
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_DEMAND_H
#define DATALOG_REWRITE_DEMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "datalog/tree.h"

/* A relation, asked for with a pattern of bound arguments: 'b', else 'f'. */
struct demand {
    struct predicate *predicate;
    const char *adornment;

    /* rewrite_bind.c */
    struct predicate *made;   /* what of it is derived */
    struct predicate *asked;  /* the bound arguments that were asked for */
    struct predicate *passed; /* those, and what was asked for because of them; NULL: it
                                 is not turned */
};

struct demands {
    struct program *program;
    struct demand **items;
    size_t count;
    struct judged *judged; /* each predicate, by address */
    size_t judged_count;
    bool is_changed; /* something more is kept as it is: what was found does not hold */
};

/* What is demanded, from the question and the outputs on. All of it is in the program's
 * arena. */
struct demands demands_of(struct program *program);

/* Whether the rules of this one stay, and only what they ask for may be bound. */
bool demands_keep(const struct demands *demands, const struct predicate *predicate);

/* A way through a body, from left to right; but what equals a constant comes first, and
 * what has to do with what is known comes before atoms that may be bound, wherever it
 * stands. */
struct way {
    const struct demands *demands;
    const struct rule *rule;
    bool *is_bound;  /* the variables, by their numbers */
    bool *is_passed; /* the literals: what they bind, is bound */
    bool *is_narrow; /* the variables that have to do with what was given, or with a
                        constant: their values are worth passing on */
    bool *is_asked;  /* the variables that were given, by whoever asks */
    bool is_whole;   /* nothing was given: what the head is recursive with is whole */
};

/* At the beginning bound are the variables that the head has where adornment says so;
 * NULL: none is. */
struct way way_begin(const struct demands *demands, const struct rule *rule,
                     const char *adornment);

/* The demand for a literal that is met; NULL: none, it stays as it is. */
struct demand *way_meet(struct demands *demands, const struct way *way, size_t literal);

/* Goes past it. */
void way_pass(struct way *way, size_t literal);

/* Whether a literal says that a variable equals a constant. */
bool way_is_constant(const struct literal *literal);

/* Whether a literal has what it needs, if these are bound, and cannot fail. */
bool way_is_ready(const struct literal *literal, const bool *is_bound);

/* Marks, or looks for, all variables of a literal. */
void way_mark(const struct literal *literal, bool *marks);
bool way_has_any(const struct literal *literal, const bool *marks);
void way_mark_term(const struct term *term, bool *marks);

#endif
