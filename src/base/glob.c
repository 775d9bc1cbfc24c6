// SPDX-License-Identifier: GPL-3.0-or-later
/* glob - what a * stands for is tried from nothing on; only the last * is gone back to,
 * for what the ones before it took does not matter any more. */
#include "base/glob.h"

#include <stddef.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Behind the character that begins here. */
static const char *next(const char *text)
{
    do
        text++;
    while (is_continuation(*text));
    return text;
}

bool glob_matches(const char *pattern, const char *text)
{
    const char *behind_star = NULL, *from = NULL; /* what it stands for ends at from */
    while (*text) {
        if (*pattern == '*') {
            behind_star = ++pattern;
            from = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next(text);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (behind_star) {
            pattern = behind_star;
            text = from = next(from);
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
