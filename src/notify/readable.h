// SPDX-License-Identifier: GPL-3.0-or-later
/* readable - bytes that anyone may have written, as text that a person can be shown.
 *
 * What comes out is UTF-8 without control characters, without the escape sequences of
 * terminals, and without the characters that turn the direction of writing. A byte that
 * is not UTF-8 becomes U+FFFD, a control character a blank. */
#ifndef NOTIFY_READABLE_H
#define NOTIFY_READABLE_H

#include <stddef.h>

#include "base/strbuf.h"

/* Appends one line, without a newline, of at most limit bytes; "..." ends one that was
 * cut. A line break within becomes a blank. limit: 4 or more. */
void readable_line(struct strbuf *buf, const char *bytes, size_t size, size_t limit);

/* Appends the lines, each with its newline, as a terminal would have left them: of a
 * line that a carriage return let begin anew, such as a progress bar, its last form.
 * Tabs stay. */
void readable_text(struct strbuf *buf, const char *bytes, size_t size);

/* Where the last lines of a text begin: at most so many lines, and bytes. Begins at a
 * character, and at a line unless that one alone is larger. */
size_t readable_tail(const struct strbuf *text, int lines, size_t bytes);

#endif
