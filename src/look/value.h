// SPDX-License-Identifier: GPL-3.0-or-later
/* value - a number or a fact as a person reads it, in its unit.
 *
 * Comes from: fetch.h.  Goes to: facts.c, host.c, readings.c, chart.c. */
#ifndef LOOK_VALUE_H
#define LOOK_VALUE_H

#include <stdbool.h>

#include "base/compiler.h"

#define VALUE_TEXT_SIZE 64

struct json_t; /* jansson's */

/* "41.5 %", "1.5 GiB", "3 d 4 h" for the units "%", "B", "s"; another unit stands
 * behind its number. */
const char *value_format(double value, const char *unit, char ret[VALUE_TEXT_SIZE]);

/* A fact's value, to be freed. type: as column_type_name() says it. Sizes and durations
 * in their units, times in the reader's zone, flags yes or no; null is "-". */
char *value_of_fact(const struct json_t *value, const char *type) MUST_USE;

/* Whether values of that type stand at the right edge of their column. */
bool value_is_right(const char *type);

#endif
