// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - a program as it is read, and what check.h finds out about it.
 *
 *     program ── predicates ── rules ──> head   atom
 *                                   └──> body   literals, joined by "and"
 *                                                  └──> atoms, comparisons ──> terms
 *
 * A rule with several heads, or with ";" in its body, is several rules here, each with
 * nodes of its own; so no node has two parents. All of it lives in the program's arena
 * and goes with it: nothing here is freed alone. Members below a line that says "check"
 * are empty until check.h has filled them.
 *
 * Comes from: parse.h.  Goes to: check.h, rewrite.h, compile.h, evaluate.h, proof.h. */
#ifndef DATALOG_TREE_H
#define DATALOG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/auto.h"
#include "datalog/complaint.h"
#include "datalog/value.h"

struct aggregate;
struct body;
struct derivation; /* proof_parts.h */
struct numbering;  /* catalogue.h */
struct predicate;
struct solutions; /* proof_parts.h */
struct stored;    /* catalogue.h */

/* ---- terms ---- */

enum term_kind {
    TERM_VARIABLE,
    TERM_ANY, /* _ */
    TERM_CONSTANT,
    TERM_CALL,      /* of a functor: cat(a, b), x + 1 */
    TERM_AGGREGATE, /* count : { … } */
};

/* What a call computes. Their names, arities and types: functors.h. */
enum functor {
    FUNCTOR_NONE,
    FUNCTOR_ADD,
    FUNCTOR_SUBTRACT,
    FUNCTOR_MULTIPLY,
    FUNCTOR_DIVIDE, /* of integers towards zero */
    FUNCTOR_RATIO,  /* of sizes, or durations: a real; check makes it of a division */
    FUNCTOR_MODULO, /* the sign is the dividend's */
    FUNCTOR_POWER,
    FUNCTOR_NEGATE,
    FUNCTOR_BAND,
    FUNCTOR_BOR,
    FUNCTOR_BXOR,
    FUNCTOR_BNOT,
    FUNCTOR_BSHL,
    FUNCTOR_BSHR,
    FUNCTOR_LAND,
    FUNCTOR_LOR,
    FUNCTOR_LNOT,
    FUNCTOR_MIN, /* of two or more values */
    FUNCTOR_MAX,
    FUNCTOR_CAT,
    FUNCTOR_STRLEN, /* characters */
    FUNCTOR_SUBSTR, /* text, start from 0, length; in characters */
    FUNCTOR_TO_NUMBER,
    FUNCTOR_TO_FLOAT,
    FUNCTOR_TO_STRING,
    FUNCTOR_NOW, /* a constant once checked */
    FUNCTOR_AGO, /* likewise, where its argument is one */
    FUNCTORS
};

/* A variable of one rule, or of one aggregate within it. */
struct variable {
    const char *name;
    enum type type;
    size_t number;           /* among those of its rule, from 0 on */
    struct aggregate *local; /* the innermost one that it belongs to; NULL: the rule */
};

struct term {
    enum term_kind kind;
    struct place place;
    const char *name;     /* of a variable; of a functor as it was written */
    struct value value;   /* of a constant */
    bool is_local_time;   /* a constant that was written as a time without a zone */
    enum functor functor; /* of a call */
    struct term **args;
    size_t count;
    struct aggregate *aggregate;

    /* check */
    enum type type;
    struct variable *variable;
};

enum aggregate_kind {
    AGGREGATE_COUNT,
    AGGREGATE_SUM,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_MEAN,
    AGGREGATE_MEDIAN, /* of an even count the lesser of both in the middle */
};

/* count : { body }, sum x : { body }. Over the different values of all variables of the
 * body, each _ among them, that the rule outside does not bind. Of none: 0 for count
 * and sum; with the others the rule gives nothing. */
struct aggregate {
    enum aggregate_kind kind;
    struct place place;
    struct term *target; /* NULL for count */
    struct body *bodies; /* one each alternative of ";" */
    size_t count;

    /* check */
    struct variable **outer; /* of the rule outside, or an aggregate around it, that
                                occur within: bound before it is computed */
    size_t outer_count;
};

/* ---- literals ---- */

struct argument {
    const char *name; /* of the column, in name{…}; NULL: by its position */
    struct place name_place;
    struct term *term;
};

/* package(h, "nginx", v) at t, or package{host: h, name: "nginx"} */
struct atom {
    struct place place;      /* all of it */
    struct place name_place; /* of the name */
    const char *name;
    struct argument *written; /* as they were written */
    size_t written_count;
    bool is_named;   /* with braces */
    struct term *at; /* NULL: now */

    /* check */
    struct predicate *predicate;
    struct term **args; /* one a column, in their order; those that were not named are
                           TERM_ANY */
    size_t count;

    /* rewrite.h */
    bool is_guard; /* it keeps a rule from deriving what nobody asked for, and is no
                      part of what the rule says: not shown in proofs */
};

enum literal_kind {
    LITERAL_ATOM,
    LITERAL_NEGATION, /* !atom */
    LITERAL_COMPARISON,
    LITERAL_TEST, /* match(pattern, text), glob(…), contains(…), or !match(…), … */
    LITERAL_TRUTH, /* true, false */
};

enum comparison {
    COMPARISON_EQUAL,
    COMPARISON_UNEQUAL,
    COMPARISON_LESS,
    COMPARISON_LESS_EQUAL,
    COMPARISON_GREATER,
    COMPARISON_GREATER_EQUAL,
};

enum test {
    TEST_MATCH,    /* all of the text, by an extended regular expression of POSIX */
    TEST_GLOB,     /* all of the text, by a pattern with * and ? */
    TEST_CONTAINS, /* a part of the text, as it stands */
};

struct literal {
    enum literal_kind kind;
    struct place place;
    struct atom *atom;
    enum comparison comparison;
    enum test test;
    bool is_true;              /* of a truth; of a test: it is not negated */
    struct term *left, *right; /* of a comparison; of a test its two arguments */
};

struct body {
    struct literal **literals;
    size_t count;
};

/* ---- rules ---- */

struct rule {
    struct place place;
    struct atom *head;
    struct body body; /* count 0: a fact */
    const char *name; /* "low.dl:3", for people and proofs */
    const char *text; /* as it was written, all heads and alternatives, on one line */

    /* check */
    struct variable **variables; /* those of its aggregates too */
    size_t variable_count;
    size_t number;   /* among its predicate's, from 0 on */
    bool knows_time; /* it has now() or ago() */

    /* rewrite.h: the rule that people wrote, where this one is made of it */
    const struct rule *origin;

    /* proof.h */
    const struct derivation *derivation;
};

struct column_declaration {
    const char *name;
    const char *type_name; /* as written; NULL: none was */
    struct place type_place;

    /* check */
    enum type type;
};

/* .input and .output: name(IO=file, filename="x.facts", delimiter="\t") */
struct directive {
    enum directive_kind {
        DIRECTIVE_INPUT,
        DIRECTIVE_OUTPUT,
        DIRECTIVE_PRINTSIZE,
    } kind;
    struct place place;
    const char *name;
    const char *filename;  /* NULL: NAME.facts, or NAME.csv */
    const char *delimiter; /* "\t" where none was said */
    bool has_headers;      /* the first line names the columns */
    bool is_stdout;        /* of what is written: not into a file */

    /* check */
    struct predicate *predicate;
};

/* A named set of rows, of the catalogue or of rules. */
struct predicate {
    const char *name;
    struct place place; /* of its declaration, else of its first head */
    const char *help;   /* the comment right above it, its lines joined; NULL */
    struct column_declaration *columns;
    size_t count;
    bool is_declared;    /* by .decl */
    struct rule **rules; /* none where it is of the catalogue */
    size_t rule_count;

    /* check */
    bool is_checked; /* what is below "check" here is filled, and so it is in all that
                        its rules refer to */
    const struct stored *stored; /* of the catalogue; NULL: of rules, or of .input */
    bool has_input;
    bool is_reachable; /* from the question, or from an .output */
    size_t stratum;    /* what it is made of lies in this one or below; from 0 on */
    bool is_recursive; /* it is made of itself */

    /* rewrite.h */
    const char *adornment; /* "bf": made of the predicate origin; else NULL */
    const struct predicate *origin;
    size_t unfolded_rules; /* that come in place of an atom of it: rewrite_measure */
    size_t unfolded_literals, unfolded_steps; /* of the longest */

    /* evaluate.h */
    const char *table; /* the name of what holds its rows, without quotes: "reach.3";
                          NULL: it is unfolded where it is used, or it is stored */
    const struct numbering *numbering; /* that its table has; NULL: none */
    size_t table_number; /* of the evaluation's tables, from 1 on; 0: none */
};

/* .question low_nginx(version: text) := body. */
struct saved_question {
    const char *name;
    const char *help;
    struct place place;
    struct column_declaration *parameters;
    size_t parameter_count;
    struct rule **rules; /* as those of the program's question; one each alternative */
    size_t rule_count;
};

/* .type name <: symbol, .type name = number | other */
struct type_declaration {
    const char *name;
    struct place place;
    const char *base_name; /* the first one named */
    struct place base_place;
};

struct program {
    struct arena *arena;
    struct source **sources;
    size_t source_count;
    struct predicate **predicates; /* in the order in which they were first met; those
                                      of the catalogue once check.h has met them */
    size_t predicate_count;
    struct predicate **index; /* by name, of predicate_find and predicate_get alone */
    size_t index_room;
    struct type_declaration *types;
    size_t type_count;
    struct directive *directives;
    size_t directive_count;
    struct saved_question *questions;
    size_t question_count;

    /* What is asked: its rules have a head of this predicate, named "?", whose columns
     * are the variables of the body in the order of their appearance, those of
     * negations and aggregates left out. NULL: nothing is. */
    struct predicate *question;
    size_t stratum_count;        /* check */
    bool is_momentary;           /* check: it is right for one now() alone */
    struct solutions *solutions; /* proof.h: what it found before; NULL: nothing */
};

struct program *program_new(void);
void program_free(struct program *program); /* NULL is fine */
AUTO_DEFINE(program)

/* NULL: it has none of that name. */
struct predicate *predicate_find(const struct program *program, const char *name);

/* Finds it or makes it, without columns. name is copied. */
struct predicate *predicate_get(struct program *program, const char *name,
                                const struct place *place);

/* Into the order in which they were written: check.h has changed it. */
void literals_sort(struct literal **literals, size_t count);

/* A copy with nodes of its own, not checked. */
struct rule *rule_copy(struct program *program, const struct rule *rule);
struct literal *literal_copy(struct program *program, const struct literal *literal);
struct atom *atom_copy(struct program *program, const struct atom *atom);
struct term *term_copy(struct program *program, const struct term *term);

/* As it is written in a program, on one line, with values for variables where values is
 * not NULL: one a variable of the rule, by their numbers; TYPE_NONE: not known. */
void term_format(const struct term *term, const struct value *values,
                 struct strbuf *buf);
void literal_format(const struct literal *literal, const struct value *values,
                    struct strbuf *buf);
void atom_format(const struct atom *atom, const struct value *values,
                 struct strbuf *buf);

#endif
