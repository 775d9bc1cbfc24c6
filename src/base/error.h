// SPDX-License-Identifier: GPL-3.0-or-later
/* error - a sentence for a person, beside the negative errno for the program.
 *
 *     return error_set(err, -ENOENT, "%s: no such file", path);
 *     return error_prefix(err, rc, "line %d", number);      "line 3: …"
 *
 * Every `err` may be NULL: then only the number is returned. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/compiler.h"

struct error {
    char text[1024]; /* one line of UTF-8 without its newline; cut when longer */
};

/* Writes the sentence and returns rc. Control characters in it become blanks, and what
 * is not UTF-8 '?'; a token is taken out: values from outside may be quoted as they
 * are. */
int error_set(struct error *err, int rc, const char *format, ...) PRINTF(3, 4);

/* Puts "PREFIX: " before the sentence that is there, and returns rc. */
int error_prefix(struct error *err, int rc, const char *format, ...) PRINTF(3, 4);

#endif
