// SPDX-License-Identifier: GPL-3.0-or-later
/* rhythm - the time of the next one, from the last. */
#include "store/rhythm.h"

#include <errno.h>

#include "base/units.h"

#define GRACE_MIN (5 * 60 * 1000) /* ms */

int rhythm_parse(const char *every, const char *zone UNUSED, struct rhythm *ret,
                 struct error *err)
{
    int64_t period = 0;
    int rc = duration_parse(every, &period, err);
    if (rc < 0)
        return rc;
    if (period == 0)
        return error_set(err, -EINVAL, "\"%s\" takes no time", every);
    *ret = (struct rhythm){.period = period};
    return 0;
}

void rhythm_clear(struct rhythm *rhythm)
{
    *rhythm = (struct rhythm){0};
}

int64_t rhythm_next(const struct rhythm *rhythm, const struct span *last)
{
    return last->ended + rhythm->period;
}

int64_t rhythm_grace(const struct rhythm *rhythm, const struct span *last UNUSED)
{
    int64_t grace = rhythm->period / 5;
    return grace > GRACE_MIN ? grace : GRACE_MIN;
}
