// SPDX-License-Identifier: GPL-3.0-or-later
/* rhythm - how often something is to come: after a duration, or by a calendar.
 *
 * Comes from: the field "every" of messages, the configuration.  Goes to:
 * expectations.c, silences.c. Times are ms since 1970 UTC. */
#ifndef STORE_RHYTHM_H
#define STORE_RHYTHM_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct rhythm {
    int64_t period; /* ms; 0: by the calendar */
};

/* When a run began, and when it ended. */
struct span {
    int64_t began, ended;
};

/* -EINVAL: it is neither, or takes no time. */
int rhythm_parse(const char *every, const char *zone, struct rhythm *ret,
                 struct error *err) MUST_USE;
void rhythm_clear(struct rhythm *rhythm);
AUTO_DEFINE_CLEAR(rhythm)

/* When the next is to end, or by a calendar to begin; 0: never again. */
int64_t rhythm_next(const struct rhythm *rhythm, const struct span *last);

/* By how much it may be late where nobody said: a fifth of the time between two, at
 * least 5 min. */
int64_t rhythm_grace(const struct rhythm *rhythm, const struct span *last);

#endif
