// SPDX-License-Identifier: GPL-3.0-or-later
/* rhythm - when the next run is due, from the last one: by a duration or a calendar, on
 * the clocks of a zone.
 *
 * Comes from: the field "every" of messages, the configuration.  Goes to:
 * expectations.c. Times are ms since 1970 UTC. */
#ifndef STORE_RHYTHM_H
#define STORE_RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/zone.h"
#include "calendar/every.h"

struct rhythm {
    struct every *every;
    struct zone *zone;
    bool is_calendar;
};

/* When a run began, and when it ended. */
struct span {
    int64_t began, ended;
};

/* -EINVAL: every is neither. A zone that is not known here is this process's own. */
int rhythm_parse(const char *every, const char *zone, struct rhythm *ret,
                 struct error *err) MUST_USE;
void rhythm_clear(struct rhythm *rhythm);
AUTO_DEFINE_CLEAR(rhythm)

/* A duration counts from the end of the last run on; of a calendar it is the first time
 * after the last began. One that began up to a minute before a time was that time's,
 * for clocks differ. 0: never again. */
int64_t rhythm_next(const struct rhythm *rhythm, const struct span *last);

#endif
