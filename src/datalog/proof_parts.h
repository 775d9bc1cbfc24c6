// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_parts - what the sources of proof.h share: a search, and rules made ready for
 * it.
 *
 *     rule  ──> derivation  ──> SQL, with the values that are known  ──> all values
 *
 * A derivation is a copy of a rule without guards, in which every argument of an atom
 * is a variable or a constant, so that a row of its variables says all of its body. */
#ifndef DATALOG_PROOF_PARTS_H
#define DATALOG_PROOF_PARTS_H

#include <stdbool.h>

#include "datalog/proof.h"
#include "datalog/rewrite_copy.h"

/* An atom that lies too deep. */
struct owed {
    const struct predicate *predicate;
    const struct proof *proof; /* its node, PROOF_BELOW */
};

struct search {
    struct evaluation *evaluation;
    struct program *program;
    struct complaint *complaint;
    void *seen;   /* tsearch(): the texts of atoms that are proved in this proof */
    size_t nodes; /* made so far */
    struct owed **owed; /* for further trees */
    size_t owed_count;
};

struct search search_of(struct evaluation *evaluation, struct complaint *complaint);
void search_clear(struct search *search);
AUTO_DEFINE_CLEAR(search)

struct derivation {
    struct rule *rule;
    struct body shown; /* of its body, what people are shown, as it was written */
    const struct rule *const *unfolded; /* its variables come first in each */
    size_t count;
    struct term *const *terms; /* of a body within a rule: what stands for its variables
                                  here; NULL: it has no such one */
};

/* Made once a rule. */
const struct derivation *derivation_of(struct search *search, struct rule *rule);

/* One for a part of a rule, still without a body: what ret copies into it, its own
 * terms say what stands for the rule's variables. Ends with derivation_end. */
struct derivation *derivation_within(struct search *search, const struct rule *rule,
                                     struct copying *ret);
void derivation_end(struct search *search, struct derivation *derivation);

/* Of one of an aggregate's bodies; also: one more literal, or NULL. rule: that it
 * stands in. */
const struct derivation *derivation_of_body(struct search *search,
                                            const struct rule *rule,
                                            const struct body *body,
                                            const struct literal *also);

/* False: the constants in its head are others than those of this row. */
bool rule_may_give(const struct rule *rule, const struct value *values);

/* The values that are known when its head is this row, one a variable; values that are
 * TYPE_NONE say nothing. NULL: the head is of other rows. */
struct value *derivation_known(struct search *search,
                               const struct derivation *derivation,
                               const struct value *values);

/* Calls each with the values of all its variables, for at most limit solutions; they
 * are the program's own. before: as in compile.h. each returns as
 * evaluation_select_fn. */
typedef int solution_fn(const struct value *values, void *context);
int derivation_each(struct search *search, const struct derivation *derivation,
                    const struct value *known, int64_t before, size_t limit,
                    solution_fn *each, void *context) MUST_USE;

/* The first one: 1, 0 where there is none. */
int derivation_find(struct search *search, const struct derivation *derivation,
                    const struct value *known, int64_t before, const struct value **ret)
    MUST_USE;

/* The message that said this row, with the values of its rule; both as struct proof has
 * them. */
int search_origin(struct search *search, const struct rule *rule,
                  struct literal *literal, const struct value *values,
                  struct proof *proof) MUST_USE;

/* Runs one SELECT of one row; its first value. 1, 0 where there is no row. */
int search_value(struct search *search, const char *sql, struct value *ret) MUST_USE;

/* Of an atom's arguments, TYPE_NONE for _. */
const struct value *search_values(struct search *search, const struct atom *atom,
                                  const struct value *values);

/* As people wrote them. */
const char *predicate_name(const struct predicate *predicate);
const struct rule *rule_written(const struct rule *rule);

/* "package("penguin", "nginx", _)"; in the arena. */
const char *search_text(struct search *search, const struct predicate *predicate,
                        const struct value *values);

/* ---- proof_solutions.c ---- */

/* What an atom follows from. */
struct solution {
    enum proof_kind kind;    /* PROOF_RULE or PROOF_FACT */
    const struct rule *rule; /* as people wrote it */
    const struct derivation *derivation;
    const struct value *values; /* of the derivation's variables */

    /* Of proof_solutions.c alone. */
    const char *text;
    const struct solution *next;
};

/* By the atom's text; NULL: not found yet. Kept as long as the program. */
const struct solution *solutions_find(const struct search *search, const char *text);
const struct solution *solutions_put(struct search *search, const char *text,
                                     const struct solution *solution);

/* ---- proof.c ---- */

/* Values of a derivation's variables with which its body holds, and the node that this
 * is to be shown in. */
struct showing {
    const struct derivation *derivation;
    const struct value *values;
    int depth; /* of the node, in its tree */
    struct proof *proof;
};

/* A node of this kind, with its text. */
struct proof *search_node(struct search *search, enum proof_kind kind,
                          const char *text);

/* Appends a node to those below another one. */
void proof_push(struct search *search, struct proof *proof, const struct proof *child);

/* Appends a node for each literal of the body. */
int search_show(struct search *search, const struct showing *showing) MUST_USE;

/* ---- proof_aggregate.c ---- */

/* Whether it says no more than what an aggregate gives: x = count : { … } */
bool literal_is_aggregate(const struct literal *literal);

/* Appends a node for each aggregate in a literal. */
int search_show_aggregates(struct search *search, const struct showing *showing,
                           const struct literal *literal) MUST_USE;

#endif
