// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite - a checked program into one that has the same answers and less to do.
 *
 * rewrite_bind: where what is asked gives an argument of a relation, only what follows
 * from that is derived (magic sets): reach("a", x) over a million edges follows those
 * that begin at "a". A relation made for a pattern of bound arguments has the name of
 * its origin and an adornment, b for each bound column and f for the others; its rules
 * carry a guard, an atom of the relation of what was asked for.
 *
 * Columns that nobody needs are not derived, where recursion can do without them: who
 * is threatened by any that fails, and not by which.
 *
 * rewrite_unfold: in place of an atom of a relation that is no table, the bodies of its
 * rules; so that SQLite sees one join over what is stored and plans it as a whole.
 *
 * Comes from: check.h.  Goes to: evaluate.h (both), proof.h (unfolding). */
#ifndef DATALOG_REWRITE_H
#define DATALOG_REWRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "datalog/tree.h"

#define REWRITE_RULES_MAX    64  /* that one rule may be unfolded into */
#define REWRITE_LITERALS_MAX 40  /* atoms in a rule that was unfolded */
#define REWRITE_STEPS_MAX    200 /* in which it was, and conditions in it */

/* Of the whole program, once. Strata and reachability are set anew, where anything
 * changes. What is asked for as a whole anywhere stays as it is, and so does what is
 * within an aggregate, or is negated and no constant is given. may_turn: recursive
 * rules may be replaced by others, from which no proofs can be made: rewrite_turn.h,
 * and rewrite_factor.h. */
void rewrite_bind(struct program *program, bool may_turn);

/* The rules that say the same as this one, and have only atoms of relations that are
 * stored or a table (predicate->table); checked, in the program's arena, their first
 * variables those of the rule, with the same numbers, and origin the rule. A rule that
 * has nothing to unfold is its own result. Negated atoms, and those within aggregates,
 * are never unfolded: evaluate.h makes tables of what they need. */
void rewrite_unfold(struct program *program, const struct rule *rule,
                    const struct rule *const **ret, size_t *ret_count);

/* Whether a rule may be unfolded within those limits, once what it is made of was
 * measured. */
bool rewrite_is_small(const struct rule *rule);

/* Finds out how much comes in place of an atom of this relation, once what it is made
 * of was measured; whether that is within those limits. */
bool rewrite_measure(struct predicate *predicate);

/* How much that is: to choose the one that is better a table. 0: nothing does, it is
 * stored or a table. */
size_t rewrite_weight(const struct predicate *predicate);

#endif
