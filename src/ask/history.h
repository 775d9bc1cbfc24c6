// SPDX-License-Identifier: GPL-3.0-or-later
/* history - what was asked at the prompt, kept in the user's state folder from one
 * session to the next. That it cannot be kept is no trouble worth words. */
#ifndef ASK_HISTORY_H
#define ASK_HISTORY_H

void history_open(void);
void history_put(const char *text); /* on one line, at once; not twice in a row */
void history_close(void);

#endif
