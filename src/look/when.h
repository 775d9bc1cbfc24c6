// SPDX-License-Identifier: GPL-3.0-or-later
/* when - a point of time as a person says it.
 *
 *     7d  1h30m                  that long before now
 *     2026-11-01                 when that day began
 *     2026-11-01 09:30[:15]      in the reader's zone; a T may stand for the blank
 *     2026-11-01T09:30:15Z       RFC 3339, with a zone of its own
 */
#ifndef LOOK_WHEN_H
#define LOOK_WHEN_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/units.h"

#define WHEN_TEXT_SIZE (UNITS_TEXT_SIZE + 8)

/* now and *ret: ms since 1970 UTC. -EINVAL says what was expected. */
int when_parse(const char *text, int64_t now, int64_t *ret, struct error *err) MUST_USE;

/* The same of a time to come: 7d is that long after now. */
int when_parse_ahead(const char *text, int64_t now, int64_t *ret, struct error *err)
    MUST_USE;

/* The same as when_parse of an option's text, whose name stands before a complaint, as
 * in "--since"; without a text, NULL, *ret stays as it is. */
int when_parse_option(const char *name, const char *text, int64_t now, int64_t *ret,
                      struct error *err) MUST_USE;

/* "3 min 12 s ago", "12.3 s ahead" */
const char *when_ago(int64_t time, int64_t now, char ret[WHEN_TEXT_SIZE]);

#endif
