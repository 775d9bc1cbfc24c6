// SPDX-License-Identifier: GPL-3.0-or-later
/* edit - changes single settings in the text of a configuration, and leaves all else as
 * a person wrote it: order, blanks, comments.
 *
 * Comes from: look/join.c.  Goes to: the file that config_load reads. */
#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

/* A setting of the top level whose value is one string. */
struct config_change {
    const char *name;
    const char *value; /* NULL: it is taken out */
};

/* Appends the text with the changes made: where a setting stands, there the new value
 * stands; where it stands several times, the first stays; where it does not, it comes
 * last. changes end with a NULL name. -EINVAL: text is none that can be read,
 * "LINE:COLUMN: …". */
int config_edit(const char *text, size_t size, const struct config_change *changes,
                struct strbuf *ret, struct error *err) MUST_USE;

#endif
