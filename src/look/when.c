// SPDX-License-Identifier: GPL-3.0-or-later
/* when - one form after the other is tried. */
#include "look/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

/* mktime puts 30 February into March; then the day is not what was asked for. A time
 * that the clocks leapt over in spring is moved on by an hour, and that is all right.
 */
static bool parse_civil(const char *text, const char *form, int64_t *ret)
{
    struct tm asked = {0};
    const char *end = strptime(text, form, &asked);
    if (!end || *end)
        return false;
    struct tm found = asked;
    found.tm_isdst = -1;
    time_t seconds = mktime(&found);
    if (found.tm_mday != asked.tm_mday || found.tm_mon != asked.tm_mon)
        return false;
    *ret = (int64_t)seconds * 1000;
    return true;
}

int when_parse(const char *text, int64_t now, int64_t *ret, struct error *err)
{
    static const char *const forms[] = {
        "%Y-%m-%d",       "%Y-%m-%d %H:%M",    "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
    };
    int64_t back;
    if (duration_parse(text, &back, NULL) == 0 && back <= now) {
        *ret = now - back;
        return 0;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (parse_civil(text, forms[i], ret))
            return 0;
    if (clock_parse_utc(text, ret, NULL) == 0)
        return 0;
    return error_set(err, -EINVAL,
                     "\"%.40s\" is no time; expected one such as \"7d\" for seven days "
                     "ago, \"2026-11-01\" or \"2026-11-01 09:30\"",
                     text);
}

const char *when_ago(int64_t time, int64_t now, char ret[WHEN_TEXT_SIZE])
{
    char length[UNITS_TEXT_SIZE];
    int64_t ago = now - time;
    duration_format(ago < 0 ? -ago : ago, length);
    snprintf(ret, WHEN_TEXT_SIZE, "%s %s", length, ago < 0 ? "ahead" : "ago");
    return ret;
}
