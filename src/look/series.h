// SPDX-License-Identifier: GPL-3.0-or-later
/* series - the newest reading of each series, for a person.
 *
 * Comes from: GET /v1/series, and the readings of a host.
 * Goes to: readings.c, page.c. */
#ifndef LOOK_SERIES_H
#define LOOK_SERIES_H

#include <stdint.h>

#include "base/compiler.h"
#include "look/table.h"

struct json_t; /* jansson's */

/* A row for each of an array. now: ms since 1970 UTC; from there it is said how old
 * they are. */
struct table *series_table(const struct json_t *list, int64_t now) MUST_USE;

#endif
