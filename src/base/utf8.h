// SPDX-License-Identifier: GPL-3.0-or-later
/* utf8 - which bytes are UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Bytes of the character that starts at text (1 to 4), or 0 where none does: a stray or
 * missing continuation, an overlong form, a surrogate, one past U+10FFFF. */
size_t utf8_length(const char *text, size_t size);

bool utf8_is_valid(const char *text, size_t size);

/* Bytes at the end of text that begin a character which is not complete: 0 to 3. */
size_t utf8_torn_tail(const char *text, size_t size);

/* Continuation bytes at the beginning of text, whose first byte is missing: 0 to 3. */
size_t utf8_torn_head(const char *text, size_t size);

/* Makes it one line of UTF-8 that steers no terminal, in place: what is not UTF-8
 * becomes '?', control characters (C0, DEL and C1) become blanks. */
void utf8_tidy(char *text, size_t size);

#endif
