// SPDX-License-Identifier: GPL-3.0-or-later
/* limit - the newest N of a list, as --limit wants them: asked for, cut, and said.
 *
 * One more than is shown is asked for, to know whether there are more.
 * Comes from: an OPTION_COUNT of command/options.h.  Goes to: the path of a question;
 * its answer's array. */
#ifndef LOOK_LIMIT_H
#define LOOK_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

struct json_t; /* jansson's */

/* -EINVAL: none at all, which such an option lets through. Below 0: not said. */
int limit_check(int64_t limit, struct error *err) MUST_USE;

void limit_add(struct strbuf *path, int64_t limit); /* to the query of a path */

/* Takes away what is more than was to be shown; whether there was more. */
bool limit_cut(struct json_t *list, int64_t limit) MUST_USE;

/* To stderr, below a list that was cut: that it was. */
void limit_say(int64_t limit);

#endif
