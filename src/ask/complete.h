// SPDX-License-Identifier: GPL-3.0-or-later
/* complete - the words that the prompt completes by TAB: relations, rules and their
 * columns, functors, the prompt's own commands.
 *
 * Comes from: oracle.h.  Goes to: readline, which knows but one such list. */
#ifndef ASK_COMPLETE_H
#define ASK_COMPLETE_H

struct json_t; /* jansson's */

/* Adds each name, and its columns' names, of what GET /v1/relations or /v1/rules gave.
 */
void complete_add(const struct json_t *answer);

/* Adds a word; copied. */
void complete_add_word(const char *word);

/* Has readline complete them; and forgets them all. */
void complete_start(void);
void complete_stop(void);

#endif
