// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_glob - dl_glob: all of a text by a pattern, in which * is any text and ? any
 * character. Only the last * is gone back to, so no pattern takes more than the product
 * of both lengths. */
#include "datalog/functors.h"

#include <stdbool.h>

#include "base/compiler.h"
#include "datalog/functors_parts.h"

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Behind the character, of UTF-8, that begins here. */
static const char *next(const char *text)
{
    do
        text++;
    while (is_continuation(*text));
    return text;
}

static bool matches(const char *pattern, const char *text)
{
    const char *behind_star = NULL, *from = NULL; /* what * stands for ends at from */
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

/* dl_glob(pattern, text) */
static void glob(sqlite3_context *context, int count UNUSED, sqlite3_value **args)
{
    const char *text = (const char *)sqlite3_value_text(args[1]);
    const char *pattern = (const char *)sqlite3_value_text(args[0]);
    if (text && pattern)
        sqlite3_result_int(context, matches(pattern, text));
}

int functors_register_glob(sqlite3 *db)
{
    return sqlite3_create_function(db, "dl_glob", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   NULL, glob, NULL, NULL);
}
