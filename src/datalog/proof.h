// SPDX-License-Identifier: GPL-3.0-or-later
/* proof - why an answer holds, as a tree; and why another does not.
 *
 *     low_nginx("penguin")
 *     └─ low.dl:3: low_nginx(h) :- ram(h, r), r < 4G, package(h, "nginx", _), !new(h).
 *        ├─ ram("penguin", 2G)                     message 0192e4c8…, 2026-11-22 10:48
 *        ├─ 2G < 4G
 *        ├─ package("penguin", "nginx", "1.22")    message 0192e4c9…, 2026-11-20 03:10
 *        └─ no new("penguin")
 *
 * Found from the top down: for an atom, a rule of its relation whose body holds with
 * these values, then each atom of that body. Rows of a recursive table are proved by
 * rows with smaller rowids, so a tree ends. A proof is of one rule where several would
 * do: the first, of the row that came first.
 *
 * Comes from: evaluate.h.  Goes to: the door, and who asked. */
#ifndef DATALOG_PROOF_H
#define DATALOG_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "datalog/evaluate.h"

#define PROOF_ROWS_MAX 5 /* of those that an aggregate counts, in its proof */

#define PROOF_NODES_MAX                                                                \
    30000                   /* of one proof; what is beyond is left out, and says so */
#define PROOF_DEPTH_MAX 100 /* of one tree; what is deeper is a further tree */

enum proof_kind {
    PROOF_RULE,      /* an atom, by a rule, whose body is the children */
    PROOF_STORED,    /* an atom, stored */
    PROOF_FACT,      /* an atom, a fact of the program, or of its input */
    PROOF_ABSENT,    /* a negated atom: nothing like it was found */
    PROOF_HOLDS,     /* a comparison or a test */
    PROOF_AGGREGATE, /* what it gave; its children: the first of the rows that it is of,
                        each a PROOF_ROW whose children are the literals of its body */
    PROOF_ROW,
    PROOF_ABOVE, /* an atom that is proved elsewhere in this tree, before */
    PROOF_BELOW, /* an atom that is proved by a later tree, or further on in this one */
    PROOF_CUT,   /* the proof would be too large */
    PROOF_KINDS
};

struct proof {
    enum proof_kind kind;
    const char *text;     /* "ram(\"penguin\", 2G)", with values */
    const char *relation; /* of an atom: its name, and its values */
    const struct value *values;
    size_t value_count;
    const struct rule *rule; /* of PROOF_RULE and PROOF_FACT, as people wrote it */
    const char *message;     /* of PROOF_STORED: the id; NULL: not known, or pruned */
    int64_t time;            /* of that, ms; 0: not known */
    int64_t rows;            /* of PROOF_AGGREGATE: of how many rows it is */
    const struct proof *const *children;
    size_t count;
    const struct proof *const
        *further; /* of a whole proof: its other trees, in order */
    size_t further_count;
};

/* Why this row of the question, or of an output, holds; the evaluation ran. In the
 * program's arena. -ENOENT: it does not. */
int proof_find(struct evaluation *evaluation, const struct predicate *predicate,
               const struct value *values, const struct proof **ret,
               struct complaint *complaint) MUST_USE;

/* Why the question, a single atom, has no answer: appends for each rule of its relation
 * how far its body holds, the rule that came nearest first: which literals hold
 * together, with one row of values, and which one is the first that does not, with what
 * is stored instead where there is something near. Where it holds, says so. */
int proof_put_why_not(struct evaluation *evaluation, struct strbuf *text,
                      struct complaint *complaint) MUST_USE;

const char *proof_kind_name(enum proof_kind kind); /* "rule", as in JSON */

/* Appends the tree as above; times in the reader's zone. is_utf8: lines are drawn, else
 * there are blanks. Or as a JSON object: {"kind":"rule","text":…,"relation":…,
 * "values":[…],"rule":{"name":"low.dl:3","text":…},"message":…,"time":…,"rows":…,
 * "children":[…],"further":[…]}; what a node does not have is left out. */
void proof_format(const struct proof *proof, bool is_utf8, struct strbuf *text);
void proof_put_json(const struct proof *proof, struct strbuf *json);

#endif
