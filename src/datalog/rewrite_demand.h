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

struct way;

/* A relation, asked for with a pattern of bound arguments: 'b', else 'f'. */
struct demand {
    struct predicate *predicate;
    const char *adornment;        /* of one that is factored 'n' too: nobody needs it */
    const struct predicate *root; /* only what this one is made of asks; NULL: what is
                                     below no negation and no aggregate does */
    bool is_hidden;               /* by a negation, where constants alone are given */

    /* rewrite_factor.h: its rows have those columns alone that are 'f', for it is asked
     * by one literal alone, and what that binds matters to nothing else. */
    bool is_factored;
    const bool *filter; /* the literals that bind it: they need not be asked again */
    const struct demand *asker;
    const struct predicate *head;
    size_t rule, literal; /* of head's rules; of its literals */

    /* rewrite_bind.c */
    struct predicate *made;   /* what of it is derived */
    struct predicate *asked;  /* the bound arguments that were asked for; NULL: none */
    struct predicate *passed; /* those, and what was asked for because of them; NULL: it
                                 is not turned */
};

struct demands {
    struct program *program;
    bool may_factor;
    struct demand **items;
    size_t count;
    struct judged *judged; /* each predicate, by address */
    size_t judged_count;
    struct predicate **kept; /* as they are; what they ask for may be bound */
    size_t kept_count;
    bool is_changed; /* what was found does not hold */
};

/* What is demanded, from the question and the outputs on. All of it is in the program's
 * arena. */
struct demands demands_of(struct program *program, bool may_factor);

/* Whether what is asked for of it may be less than all. */
bool demands_may_bind(const struct demands *demands, const struct predicate *predicate);

/* The demand for a literal that is met on its way; NULL: none, it stays as it is. A
 * factored one's own atom gives that one. */
struct demand *demands_meet(struct demands *demands, const struct way *way,
                            size_t literal);

/* Whether a rule's literal is recursive with its head, both as they were written. */
bool demands_is_own(const struct rule *rule, const struct literal *literal);

#endif
