// SPDX-License-Identifier: GPL-3.0-or-later
/* rhythm - a calendar is asked twice: what began just before a time was early. */
#include "store/rhythm.h"

#include <errno.h>

#include "base/units.h"

#define EARLY 60000 /* ms; and never more than half of the time to the one behind */

int rhythm_parse(const char *every, const char *zone, struct rhythm *ret,
                 struct error *err)
{
    AUTO(rhythm) struct rhythm rhythm = {0};
    int64_t ms;
    rhythm.is_calendar = duration_parse(every, &ms, NULL) < 0;
    if (every_parse(every, 0, &rhythm.every, err) < 0)
        return -EINVAL;
    int rc = zone_load(zone, &rhythm.zone, NULL);
    if (rc < 0)
        rc = zone_load("", &rhythm.zone, NULL);
    if (rc < 0)
        rc = zone_load("UTC", &rhythm.zone, err);
    if (rc < 0)
        return rc;
    *ret = rhythm;
    rhythm = (struct rhythm){0};
    return 0;
}

void rhythm_clear(struct rhythm *rhythm)
{
    every_free(rhythm->every);
    zone_free(rhythm->zone);
    *rhythm = (struct rhythm){0};
}

int64_t rhythm_next(const struct rhythm *rhythm, const struct span *last)
{
    int64_t from = rhythm->is_calendar ? last->began : last->ended;
    int64_t next = 0, behind = 0;
    if (every_next(rhythm->every, rhythm->zone, from, &next) < 0)
        return 0;
    if (!rhythm->is_calendar || next - from > EARLY)
        return next;
    if (every_next(rhythm->every, rhythm->zone, next, &behind) < 0)
        return 0;
    return next - from < (behind - next) / 2 ? behind : next;
}
