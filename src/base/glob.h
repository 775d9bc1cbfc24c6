// SPDX-License-Identifier: GPL-3.0-or-later
/* glob - whether a text is as a pattern says, in which * is any text and ? any
 * character. There are no other signs, and case matters. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* All of the text, of UTF-8. No pattern takes longer than the product of both. */
bool glob_matches(const char *pattern, const char *text);

#endif
