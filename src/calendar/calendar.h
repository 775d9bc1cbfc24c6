// SPDX-License-Identifier: GPL-3.0-or-later
/* calendar - times that come again, as crontab(5) or systemd.time(7) writes them.
 *
 *     "0 3 * * 1-5"   "@daily"        minute hour day month weekday
 *     "Mon..Fri 03:00"   "weekly"     weekdays year-month-day hour:minute:second zone
 *     "*-*~1 12:00 Europe/Berlin"
 *
 * Comes from: whoever says when something is to be: a job, a silence, a digest.
 * Goes to: every.h, and whoever asks when that is.
 * Which of the two it is its form tells: cron's has five words, or begins with '@' and
 * a letter. A fraction of a second has at most three digits. Nothing is after 2199. */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/zone.h"

struct calendar;

/* -EINVAL: "\"0 25 * * *\": column 3: found 25, expected an hour from 0 to 23"; a zone
 * behind it that is unknown is -ENOENT. */
int calendar_parse(const char *text, struct calendar **ret, struct error *err) MUST_USE;
void calendar_free(struct calendar *calendar); /* NULL is fine */
AUTO_DEFINE(calendar)

/* The first time strictly after that one, on the clocks of the zone, where the calendar
 * does not name its own; -ENOENT: there is none any more.
 *
 * Where the clocks leap, as systemd and cron do it:
 *                             leapt over            shown twice
 *     systemd.time            not that day          the first time
 *     cron, a fixed time      right after the leap  the first time
 *     cron, * minute or hour  not that day          both times
 * Three hours and more are no daylight saving, and cron does not catch up. */
int calendar_next(const struct calendar *calendar, const struct zone *zone,
                  int64_t after, int64_t *ret) MUST_USE;

/* The same, of what has followed the calendar until then: a time that the clocks show
 * twice, and that was before, is not once more. */
int calendar_follow(const struct calendar *calendar, const struct zone *zone,
                    int64_t after, int64_t *ret) MUST_USE;

/* The last time that is not after until and not before from; -ENOENT. A window that
 * opens at each time for some hours is open where one lies within so many hours. */
int calendar_last(const struct calendar *calendar, const struct zone *zone,
                  int64_t from, int64_t until, int64_t *ret) MUST_USE;

/* The smallest distance between two of the next fifty times after that one, in ms, on
 * clocks that do not leap; 0 where there are not two. */
int64_t calendar_period(const struct calendar *calendar, int64_t after);

#endif
