// SPDX-License-Identifier: GPL-3.0-or-later
/* every - what duration_parse() reads is a duration, all else a calendar. */
#include "calendar/every.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "calendar/calendar.h"

#define GRACE_PART 5
#define GRACE_MIN  (5 * CIVIL_MINUTE)
#define GRACE_MAX  CIVIL_DAY

struct every {
    struct calendar *calendar; /* NULL: a duration */
    int64_t period;            /* ms; of a calendar, the smallest */
};

/* "1dd", "5x": what no calendar looks like, in one word without its signs. */
static bool is_like_duration(const char *text)
{
    size_t digits = strspn(text, "0123456789.");
    return digits > 0 && text[digits] && !strpbrk(text, " \t:-~*,/");
}

static int read_duration(const char *text, struct every *every, struct error *err)
{
    int rc = duration_parse(text, &every->period, err);
    if (rc == 0 && every->period <= 0)
        return error_set(err, -EINVAL, "\"%.40s\": expected more than no time", text);
    return rc;
}

static int read_calendar(const char *text, int64_t now, struct every *every,
                         struct error *err)
{
    AUTO(zone) struct zone *utc = NULL;
    int64_t next;
    int rc = calendar_parse(text, &every->calendar, err);
    if (rc == 0)
        rc = zone_load("UTC", &utc, err);
    if (rc < 0)
        return rc;
    if (calendar_next(every->calendar, utc, now, &next) < 0)
        return error_set(err, -EINVAL, "\"%.100s\" never comes again", text);
    every->period = calendar_period(every->calendar, now);
    return 0;
}

int every_parse(const char *text, int64_t now, struct every **ret, struct error *err)
{
    AUTO(every) struct every *every = memory_new(sizeof *every);
    bool is_duration = duration_parse(text, &every->period, NULL) != -EINVAL;
    int rc = is_duration || is_like_duration(text)
                 ? read_duration(text, every, err)
                 : read_calendar(text, now, every, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(every);
    return 0;
}

void every_free(struct every *every)
{
    if (!every)
        return;
    calendar_free(every->calendar);
    free(every);
}

int every_next(const struct every *every, const struct zone *zone, int64_t after,
               int64_t *ret)
{
    if (every->calendar)
        return calendar_follow(every->calendar, zone, after, ret);
    if (after > INT64_MAX - every->period)
        return -ENOENT;
    *ret = after + every->period;
    return 0;
}

int64_t every_grace(const struct every *every)
{
    int64_t grace = every->period / GRACE_PART;
    return grace < GRACE_MIN ? GRACE_MIN : grace > GRACE_MAX ? GRACE_MAX : grace;
}
