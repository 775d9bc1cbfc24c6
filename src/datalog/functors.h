// SPDX-License-Identifier: GPL-3.0-or-later
/* functors - what can be computed in a term, and the SQL functions that compute it
 * where SQL's own operators would be wrong: they overflow into reals, and divide by
 * zero into NULL.
 *
 * Comes from: tree.h.  Goes to: parse.h (names), check.h (types, constants), and what
 * compile.h makes. */
#ifndef DATALOG_FUNCTORS_H
#define DATALOG_FUNCTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "datalog/complaint.h"
#include "datalog/tree.h"

struct sites;
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

/* Gives a connection the functions dl_NAME; dl_match and dl_glob(pattern, text); the
 * collation "version" (Debian's order); and the aggregates dl_sum (exact in integers:
 * an overflow is an error), dl_mean and dl_median.
 *
 * A function that may fail takes as a first argument the number of its site (see
 * compile.h; -1: it gives NULL instead of failing), and dl_add, dl_sum and their like
 * behind their own arguments any number of others, the variables that are bound there:
 * so that functor_explain can say for which row. Once a connection: SQLite prepares
 * all of its statements anew after it. 0 or negative. */
int functors_register(struct sqlite3 *db) MUST_USE;

/* Makes a complaint of the error message of a statement, at the place of the call that
 * failed: -EDOM, "division by zero in x / y, where x = 3, y = 0". 0: it is another
 * message. */
int functor_explain(const char *message, const struct sites *sites,
                    struct complaint *complaint) MUST_USE;

#endif
