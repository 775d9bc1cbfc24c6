// SPDX-License-Identifier: GPL-3.0-or-later
/* check_parts - the steps of check.h, each in a file of its name, and what they share.
 *
 *     names  ──> variables ──> types ──> constants ──> order ──> strata
 *     what is    which are     what      now, 1 + 2    what is   who comes
 *     meant      the same      it is                   bound     first
 */
#ifndef DATALOG_CHECK_PARTS_H
#define DATALOG_CHECK_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "datalog/check.h"
#include "datalog/walk.h"

#define CHECK_COLUMNS_MAX   1000 /* of one relation */
#define CHECK_VARIABLES_MAX 1000 /* of one rule */
#define CHECK_LITERALS_MAX  1000 /* of one body */

struct check {
    struct program *program;
    const struct check_settings *settings;
    struct complaint *complaint;

    /* What is checked, in the order in which it was reached: a relation before those
     * that it alone is made of. In the program's arena. */
    struct predicate **predicates;
    size_t count;
    bool knows_time; /* the rule whose constants are computed */
};

int check_names(struct check *check) MUST_USE;
int check_variables(struct check *check) MUST_USE;
int check_types(struct check *check) MUST_USE;
int check_constants(struct check *check) MUST_USE;
int check_order(struct check *check) MUST_USE;

/* Calls each for every rule of what is checked; stops at the first that is negative. */
int check_each_rule(struct check *check,
                    int (*each)(struct check *check, struct rule *rule)) MUST_USE;

/* check_names.c: the type of that name, .type followed. name NULL: TYPE_NONE. */
int check_find_type(struct check *check, const char *name, const struct place *place,
                    enum type *ret) MUST_USE;

/* check_question.c: a saved question as a relation that nothing refers to, with a term
 * for each parameter. */
struct predicate *check_make_question(struct program *program,
                                      const struct saved_question *question,
                                      struct term *const *terms);

/* ---- check_types.c ---- */

/* What is known of it: a variable's is the variable's. */
enum type check_type_of(const struct term *term);

/* Makes a constant's value one of its term's type, which it meets. */
void check_adapt(struct term *term);

/* ---- check_calls.c ---- */

#define CHECK_ARGUMENTS 3 /* whose types may differ; further ones are as the last */

/* The type of both, where they meet: of number and size, size; else TYPE_NONE. */
enum type check_meet(enum type one, enum type other);

/* What a call gives and expects, as far as that follows from what is known of its
 * arguments and of itself; TYPE_NONE: nothing follows. is_guess: where there are
 * several ways to read it, the first. False: it has no meaning. */
bool check_call(const struct term *call, bool is_guess, enum type *ret_result,
                enum type ret_args[CHECK_ARGUMENTS]) MUST_USE;

/* What an aggregate gives of a target of that type; TYPE_NONE: there is none. */
enum type check_aggregate(enum aggregate_kind kind, enum type target);

#endif
