// SPDX-License-Identifier: GPL-3.0-or-later
/* functors - what can be computed in a term, and the SQL functions that compute it
 * where SQL's own operators would be wrong: they overflow into reals, and divide by
 * zero into NULL.
 *
 * Comes from: tree.h.  Goes to: parse.h (names), check.h (types, constants), compile.h.
 * */
#ifndef DATALOG_FUNCTORS_H
#define DATALOG_FUNCTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "datalog/complaint.h"
#include "datalog/tree.h"

struct sqlite3;

struct functor_row {
    enum functor functor;
    const char *name;     /* "cat", "+" */
    int least, most;      /* arguments; most -1: any number */
    bool may_fail;        /* division, overflow, a text that is no number */
    const char *function; /* in SQL, see functors_register */
};

/* By its name and number of arguments ("-" is two functors); NULL: there is none. */
const struct functor_row *functor_find(const char *name, size_t count);
const struct functor_row *functor_of(enum functor functor);

/* All names, for "did you mean"; ends with NULL. */
const char *const *functor_names(void);

/* Computes it of constants, as the SQL function does. -EDOM: it has no value, as what
 * says ("division by zero"). Texts in *ret live in the arena. */
int functor_compute(enum functor functor, const struct value *args, size_t count,
                    struct arena *arena, struct value *ret, const char **ret_what)
    MUST_USE;

/* Gives a connection the functions dl_NAME, dl_match(pattern, text), dl_contains(part,
 * text), the collation "version" (Debian's order), and the aggregates dl_count, dl_sum,
 * dl_mean (exact in integers: an overflow is an error).
 *
 * A function that may fail takes as a first argument the number of its site (see
 * compile.h), and behind its own arguments any number of others, the variables that are
 * bound there: so that the error can say for which row. The error message of the
 * statement is then "dl:SITE:what|value|value…", the values as value_put_source writes
 * them; functor_explain makes a complaint of it. */
int functors_register(struct sqlite3 *db) MUST_USE; /* 0 or negative */

#endif
