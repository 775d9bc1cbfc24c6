// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_parts - what the sources of rewrite_bind share: the rules of what is
 * demanded, made of those that were written.
 *
 *     rewrite_bind.c           relations and rules, for the whole program
 *     rewrite_bind_rule.c      what a rule asks for
 *     rewrite_bind_turned.c    recursion that is turned to the front
 *     rewrite_bind_factored.c  recursion without the columns that nobody needs
 *     rewrite_guard.c          guards, which say what was asked for */
#ifndef DATALOG_REWRITE_PARTS_H
#define DATALOG_REWRITE_PARTS_H

#include "datalog/rewrite_copy.h"
#include "datalog/rewrite_demand.h"

/* The number of bound columns. */
size_t bound_count(const char *adornment);

/* Makes it the predicate's, with its head. */
void add_rule(struct program *program, struct predicate *predicate, struct rule *rule);

/* Makes the rules of what is demanded, its relations known. */
void turn_demand(struct demands *demands, const struct demand *demand);
void factor_demand(struct demands *demands, const struct demand *demand);

/* ---- rewrite_bind_rule.c ---- */

/* Lets a rule ask for less: its atoms become those of what is demanded, and what they
 * ask for gets its rules. asker: whose rule it is, or NULL; guard: of the rule, or
 * NULL; skipped: a literal that is as it should be; SIZE_MAX: none is. */
void bind_rule(struct demands *demands, struct rule *rule, const struct demand *asker,
               const struct literal *guard, size_t skipped);

/* Makes an atom one of what is demanded, with the arguments that this has. */
void bind_atom(struct program *program, struct atom *atom, const struct demand *demand);

/* Whether a rule says that what holds, holds. */
bool rule_says_nothing(const struct rule *rule);

/* ---- rewrite_guard.c ---- */

/* The arguments of an atom where the adornment has a b. Where the head computes one, it
 * is not known yet what it will be. */
struct term **bound_terms(const struct copying *copying, const struct atom *atom,
                          const char *adornment, bool is_head);

/* A copying that leaves the variables what they are. */
struct copying copying_none(struct program *program, struct rule *rule);

/* An atom of what was asked for. */
struct literal *guard_literal(struct program *program, const struct rule *rule,
                              struct predicate *predicate, struct term **terms);
struct literal *guard_of(struct program *program, struct rule *rule,
                         const struct demand *demand);

void body_put_first(struct program *program, struct body *body,
                    struct literal *literal);

/* Takes a literal out. */
void body_remove(struct program *program, struct body *body,
                 const struct literal *literal);

#endif
