// SPDX-License-Identifier: GPL-3.0-or-later
/* describe - all of one message, for a person.
 *
 * Comes from: fetch.h.  Goes to: show.c. Nothing of the message reaches the terminal
 * but through screen.h; what a job printed is indented, so that it cannot pass for a
 * field. */
#ifndef LOOK_DESCRIBE_H
#define LOOK_DESCRIBE_H

#include <stdint.h>

#include "base/strbuf.h"
#include "look/fetch.h"
#include "look/screen.h"

/* now: ms since 1970 UTC, for "3 min ago" */
void describe(const struct fetched *fetched, int64_t now, const struct screen *screen,
              struct strbuf *buf);

#endif
