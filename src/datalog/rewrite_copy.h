// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_copy - copies of what is checked, which are checked too, with terms of
 * another rule in place of variables.
 *
 * Within rewrite.h's sources. */
#ifndef DATALOG_REWRITE_COPY_H
#define DATALOG_REWRITE_COPY_H

#include "datalog/tree.h"

struct copying {
    struct program *program;
    struct rule *rule; /* takes the copies: it gets the variables that they need */
    const struct rule *from;
    struct term **terms; /* one a variable of from, by its number: what stands in its
                            place. NULL: a new variable, made when it is met */
};

/* rule: its array of variables is a new one, in the arena. from: what is copied. */
struct copying copying_of(struct program *program, struct rule *rule,
                          const struct rule *from);

struct literal *copying_literal(const struct copying *copying,
                                const struct literal *literal);
struct term *copying_term(const struct copying *copying, const struct term *term);

/* A new variable of the rule, as a term. like: its name, place and type. */
struct term *copying_variable(const struct copying *copying, const struct term *like,
                              enum type type);

/* left = right */
struct literal *copying_equality(const struct copying *copying, struct term *left,
                                 struct term *right);

/* A rule with the same variables by number, all nodes and variables its own; origin is
 * set. */
struct rule *copying_rule(struct program *program, const struct rule *rule);

/* A relation like another, without its rules: the program's newest. */
struct predicate *copying_predicate(struct program *program,
                                    const struct predicate *like);

/* An atom of this relation, checked. args are taken as they are. */
struct atom *copying_atom(struct program *program, struct predicate *predicate,
                          struct term **args, const struct place *place);

/* Adds it behind the others. */
void body_push(struct program *program, struct body *body, struct literal *literal);

#endif
