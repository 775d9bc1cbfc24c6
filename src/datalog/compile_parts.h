// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_parts - what the files of the compiler share.
 *
 * A body becomes a SELECT in stages. The first joins the atoms; where a call may fail,
 * or what is computed is used more than once, the SELECT so far goes in parentheses,
 * with its variables as columns v0, v1, …, and the next one goes on from its rows:
 *
 *     SELECT t2.v0 AS c1, t2.v1 AS c2
 *       FROM (SELECT t1."host" AS v0, (SELECT count(*) …) AS v1
 *               FROM "host" AS t1 LIMIT -1) AS t2
 *      WHERE t2.v1 > 3
 *
 * LIMIT -1 keeps SQLite from making one SELECT of both again. */
#ifndef DATALOG_COMPILE_PARTS_H
#define DATALOG_COMPILE_PARTS_H

#include "datalog/compile.h"

#define JOIN_MAX  64         /* relations in a join: SQLite's own limit */
#define SQL_MAX   (1U << 20) /* bytes of one SELECT */
#define NO_NEWEST SIZE_MAX

/* What stands for a variable in SQL. */
struct binding {
    const char *sql; /* NULL: nothing does yet */
    size_t depth;    /* of the SELECT that binds it; its tables are of that */
    uint64_t tables; /* that the SQL reads: a bit each, by their place in FROM */
    bool is_column;
    bool may_be_null; /* and nothing has said yet that it is not */
};

struct compiler {
    struct program *program;
    const struct rule *rule;
    const struct compile_settings *settings;
    struct sites *sites;
    struct complaint *complaint;
    struct arena *arena;      /* of pieces of SQL */
    struct binding *bindings; /* one a variable of the rule, by their numbers */
    struct select *select;    /* that is being made */
    size_t depth;             /* of SELECTs in each other, from 1 on */
    size_t names;             /* t1, t2, … that are taken */
    bool is_trying;           /* calls give NULL instead of failing */
    bool has_row;             /* all variables are bound: a failed call may name them */
    int rc;                   /* of the first fault, which the complaint says */
};

int compiler_fail(struct compiler *compiler, const struct place *place,
                  const char *what);

/* ---- terms ---- */

typedef void variable_fn(struct variable *variable, void *context);

/* Of an aggregate: those from outside, twice each: it may ask them for many rows. */
void term_each_variable(const struct term *term, variable_fn *each, void *context);
void literal_each_variable(const struct literal *literal, variable_fn *each,
                           void *context);

bool term_is_variable(const struct term *term); /* and nothing else */
bool term_may_fail(const struct term *term);
/* For other values than too large ones: a division, a text that is no number. */
bool term_is_rash(const struct term *term);
bool term_may_lack(const struct term *term); /* NULL: the least of nothing */
bool term_has_aggregate(const struct term *term);

struct binding *compiler_binding(struct compiler *compiler, const struct term *term);
bool term_is_bound(struct compiler *compiler, const struct term *term);
uint64_t term_tables(struct compiler *compiler, const struct term *term);

void term_put(struct compiler *compiler, const struct term *term, struct strbuf *sql);
void site_put(struct compiler *compiler, const struct term *term, struct strbuf *sql);
void witnesses_put(struct compiler *compiler, const struct term *term,
                   struct strbuf *sql);

/* ---- atoms ---- */

/* The relation's name in SQL, and behind it ".new", ".old" or ""; the name of a column;
 * conditions that its rows have to satisfy whatever its arguments are, each with
 * " AND " before it. */
void atom_put_source(const struct atom *atom, const char *suffix, struct strbuf *sql);
void atom_put_column(const struct atom *atom, size_t table, size_t column,
                     struct strbuf *sql);
bool atom_is_own(const struct rule *rule, const struct atom *atom); /* its stratum's */
void atom_put_time(struct compiler *compiler, const struct atom *atom, size_t table,
                   struct strbuf *sql);
bool atom_may_be_null(const struct atom *atom, size_t column);

/* NULL: its rows have no numbers. */
const struct numbering *atom_numbering(const struct atom *atom);

/* Whether these columns ('b') name one row of a stored relation. */
bool atom_has_key(const struct atom *atom, const char *bound);

/* The atoms of a body that are not negated, by the numbers of their literals, in the
 * order in which they are joined. Returns how many. */
size_t body_order(const struct body *body, size_t newest, bool *is_bound, size_t *ret);

/* 'b' and '-' a column, of an atom with these variables bound. */
const char *atom_pattern(const struct atom *atom, const bool *is_bound,
                         struct arena *arena);

/* Whether one of those atoms has it as an argument. */
bool body_has_column(const struct body *body, const struct variable *variable);

/* ---- conditions ---- */

bool literal_is_bound(struct compiler *compiler, const struct literal *literal);
bool literal_may_fail(const struct literal *literal);
bool literal_is_rash(const struct literal *literal);
uint64_t literal_tables(struct compiler *compiler, const struct literal *literal);
void literal_put(struct compiler *compiler, const struct literal *literal,
                 struct strbuf *sql);

/* ---- a SELECT ---- */

struct condition {
    const char *sql;
    uint64_t tables;
};

/* An argument that is no variable alone: the column has to be what it gives. */
struct equation {
    const char *column;
    uint64_t tables;         /* the column's */
    const struct atom *atom; /* of the time of which; NULL: of an argument */
    size_t name;             /* of that */
    const struct term *term;
};

/* A number that stands for variables. */
struct numbered {
    const struct numbering *numbering;
    const struct atom *atom;
    const char *sql;
    size_t depth;    /* of the SELECT that has the atom; its table is of that */
    uint64_t tables; /* that one, a bit */
};

/* A column that comes along through all stages. */
struct extra {
    const char *name, *sql;
};

struct select {
    struct compiler *compiler;
    const struct body *body;
    bool *is_done; /* literal by literal */
    size_t *uses;  /* of each variable, in the body and in what it is for */
    struct term *const *results; /* what it is for */
    size_t result_count;
    struct strbuf from;
    size_t tables;   /* in FROM */
    bool is_joining; /* the first stage */
    struct condition **conditions;
    size_t condition_count;
    struct equation **equations; /* of arguments that are no variables */
    size_t equation_count;
    struct extra **extras;
    size_t extra_count;
    struct numbered **numbered; /* while its atoms are at hand: in the first stage */
    size_t numbered_count;
    const struct aggregate *groups; /* that are read in place of its atoms; or NULL */
    bool had_row;                   /* outside */
    struct select *outer;
};

struct select_wishes {
    struct term *const *results; /* that are going to be asked of it */
    size_t count;
    size_t newest;
    bool has_origins; /* mN and tN are wanted, as extras */
    bool has_number;  /* and the numbers */
    bool has_all;     /* each _ of its atoms is wanted, as an extra */
};

void select_clear(struct select *select);
AUTO_DEFINE_CLEAR(select)

/* Compiles a body: from here on all its variables are bound. */
void select_open(struct select *select, struct compiler *compiler,
                 const struct body *body, const struct select_wishes *wishes);
void select_add_condition(struct select *select, const char *sql, uint64_t tables);

/* Adds, of a term that may give nothing, that it gave something: sql. */
void select_add_presence(struct select *select, const struct term *term,
                         const char *sql, uint64_t tables);
void select_join(struct select *select, const char *sql, const struct place *place);
void select_add_equation(struct select *select, const struct equation *equation);
void select_add_literals(struct select *select);

/* The side of "=" that nothing binds yet, where the other one is bound; else NULL. */
const struct term *select_find_defined(struct select *select,
                                       const struct literal *literal,
                                       const struct term **ret_value);

/* Where "=" binds a variable, lets the SQL of the other side stand for it: what is used
 * once, and cannot fail unless all rows are joined; or, forced, whatever it is. */
bool select_substitute(struct select *select, bool is_forced);

/* Appends those that are about none but these tables. */
void select_put_conditions(const struct select *select, uint64_t within,
                           struct strbuf *sql);

/* Appends FROM and WHERE. */
void select_put(const struct select *select, struct strbuf *sql);

/* ---- atoms that nothing joins ---- */

/* Whether more than one row of it may have the same values that are needed. */
bool atom_is_apart(const struct select *select, const struct literal *literal);
bool argument_is_needed(const struct select *select, const struct term *term);

/* What it is then read from: as atom_put_source, with the needed columns alone. */
void apart_put_source(const struct select *select, const struct atom *atom,
                      const char *suffix, struct strbuf *sql);

/* ---- aggregates ---- */

void aggregate_put(struct compiler *compiler, const struct term *term,
                   struct strbuf *sql);

/* Whether it is better computed for all its outer variables at once, and joined, than
 * looked up for each row. */
bool aggregate_is_grouped(const struct rule *rule, const struct aggregate *aggregate);
bool aggregate_may_fail(const struct aggregate *aggregate);

/* Appends a relation of its own, in parentheses: k0, k1, … the outer variables, n what
 * it gives for them. */
void aggregate_put_groups(struct compiler *compiler, const struct term *term,
                          struct strbuf *sql);

/* Whether the term has one that is looked up for each row. */
bool term_is_looked_up(const struct rule *rule, const struct term *term);

/* ---- groups ---- */

/* "v = max x : { … }", whose groups say all that the body's atoms do; NULL: there is no
 * such literal. */
const struct literal *groups_find(const struct rule *rule);

/* Reads them in place of the atoms. */
void groups_place(struct select *select, const struct literal *literal);

/* Whether there is one for these variables at most. */
bool groups_are_distinct(const struct aggregate *aggregate, const bool *is_known);

/* ---- numbers ---- */

/* Notes the number that an atom of variables has in a table of this name. */
void numbered_add(struct select *select, const struct atom *atom, size_t table);

/* What has been placed, here or outside, and has the number that this atom has; NULL:
 * nothing does, or numbers are not to be read. */
const struct numbered *numbered_find(const struct select *select,
                                     const struct atom *atom);

/* Which variable the number stands for at this place, from 0 on; NULL: there are no
 * more. */
const struct variable *numbered_variable(const struct numbered *numbered, size_t place);

/* Whether both are the same number where those variables are the same. */
bool numbered_is_same(const struct numbered *one, const struct numbered *other);

/* ---- keys ---- */

/* Whether there is at most one row of the join for these variables, one flag each by
 * their numbers; learns which others they determine. */
bool body_is_distinct(const struct body *body, bool *is_known);

/* Whether all its variables are; _ never is. */
bool term_is_known(const struct term *term, const bool *is_known);

/* One side of "=" determines the other: whether that is news. */
bool literal_learn(const struct literal *literal, bool *is_known);

#endif
