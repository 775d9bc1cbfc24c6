// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_parts - what the sources of evaluate.h share.
 *
 *     evaluate.c         the outside: from a program to rows
 *     evaluate_plan.c    which relations get a table, and the stages that fill them
 *     evaluate_shared.c  those of them that several rules share
 *     evaluate_tables.c  tables, their indexes, the views of what is stored
 *     evaluate_sets.c    those tables that are sets of rows in memory
 *     evaluate_virtual.c by which SQLite reads these
 *     evaluate_rounds.c  fills the tables of a stage
 *     evaluate_run.c     runs a statement, and says why it failed
 *     evaluate_again.c   runs all of it once more
 *     evaluate_limits.c  what statements may do, and how much
 *     evaluate_show.c    the SQL, and SQLite's plan, as text */
#ifndef DATALOG_EVALUATE_PARTS_H
#define DATALOG_EVALUATE_PARTS_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "datalog/evaluate.h"
#include "datalog/rowset.h"

#define ROWS_BETWEEN 1024 /* two looks at the memory */

struct name; /* evaluate_virtual.c */

struct statement {
    const char *sql;
    const char *select;      /* its end, where it fills a table: the rows; else NULL */
    const struct rule *rule; /* that it is of; NULL: of none */
    struct table *target;    /* that it puts rows into; NULL: none */
    struct table *newest;    /* whose TABLE.new it reads first; NULL: none */
    sqlite3_stmt *prepared;  /* NULL until it runs */
    struct statement *all;   /* of the evaluation, one after the other */
};

struct statements {
    struct statement **items;
    size_t count;
};

/* A relation's rows. Its name is predicate->table; or that of what is stored, of which
 * it is a copy. */
struct table {
    const struct predicate *predicate;
    struct stage *stage;   /* NULL: it is a copy */
    bool is_set;           /* more than one statement puts rows into it, or they come
                              from outside, or there are many tables: it is kept in
                              memory, each row once */
    bool is_needed;        /* of a copy: no index of the store serves some pattern */
    const char **patterns; /* of bound columns, that rules read it by */
    size_t pattern_count;
    struct statements make, indexes;

    /* Of one that is_set; it has neither of these statements. */
    struct rowset *set;
    uint64_t *row;     /* that is on its way into it */
    bool is_numbered;  /* each row has its rowid behind its columns */
    bool is_full;      /* no more rows come */
    size_t old, known; /* rows: those of TABLE.old; and with those of TABLE.new */
};

/* The tables that are filled together: one, or those that are recursive with each
 * other. */
struct stage {
    struct table **tables;
    size_t count;
    bool is_recursive;
    struct statements fill;  /* once */
    struct statements round; /* until nothing is new */
    int64_t last;            /* the greatest rowid in any of its tables */
};

/* What is asked: the question, or an output. */
struct root {
    const struct predicate *predicate;
    const char *rows;          /* the SELECT of its different rows; "": it has none */
    struct statement *sorted;  /* of those; NULL: it has none */
    struct statement *counted; /* how many they are; likewise */
};

enum reason { REASON_NONE, REASON_STOPPED, REASON_TIME, REASON_WORK };

struct evaluation {
    struct program *program;
    sqlite3 *db;
    struct evaluation_limits limits;
    int64_t since;
    bool is_unproved, is_guarded, is_kept, is_in_memory;
    bool has_numbers; /* see compile.h */
    struct sites sites;
    struct stage **stages;
    size_t stage_count;
    struct table **tables;
    size_t table_count;
    struct table **copies; /* of what is stored, where recursion looks it up again and
                              again, by columns that no index is on */
    size_t copy_count;
    struct root **roots;
    size_t root_count;
    struct statements views; /* of what is stored, and its parts: as they are shown */
    const char *with;        /* the same before a statement that reads them; "": none */
    struct statements drops; /* of the tables, once … */
    bool is_made;            /* … all of them are there */
    struct statement *statements; /* all, to be finalized */
    int64_t rows;                 /* in all tables */
    struct cells *cells;          /* of all sets; NULL: there are none */
    struct name *names;           /* by which SQLite reads them */
    int64_t shift;                /* VALUE_SHIFT */

    /* evaluate_again.c */
    int64_t first_rows; /* in all tables when it ran first; 0: it did not */
    bool has_failed;
    bool knows_moving;
    struct value **moving; /* of the program's terms, each once … */
    size_t moving_count;
    int64_t moved;           /* … by so much already, ms */
    struct arena *own_arena; /* the program's, while it has one of proofs; else NULL */
    struct sites own_sites;  /* likewise */

    const struct predicate *slowest; /* to be filled; NULL: none was */
    int64_t slowest_time;            /* microseconds */

    /* evaluate_limits.c */
    atomic_bool is_stopped;
    int64_t deadline; /* of clock_monotonic; 0: none */
    int64_t work_end; /* of clock_work; likewise */
    enum reason reason;
    bool has_savepoint;
    int64_t page_limit, cache_size; /* as they were; 0: they are as they were */
    int64_t page_size;
    int64_t sets_size; /* bytes, when the temp database was told last */
    int64_t sets_rows; /* in all tables, when the sets were measured last */
    size_t unmeasured; /* looks at the limits since then */
};

/* ---- evaluate_plan.c ---- */

/* Chooses the relations that get a table. */
void plan_choose(struct evaluation *evaluation);

/* If it has none yet; while they are chosen. */
void plan_give_table(struct predicate *predicate);

/* NULL: it has none. */
struct table *plan_table(const struct evaluation *evaluation,
                         const struct predicate *predicate);

/* The tables, the stages in their order, and the statements of each. */
int plan_stages(struct evaluation *evaluation, struct complaint *complaint) MUST_USE;

/* Adds the selects of the question, or of an output. */
int plan_root(struct evaluation *evaluation, const struct predicate *predicate,
              struct complaint *complaint) MUST_USE;
const struct root *plan_find_root(const struct evaluation *evaluation,
                                  const struct predicate *predicate); /* NULL */

/* Whether it is made of constants alone. */
bool plan_is_fact(const struct rule *rule);

/* ---- evaluate_shared.c ---- */

/* Gives a table to those of all that are cheaper computed once; to be called when those
 * that must have one do. */
void shared_choose(struct program *program, struct predicate *const *all, size_t count);

/* ---- evaluate_tables.c ---- */

/* The views, or the copies, of what is stored. */
void tables_put_views(struct evaluation *evaluation);

/* Looks by which columns the rule reads tables. is_repeated: round by round. */
void tables_note(struct evaluation *evaluation, const struct rule *rule,
                 bool is_repeated);

/* What makes the tables, and keeps them; once all rules are noted. */
void tables_describe(struct evaluation *evaluation);

/* Of a relation without columns: 1. */
size_t table_width(const struct table *table);

/* Appends "c1, c2"; and ", _tag". */
void table_put_columns(const struct table *table, struct strbuf *sql);
void table_put_number(const struct table *table, struct strbuf *sql);

/* ---- evaluate_sets.c ---- */

int set_make(struct evaluation *evaluation, struct table *table,
             struct complaint *complaint) MUST_USE;
void sets_free(struct evaluation *evaluation); /* once no statement reads them */
void sets_empty(struct evaluation *evaluation);
size_t sets_size(const struct evaluation *evaluation);   /* bytes */
int64_t sets_count(const struct evaluation *evaluation); /* rows */

/* One row. Errors as of statement_run. */
int set_put(struct evaluation *evaluation, struct table *table,
            const struct value *values, struct complaint *complaint) MUST_USE;

/* All rows of a statement's SELECT, which is prepared, into its target. */
int set_fill(struct evaluation *evaluation, struct statement *statement,
             struct complaint *complaint) MUST_USE;

int64_t set_rowid(const struct table *table, size_t row);

/* False: it is NULL. */
bool set_read_value(sqlite3_value *value, struct scalar *ret) MUST_USE;

/* ---- evaluate_virtual.c ---- */

/* TABLE, TABLE.new and TABLE.old are there to be read; and are gone again. */
int virtual_make(struct evaluation *evaluation, const struct table *table,
                 struct complaint *complaint) MUST_USE;
void virtual_drop(struct evaluation *evaluation);

/* ---- evaluate_rounds.c ---- */

int rounds_run(struct evaluation *evaluation, struct stage *stage,
               struct complaint *complaint) MUST_USE;

/* ---- evaluate_run.c ---- */

struct statement *statement_new(struct evaluation *evaluation, const char *sql);
void statements_push(struct evaluation *evaluation, struct statements *statements,
                     struct statement *statement);

/* What SQLite runs of it: of one that fills a set, the SELECT. */
const char *statement_run_sql(const struct statement *statement);

int statement_prepare(struct evaluation *evaluation, struct statement *statement,
                      struct complaint *complaint) MUST_USE;

/* To its end, and counts the rows that it put into its target. One of a round, or of
 * what is kept, stays prepared; the others run once, and each that is prepared is
 * marked anew when a table is made. */
int statement_run(struct evaluation *evaluation, struct statement *statement,
                  struct complaint *complaint) MUST_USE;
void statement_forget(struct statement *statement); /* as if it had not run */
int statements_run(struct evaluation *evaluation, const struct statements *statements,
                   struct complaint *complaint) MUST_USE;

/* Lets each have a row at a time of a SELECT, which stays prepared; values of these
 * types, or of what SQL gave where columns is NULL. */
int select_run(struct evaluation *evaluation, struct statement *statement,
               const struct column_declaration *columns, evaluation_select_fn *each,
               void *context, struct complaint *complaint) MUST_USE;

/* The same, of any statement, as it is, and as SQL gave it. */
int text_run(struct evaluation *evaluation, const char *sql, evaluation_select_fn *each,
             void *context, struct complaint *complaint) MUST_USE;

/* What SQLite's rc means, as a negative errno. */
int run_failed(struct evaluation *evaluation, const struct rule *rule, int rc,
               struct complaint *complaint) MUST_USE;

/* ---- evaluate_again.c ---- */

void again_end_proofs(struct evaluation *evaluation);

/* ---- evaluate_limits.c ---- */

/* Once it is known which tables there will be. */
int limits_begin(struct evaluation *evaluation, struct complaint *complaint) MUST_USE;
void limits_end(struct evaluation *evaluation);

/* -EINTR, -ETIME, -E2BIG; 0: it may go on. */
int limits_check(struct evaluation *evaluation, const struct rule *rule,
                 struct complaint *complaint) MUST_USE;

/* Whether there are too many rows; is_thorough: and all the rest. */
int limits_check_rows(struct evaluation *evaluation, const struct rule *rule,
                      bool is_thorough, struct complaint *complaint) MUST_USE;
int limits_complain(struct evaluation *evaluation, const struct rule *rule, int rc,
                    struct complaint *complaint) MUST_USE;

#endif
