// SPDX-License-Identifier: GPL-3.0-or-later
/* description - the text in which a plugin says what it is, JSON or an S-expression, as
 * one tree of the shape that its JSON has.
 *
 * Comes from: what FILE describe printed.  Goes to: read.c. */
#ifndef PLUGIN_DESCRIPTION_H
#define PLUGIN_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"

struct json_t; /* jansson's */

/* Whether it is meant as one: it begins with { or a parenthesis. */
bool description_is_there(const char *text, size_t size);

/* *ret is an object, to be given back by json_decref. -EINVAL: "line 3, column 7: …" */
int description_parse(const char *text, size_t size, struct json_t **ret,
                      struct error *err) MUST_USE;

#endif
