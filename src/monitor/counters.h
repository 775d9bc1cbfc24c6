// SPDX-License-Identifier: GPL-3.0-or-later
/* counters - numbers of the kernel that only rise, as they were at the look before, so
 * that a look can tell how fast they do.
 *
 *     struct counters *counters = counters_begin(look);
 *     bool is_known = counters_swap(counters, "eth0", now, 4, before);
 *     …  counter_rise(before[0], now[0]) / counters_seconds(counters)  …
 *     counters_end(counters);
 *
 * They are what a monitor keeps in look->memory; counters_forget frees it. */
#ifndef MONITOR_COUNTERS_H
#define MONITOR_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/monitor.h"

#define COUNTERS_MAX 8 /* numbers that one thing has */

struct counters;

struct counters *counters_begin(struct look *look); /* lent */

/* Since the look before; NAN: there was none. */
double counters_seconds(const struct counters *counters);

/* Keeps the numbers of a thing, and gives those of the look before; false: the thing
 * was not there then. */
bool counters_swap(struct counters *counters, const char *name, const uint64_t *now,
                   size_t count, uint64_t *ret_before);

/* Changes one number of a thing that was swapped in this look. */
void counters_set(struct counters *counters, const char *name, size_t index,
                  uint64_t value);

/* -EAGAIN, in words: what a look returns where something was not there before. */
int counters_need_look(struct error *err);

void counters_end(struct counters *counters); /* what was not swapped is forgotten */
void counters_forget(void *memory);

/* How much more it is; NAN: it went back, as it wrapped or began anew, or jumped
 * further than anything can rise. */
double counter_rise(uint64_t before, uint64_t now);

#endif
