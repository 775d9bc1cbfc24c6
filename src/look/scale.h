// SPDX-License-Identifier: GPL-3.0-or-later
/* scale - where the marks of an axis stand: at numbers that are round in their unit,
 * and at hours and days that are round in the reader's zone. */
#ifndef LOOK_SCALE_H
#define LOOK_SCALE_H

#include <stddef.h>
#include <stdint.h>

struct scale {
    double low, high, step; /* low and high are marks, and high is above low */
};

/* The narrowest that holds both and has at most so many steps, from 2 on. "B" and "B/s"
 * go by powers of two, "s" by minutes, hours and days where it is that long. */
struct scale scale_find(double minimum, double maximum, const char *unit, size_t steps);

/* The least step of time, ms, of which at most so many fit into span. */
int64_t scale_time_step(int64_t span, size_t steps);

/* The first mark of that step behind time, or at it. */
int64_t scale_time_mark(int64_t time, int64_t step);

#endif
