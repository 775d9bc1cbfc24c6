// SPDX-License-Identifier: GPL-3.0-or-later
/* lines - which lines of a text another one does not have.
 *
 * Numbers are held to be equal, and so are the names of days and months, long words of
 * hexadecimal digits, and blanks however many: a date, a duration, a process, a commit
 * make no line new. */
#ifndef NOTIFY_LINES_H
#define NOTIFY_LINES_H

#include <stddef.h>

#include "config/config.h"

/* Adds those of text that before does not have, in their order, each once, at most
 * limit; all of them are counted in *ret_more beyond that. Returns how many lines text
 * has that are not blank. */
size_t lines_new(const char *text, const char *before, size_t limit, struct texts *ret,
                 size_t *ret_more);

#endif
