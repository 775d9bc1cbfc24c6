// SPDX-License-Identifier: GPL-3.0-or-later
/* scale - the least round step that is enough is looked for. */
#include "look/scale.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define SECOND 1000
#define MINUTE ((int64_t)60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const int64_t time_steps[] = {
    SECOND,     5 * SECOND,  15 * SECOND, 30 * SECOND, MINUTE,    2 * MINUTE,
    5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,      2 * HOUR,
    3 * HOUR,   6 * HOUR,    12 * HOUR,   DAY,         2 * DAY,   7 * DAY,
    14 * DAY,   28 * DAY,    91 * DAY,    182 * DAY,   364 * DAY,
};

#define TIME_STEPS (sizeof time_steps / sizeof *time_steps)

/* ---- values ---- */

static double decimal_step(double least)
{
    static const double factors[] = {1, 2, 5};
    double power = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (factors[i] * power >= least * (1 - 1e-9))
            return factors[i] * power;
    return 10 * power;
}

static double binary_step(double least)
{
    return least <= 1 ? 1 : pow(2, ceil(log2(least)));
}

static double seconds_step(double least)
{
    if (least <= 1)
        return decimal_step(least);
    for (size_t i = 0; i < TIME_STEPS; i++)
        if ((double)time_steps[i] / SECOND >= least)
            return (double)time_steps[i] / SECOND;
    return decimal_step(least);
}

static double step_from(double least, const char *unit)
{
    if (strcmp(unit, "B") == 0 || strcmp(unit, "B/s") == 0)
        return binary_step(least);
    return strcmp(unit, "s") == 0 ? seconds_step(least) : decimal_step(least);
}

/* All equal: a little room around them, and none below zero. */
static double room_around(double value)
{
    return value == 0 ? 1 : fabs(value) / 10;
}

struct scale scale_find(double minimum, double maximum, const char *unit, size_t steps)
{
    double range = maximum - minimum;
    if (range <= fabs(maximum) * 1e-12)
        range = room_around(maximum);
    struct scale scale = {0};
    for (double least = range / (double)steps;; least = scale.step * 1.01) {
        scale.step = step_from(least, unit);
        scale.low = floor(minimum / scale.step) * scale.step;
        scale.high = ceil(maximum / scale.step) * scale.step;
        if (scale.high <= scale.low)
            scale.high = scale.low + scale.step;
        if ((scale.high - scale.low) / scale.step < (double)steps + 0.5)
            return scale;
    }
}

/* ---- times ---- */

int64_t scale_time_step(int64_t span, size_t steps)
{
    for (size_t i = 0; i < TIME_STEPS; i++)
        if (span / time_steps[i] <= (int64_t)steps)
            return time_steps[i];
    return time_steps[TIME_STEPS - 1] * (span / time_steps[TIME_STEPS - 1]);
}

/* mktime reads the clock on the wall: 2 o'clock is 2 o'clock on the day too on which
 * the clocks are changed. */
static int64_t on_that_day(const struct tm *day, int64_t ms)
{
    struct tm wall = *day;
    wall.tm_hour = (int)(ms / HOUR);
    wall.tm_min = (int)(ms % HOUR / MINUTE);
    wall.tm_sec = (int)(ms % MINUTE / SECOND);
    wall.tm_isdst = -1;
    return (int64_t)mktime(&wall) * 1000;
}

/* Days are counted from a Monday, so that marks a week apart are Mondays. */
static bool is_day_mark(const struct tm *day, int64_t step)
{
    struct tm utc = {
        .tm_year = day->tm_year, .tm_mon = day->tm_mon, .tm_mday = day->tm_mday};
    int64_t number = timegm(&utc) / (DAY / SECOND) + 3;
    return number % (step / DAY) == 0;
}

int64_t scale_time_mark(int64_t time, int64_t step)
{
    time_t seconds = (time_t)(time / 1000);
    struct tm day;
    localtime_r(&seconds, &day);
    for (int64_t ms = 0; step < DAY && ms < DAY; ms += step)
        if (on_that_day(&day, ms) >= time)
            return on_that_day(&day, ms);
    bool is_past = on_that_day(&day, 0) < time;
    for (day.tm_mday += is_past; step > DAY; day.tm_mday++) {
        day.tm_hour = 12; /* the day's name is sought, and noon is always of it */
        day.tm_isdst = -1;
        mktime(&day);
        if (is_day_mark(&day, step))
            break;
    }
    return on_that_day(&day, 0);
}
