// SPDX-License-Identifier: GPL-3.0-or-later
/* answer - what an oracle said, as people or programs read it.
 *
 * Comes from: oracle.h.  Goes to: stdout; what is wrong, to stderr. */
#ifndef ASK_ANSWER_H
#define ASK_ANSWER_H

#include "ask/oracle.h"
#include "base/strbuf.h"
#include "look/screen.h"

struct json_t; /* jansson's */

enum answer_form {
    ANSWER_TABLE, /* values in their units, times in the reader's zone */
    ANSWER_JSON, /* an array with an object a row; with proofs, {"row":…,"proof":…} */
    ANSWER_CSV, /* RFC 4180, the columns' names first; values as in JSON */
};

/* Appends it. A question without variables is answered by yes or no in a table. A count
 * is a number, a text itself, whatever the form. */
void answer_format(const struct json_t *answer, enum wanted wanted,
                   enum answer_form form, const struct screen *screen,
                   struct strbuf *text);

/* Appends relations, rules or saved questions, their columns and the first sentence of
 * their help, as a table; title: of the first column. Nothing where there are none. */
void answer_format_names(const struct json_t *list, const char *title,
                         const struct screen *screen, struct strbuf *text);

/* Appends all that is known of one: its columns with their types, and its help. */
void answer_format_name(const struct json_t *item, const struct screen *screen,
                        struct strbuf *text);

/* Writes what is wrong to stderr: with its line and mark where it has a place, in
 * colour where that is a terminal. */
void answer_complain(const struct complaint *complaint);

#endif
