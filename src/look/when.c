// SPDX-License-Identifier: GPL-3.0-or-later
/* when - one form after the other is tried. */
#include "look/when.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"

/* sign: -1: a duration is that long before now; 1: after it. */
static int parse(const char *text, int64_t now, int sign, int64_t *ret)
{
    int64_t length;
    if (duration_parse(text, &length, NULL) == 0 && (sign > 0 || length <= now)) {
        *ret = now + sign * length;
        return 0;
    }
    if (clock_parse_local(text, ret) == 0 || clock_parse_utc(text, ret, NULL) == 0)
        return 0;
    return -EINVAL;
}

int when_parse(const char *text, int64_t now, int64_t *ret, struct error *err)
{
    if (parse(text, now, -1, ret) == 0)
        return 0;
    return error_set(err, -EINVAL,
                     "\"%.40s\" is no time; expected one such as \"7d\" for seven days "
                     "ago, \"2026-11-01\" or \"2026-11-01 09:30\"",
                     text);
}

int when_parse_ahead(const char *text, int64_t now, int64_t *ret, struct error *err)
{
    if (parse(text, now, 1, ret) == 0)
        return 0;
    return error_set(err, -EINVAL,
                     "\"%.40s\" is no time; expected one such as \"2h\" for two hours "
                     "from now, \"2026-11-01\" or \"2026-11-01 09:30\"",
                     text);
}

int when_parse_option(const char *name, const char *text, int64_t now, int64_t *ret,
                      struct error *err)
{
    int rc = text ? when_parse(text, now, ret, err) : 0;
    return rc < 0 ? error_prefix(err, rc, "%s", name) : 0;
}

const char *when_ago(int64_t time, int64_t now, char ret[WHEN_TEXT_SIZE])
{
    char length[UNITS_TEXT_SIZE];
    int64_t ago = now - time;
    duration_format(ago < 0 ? -ago : ago, length);
    snprintf(ret, WHEN_TEXT_SIZE, "%s %s", length, ago < 0 ? "ahead" : "ago");
    return ret;
}
