// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate - runs a checked program on a database.
 *
 * What is recursive, is negated, is within an aggregate, or is too large to be unfolded
 * becomes a table, stratum by stratum; all else is unfolded into the SELECT of the
 * question. A table that one SELECT fills is in the connection's temp database. One
 * that several fill, or that has facts or .input, is a set of rows in memory
 * (rowset.h), which SQLite reads as a virtual table while the evaluation lasts.
 *
 * A recursive stratum runs semi-naive: each round joins what the last one found,
 * TABLE.new, with all that is known. The rowids of all tables of such a stratum grow
 * together, row by row: whatever table of the stratum the rows are in that a row
 * follows from, their rowids are below its own. proof.h lives on it.
 *
 * The connection should be open for reading alone; temp tables are made there and
 * dropped at the end. While it runs, an authorizer lets statements read, and write
 * to the temp database, and nothing else.
 *
 * Comes from: check.h.  Goes to: rules/ (the server), ask/ (alone), proof.h. */
#ifndef DATALOG_EVALUATE_H
#define DATALOG_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/strbuf.h"
#include "datalog/compile.h"
#include "datalog/tree.h"

struct sqlite3;
struct evaluation;

/* Has the authorizer look at all that this connection prepares, for good: SQLite
 * prepares all statements anew whenever one is set, so those that are kept would be in
 * vain. It lets transactions begin and end, too. */
void evaluation_guard(struct sqlite3 *db);

struct evaluation_limits {
    int64_t time;  /* ms, of the whole evaluation; 0: none */
    int64_t work;  /* ms for which it has a processor: one that must stand back behind
                      others is not at fault; all on one thread; 0: none */
    int64_t rows;  /* that tables may have in all; 0: none */
    int64_t bytes; /* of the sets and the temp database together, and of SQLite's cache
                      for that; 0: none */
};

struct evaluation_settings {
    struct evaluation_limits limits;
    int64_t since;     /* ms: rows of the catalogue's relations that have a time, from
                          then on; 0: all */
    bool is_unbounded; /* no rewrite_bind: why something does not hold is told by rows
                          that it does not ask for */
    bool is_unproved;  /* proof.h will not be asked: then recursion may be turned, so
                          that reach("a", x) takes one row for each x, however its rules
                          are written; and columns that nobody needs may be left out */
    bool is_guarded;   /* the connection is: evaluation_guard */
    bool is_kept;      /* it is to run more than once, see evaluation_rest */

    /* Each table that can be is a set of rows in memory: so it may be kept, also where
     * one of the temp database would be faster. */
    bool is_in_memory;
};

/* Takes neither; both are lent until it is freed. Registers functors_register. One
 * evaluation of a connection at a time, those that rest aside. */
int evaluation_new(struct program *program, struct sqlite3 *db,
                   const struct evaluation_settings *settings, struct evaluation **ret,
                   struct complaint *complaint) MUST_USE;

/* Drops all that it made. NULL is fine. */
void evaluation_free(struct evaluation *evaluation);
AUTO_DEFINE(evaluation)

/* Ends it soon, from any thread, also before it runs: it then says -EINTR. */
void evaluation_stop(struct evaluation *evaluation);

/* Ends its run: its rows are gone, and its limits; the connection is there for others.
 * False: it cannot run again, and is to be freed; so it is where it was not to be kept,
 * needs tables of the temp database, is_momentary, has failed, or has far more rows
 * than when it was planned. */
bool evaluation_rest(struct evaluation *evaluation) MUST_USE;

/* Of one that rests: it is as if it were new, as of a now() that is later by so many ms
 * than what check.h was told. The program's relations have to be those of then. Errors
 * as of evaluation_run. */
int evaluation_again(struct evaluation *evaluation, int64_t later,
                     struct complaint *complaint) MUST_USE;

/* Puts rows into a relation that has .input, before it runs: values of its columns'
 * types. The same one twice is once. */
int evaluation_add(struct evaluation *evaluation, const struct predicate *predicate,
                   const struct value *values, struct complaint *complaint) MUST_USE;

/* Fills all tables, once. -EINTR: stopped; -ETIME, -E2BIG (rows), -ENOSPC (bytes): a
 * limit, which *complaint names; -EDOM: a call had no value, with place and row; -EIO
 * and others: the database's trouble, in its words. */
int evaluation_run(struct evaluation *evaluation, struct complaint *complaint) MUST_USE;

/* The relation that took longest to be filled, and its ms, which may be 0; NULL: none
 * was. */
const char *evaluation_slowest(const struct evaluation *evaluation, int64_t *ret_ms);

/* values: as many as the relation has columns, lent until it returns. A negative return
 * ends it and is returned; 1 ends it, and 0 is returned. */
typedef int evaluation_row_fn(const struct value *values, void *context);

/* The different rows of the question, or of an output, sorted by all columns; once it
 * ran. Errors as of evaluation_run. */
int evaluation_each(struct evaluation *evaluation, const struct predicate *predicate,
                    evaluation_row_fn *each, void *context, struct complaint *complaint)
    MUST_USE;

/* How many those are, without their being made. */
int evaluation_count(struct evaluation *evaluation, const struct predicate *predicate,
                     int64_t *ret, struct complaint *complaint) MUST_USE;

/* Appends the SQL that it runs, statement by statement, with a comment for each that
 * names the rule; that of a recursive stratum once, as a loop. May be called without
 * its having run. */
int evaluation_put_sql(struct evaluation *evaluation, struct strbuf *text,
                       struct complaint *complaint) MUST_USE;

/* Appends what SQLite plans for each of them (EXPLAIN QUERY PLAN), indented; once it
 * ran. */
int evaluation_put_plan(struct evaluation *evaluation, struct strbuf *text,
                        struct complaint *complaint) MUST_USE;

/* ---- for proof.h ---- */

/* What is added to the program from here on is gone when the evaluation rests. */
void evaluation_begin_proofs(struct evaluation *evaluation);

struct program *evaluation_program(struct evaluation *evaluation);
struct sites *evaluation_sites(struct evaluation *evaluation);

/* Runs one SELECT under its limits; each row's values as SQL gave them: TYPE_NUMBER,
 * TYPE_FLOAT or TYPE_TEXT, TYPE_NONE for NULL; count: how many. */
typedef int evaluation_select_fn(const struct value *values, size_t count,
                                 void *context);
int evaluation_select(struct evaluation *evaluation, const char *sql,
                      evaluation_select_fn *each, void *context,
                      struct complaint *complaint) MUST_USE;

#endif
