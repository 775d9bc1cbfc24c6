// SPDX-License-Identifier: GPL-3.0-or-later
/* question_parts - what the sources of question.h share.
 *
 *     question.c      from JSON to an evaluation, which is kept for the next time
 *     question_put.c  what that gives, as JSON */
#ifndef RULES_QUESTION_PARTS_H
#define RULES_QUESTION_PARTS_H

#include "rules/asked.h"
#include "rules/question.h"

/* The answering of a question. It owns what it was asked, the program, the evaluation
 * and the complaint; times are ms. */
struct answering {
    struct question *question;
    const struct question_means *means;
    struct asked asked;
    struct program *program;
    struct catalogue catalogue;
    struct evaluation *evaluation;
    struct complaint complaint;
    int64_t now;
    int64_t checked; /* now, when the program was checked */
    bool may_keep;   /* what it runs may be run again, for the same question */
};

/* ---- question_put.c: into the object of the answer, once the evaluation ran ---- */

/* Errors as of evaluation_each and proof_find; -E2BIG: the answer is too large. */
int question_put_answer(struct answering *answering, struct strbuf *json) MUST_USE;

/* Of sql, plan and why_not. */
int question_put_text(struct answering *answering, struct strbuf *json) MUST_USE;

#endif
