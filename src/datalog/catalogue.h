// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue - the relations that a program finds in the database: their columns, and
 * the SQL that gives their rows.
 *
 * Comes from: rules/ (what the store holds).  Goes to: check.h, compile.h, proof.h. */
#ifndef DATALOG_CATALOGUE_H
#define DATALOG_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "datalog/value.h"

struct stored_column {
    const char *name;
    enum type type;
    bool may_lack; /* it may be NULL: then it matches _, and binds no variable */
};

/* A column beside those of a relation, whose number stands for some of them together:
 * rows of whatever relations that have one of this name have the same number exactly
 * where they have the same values there. To group, join and look up by it takes less
 * time. */
struct numbering {
    const char *name;    /* "_tag"; NULL: there is none */
    const char *columns; /* for each column its place among those, '1' and on, or '-' */
};

/* A relation of the database. All strings are the catalogue's. */
struct stored {
    const char *name;
    const char *help; /* what a row says, columns and units, in lines */
    const struct stored_column *columns;
    size_t count;

    /* A name of a table or view, quoted, or a SELECT in parentheses, whose columns are
     * called as above; it gives no row twice. With has_origin also, for proofs:
     * _message (the id of the message that said it, text or NULL) and _time (ms or
     * NULL). NULL: it is known, but there are no rows of it yet. */
    const char *sql;
    bool has_origin; /* it has _message and _time */
    bool knows_time; /* its rows change as time passes, without anything being stored */
    bool is_open;    /* rules may add rows to it */
    bool is_union;   /* it is a UNION ALL, with nothing else around it */
    struct numbering numbering; /* of sql, not of history */

    const char *by_number; /* as sql, with the number in place of the columns that it
                              stands for: quicker to look up. NULL: there is none */

    /* The rows of all times: the same columns, with _began and _ended (ms; NULL: still
     * so). NULL: its rows are of no time, and "at" is refused. */
    const char *history;

    /* Sets of columns that name at most one row: for each column a letter, 'k' where it
     * belongs to the set, '-' where not: "kk-". Ends with NULL; NULL: only
     * all together. */
    const char *const *keys;

    /* An SQL expression on its columns, ms, by which --since leaves rows out; NULL:
     * none. */
    const char *since;
};

struct catalogue {
    const struct stored *const *items; /* by name; ends with NULL */
};

/* NULL: there is none. */
const struct stored *catalogue_find(const struct catalogue *catalogue,
                                    const char *name);

#endif
