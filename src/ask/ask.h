// SPDX-License-Identifier: GPL-3.0-or-later
/* ask - the commands of sheepdog-ask, and what they share. */
#ifndef ASK_ASK_H
#define ASK_ASK_H

#include "ask/answer.h"
#include "ask/oracle.h"
#include "ask/pieces.h"
#include "base/auto.h"
#include "command/command.h"
#include "command/options.h"

extern const struct command ask_ask, ask_relations, ask_test, ask_why, ask_why_not;
extern const struct command *const asks[]; /* all of them; ends with NULL */

/* One session at the prompt, or one call. */
struct asking {
    struct oracle oracle;
    struct pieces pieces;
    struct question question; /* what all questions have: times and limits */
    enum answer_form form;
};

void asking_clear(struct asking *asking);
AUTO_DEFINE_CLEAR(asking)

/* Asks, and prints the answer or what is wrong. text: the question, or NULL: what the
 * pieces ask. 0 or negative. */
int ask_one(struct asking *asking, const char *text, enum wanted wanted);

/* The same of a saved question: "@NAME" and its arguments; or lists them all: "@". */
int ask_saved(struct asking *asking, const struct words *words, enum wanted wanted);

/* Appends any text as a constant of a question: in quotes, whatever it holds. */
void ask_put_text(struct strbuf *question, const char *text);

/* Prints all relations and rules, or, where name is not NULL, what is known of that
 * one. -ENOENT: there is none. */
int relations_print(struct asking *asking, const char *name);

/* The prompt, until its end; the exit status. */
int prompt_run(struct asking *asking);

#endif
