// SPDX-License-Identifier: GPL-3.0-or-later
/* schedule - when to do again what is done every so often.
 *
 * Each (host, tag) has its own phase, a hash of both: so that a thousand daemons, which
 * began to run at the same moment, do not speak at the same moment. All times are ms,
 * by a clock that never jumps: what was missed while the machine slept is not made up
 * for. */
#ifndef DAEMON_SCHEDULE_H
#define DAEMON_SCHEDULE_H

#include <stdint.h>

#define SCHEDULE_EVERY_MIN 100  /* ms */
#define SCHEDULE_FIRST     5000 /* ms within which everything is done once */
#define SCHEDULE_PAUSE_MAX                                                             \
    3600000 /* ms; what is done more seldom, is so in trouble too */

/* From 0 to every - 1. */
int64_t schedule_phase(const char *host, const char *tag, int64_t every);

/* How long until the first time. */
int64_t schedule_first(int64_t every, int64_t phase);

/* How long from now until the next time: the multiple of every, plus phase, that is
 * next, but no sooner than in half of every. */
int64_t schedule_next(int64_t now, int64_t every, int64_t phase);

/* The same behind so many failures in a row: every, doubled with each of them. */
int64_t schedule_pause(int64_t every, int failures);

#endif
