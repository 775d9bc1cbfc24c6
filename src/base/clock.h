// SPDX-License-Identifier: GPL-3.0-or-later
/* clock - the time now, and times as text.
 *
 * A time is an int64_t: milliseconds since 1970-01-01 UTC, leap seconds not counted.
 * What is elapsed comes from the monotonic clock. On the wire it is RFC 3339 in UTC. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

#define CLOCK_TEXT_SIZE 32

int64_t clock_now(void);       /* ms since 1970 UTC */
int64_t clock_monotonic(void); /* microseconds since some start; never goes back */
int64_t clock_work(void);      /* microseconds for which this thread had a processor */

/* "2026-11-22T09:48:08.123Z"; of a time within the years 0000 to 9999. */
void clock_format_utc(int64_t time, char ret[CLOCK_TEXT_SIZE]);

enum clock_form {
    CLOCK_MINUTES, /* 2026-11-22 09:48 */
    CLOCK_SECONDS, /* 2026-11-22 09:48:08 */
    CLOCK_ZONED,   /* 2026-11-22 09:48 CST */
    CLOCK_OFFSET,  /* 2026-11-22 09:48:08 -0600 */
    CLOCK_MAIL,    /* Sun, 22 Nov 2026 09:48:08 -0600, as RFC 5322 wants it */
};

/* In the zone of this process (TZ). */
void clock_format_local(int64_t time, enum clock_form form, char ret[CLOCK_TEXT_SIZE]);

/* RFC 3339: "2026-11-22T09:48:08.123Z", "2026-11-22 09:48:08+01:00"; a 'T' or a blank,
 * a fraction of any length or none, a zone always; the years 0000 to 9999. -EINVAL says
 * what was expected. */
int clock_parse_utc(const char *text, int64_t *ret, struct error *err) MUST_USE;

/* In the zone of this process: "2026-11-22", when that day began, and "2026-11-22
 * 09:48" with or without ":08"; a blank or a 'T'. -EINVAL: it is none of them. */
int clock_parse_local(const char *text, int64_t *ret) MUST_USE;

#endif
