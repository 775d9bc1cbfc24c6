// SPDX-License-Identifier: GPL-3.0-or-later
/* every - how often something is to come again: at least once in so long a time, or at
 * the times of a calendar.
 *
 *     "1d"  "90m"  |  "0 3 * * 1-5"  "@daily"  |  "Mon..Fri 03:00"  "hourly"
 *
 * Comes from: --every, (expect …), and a message's "every".
 * Goes to: whoever waits for it. */
#ifndef CALENDAR_EVERY_H
#define CALENDAR_EVERY_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/zone.h"

struct every;

/* -EINVAL: it is neither; a calendar that has no time any more; -ENOENT: its zone is
 * unknown. now: ms; 0 takes a calendar of the past too. */
int every_parse(const char *text, int64_t now, struct every **ret, struct error *err)
    MUST_USE;
void every_free(struct every *every); /* NULL is fine */
AUTO_DEFINE(every)

/* When the one behind that time is due, see calendar_follow(); -ENOENT: none is. */
int every_next(const struct every *every, const struct zone *zone, int64_t after,
               int64_t *ret) MUST_USE;

/* For how long it may be late where nobody says that: a fifth of the time between two,
 * but at least five minutes and at most a day; in ms. */
int64_t every_grace(const struct every *every);

#endif
