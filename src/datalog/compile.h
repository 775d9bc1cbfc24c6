// SPDX-License-Identifier: GPL-3.0-or-later
/* compile - a rule into SQL.
 *
 *     low(h) :- ram(h, r), r < 4G, !spared(h).
 *
 *     SELECT DISTINCT t1."host" AS c1 FROM "ram" AS t1
 *      WHERE t1."ram" < 4294967296
 *        AND NOT EXISTS (SELECT 1 FROM "spared.7" AS t2 WHERE t2.c1 = t1."host")
 *
 * A relation of the catalogue is read from "NAME", or "NAME at" for its history, or
 * "NAME by number" (catalogue.h) where it is negated, with
 * the columns' own names (evaluate.h puts them before, in WITH); one that has a
 * table from that, with the columns c1, c2, …; one without columns has a column c1, and
 * a row of 1 where it holds. What was unfolded comes here: see rewrite.h.
 *
 * - Columns that may be NULL are only bound to variables where they are not.
 * - DISTINCT is left out where the keys of what is read show that no row comes twice.
 * - A derived relation that no other is joined with is read for the different values
 *   that are needed of it: with each of these all rows of the others are met.
 * - An aggregate is a subquery for each row of the rule outside, on indexes; or, where
 *   many rows ask it, one grouped by the outer variables, joined; or read in place of
 *   the rule's atoms, where these only ask what groups there are.
 * - A call that may fail is only computed for rows that satisfy all the conditions
 *   which cannot; a division, and what else fails for other values than too large
 *   ones, for those too that satisfy what can only become too large: n * n > 0. Within
 *   an argument of an atom, or where "=" makes it one, it is computed for rows that
 *   satisfy those on the relations which its own variables are from.
 * - No text from outside reaches SQL but as a literal of value_put_sql, or as a name in
 *   double quotes that consists of letters, digits, "_" and "?".
 *
 * Comes from: rewrite.h.  Goes to: evaluate.h, proof.h. */
#ifndef DATALOG_COMPILE_H
#define DATALOG_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "datalog/tree.h"

/* A call that may fail, in an SQL text. */
struct site {
    const struct rule *rule;
    const struct term *term;
    const struct variable *const *variables; /* whose values follow in the message */
    size_t count;
};

/* All of an evaluation; their numbers stand in the SQL. In the program's arena. */
struct sites {
    struct site **items;
    size_t count;
};

enum compile_result {
    COMPILE_HEAD,      /* the head's arguments, as c1, c2, … */
    COMPILE_VARIABLES, /* all variables of the rule itself (not those of aggregates), by
                          their numbers, as v0, v1, …: NULL for what the body does not
                          bind; and of each atom of a stored relation that has_origin,
                          by the number N of its literal, mN (the message's id) and tN
                          (the time) */
    COMPILE_NOTHING,   /* 1: whether there is any */
};

struct compile_settings {
    enum compile_result result;
    bool may_repeat; /* no DISTINCT: whoever takes the rows ignores doubles */
    bool has_number; /* the numbers of what is stored, too: see compile_numbering */

    /* The literal, an atom of the head's own stratum, that is read from TABLE.new,
     * first of all, and those behind it in the body from TABLE.old; SIZE_MAX: none
     * is. */
    size_t newest;

    /* Rows of relations of the head's stratum are only read where their rowid is below;
     * 0: all. For proofs: they lie below the row that they prove. */
    int64_t before;

    /* Values that are known already, one a variable of the rule, by their numbers;
     * TYPE_NONE: not known. NULL: none is. */
    const struct value *known;

    size_t limit;     /* rows; 0: all */
    bool has_numbers; /* what is stored is read with its numbers, and "NAME by number"
                         is there for what is negated */
};

/* Appends one SELECT, without a semicolon. program: for its arena. -EINVAL: SQLite
 * cannot have such a join (more than 64 relations). */
int compile_rule(struct program *program, const struct rule *rule,
                 const struct compile_settings *settings, struct sites *sites,
                 struct strbuf *sql, struct complaint *complaint) MUST_USE;

/* Appends a name in double quotes; "reach.3" and ".new" is one too. */
void compile_name(const char *name, struct strbuf *sql);

/* Whether the rule is a part of one stored relation: conditions on it which cannot
 * fail, and no row twice. To read it from there again costs no more than to keep it. */
bool compile_is_part(const struct rule *rule);

/* Whether the rows of a rule are what one of its aggregates has groups of, and its
 * atoms say no more than that there are such. */
bool compile_is_groups(const struct rule *rule);

/* What numbers a table of such a rule may have; NULL: none. In the program's arena. */
const struct numbering *compile_numbering(struct program *program,
                                          const struct rule *rule);

/* For each relation that has a table, or is stored and read as it is now, in an atom of
 * the rule: which of its columns are bound when SQL comes to it ('b' and '-', "b-b"):
 * the index that would help. Called for patterns with at least one 'b'. */
void compile_each_index(const struct rule *rule,
                        void (*each)(void *context, const struct predicate *predicate,
                                     const char *bound),
                        void *context);

/* Whether rows of which these columns are given ('b') are found by an index. */
bool compile_has_index(const struct predicate *predicate, const char *bound);

#endif
