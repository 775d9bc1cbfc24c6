// SPDX-License-Identifier: GPL-3.0-or-later
/* operators - the functors that are written between or before their arguments, how
 * tightly each binds; the signs of comparisons, the words of tests and aggregates.
 *
 * Comes from: tree.h.  Goes to: what reads programs, and what shows them. */
#ifndef DATALOG_OPERATORS_H
#define DATALOG_OPERATORS_H

#include <stdbool.h>

#include "datalog/tree.h"

#define PRECEDENCE_LOWEST 1

struct operator
{
    const char *sign; /* "+", "band" */
    enum functor functor;
    int precedence;     /* higher ones bind more tightly */
    bool is_right;      /* a ^ b ^ c is a ^ (b ^ c) */
    bool is_prefix;     /* it stands before its one argument */
    const char *lacked; /* Soufflé has it and this language does not: what to say */
};

/* NULL: that is none. */
const struct operator* operator_find(const char *sign, bool is_prefix);
const struct operator* operator_of(enum functor functor);

/* "<="; and back: false where the sign is none. */
const char *comparison_sign(enum comparison comparison);
bool comparison_find(const char *sign, enum comparison *ret);

/* In the order of their enums, and ended by a name that is NULL. */
extern const struct test_row {
    const char *name;
    enum test test;
    const char *args; /* for people */
} test_rows[];

extern const struct aggregate_row {
    const char *name;
    enum aggregate_kind kind;
} aggregate_rows[];

#endif
