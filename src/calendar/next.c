// SPDX-License-Identifier: GPL-3.0-or-later
/* next - the next wall time that a calendar has, and from that the next time: where the
 * clocks leap, the two part. */
#include <errno.h>

#include "calendar/parts.h"

#define TIME_LIMIT  INT64_C(7258291200000) /* ms until 2200-01-03 */
#define LEAP_LIMIT  (3 * CIVIL_HOUR)
#define PERIOD_LOOK 50

static bool holds(const struct field *field, int value)
{
    return field_next(field, value, value) == value;
}

/* Of the month that has so many days. */
static bool holds_day(const struct calendar *calendar, int day, int days)
{
    bool is_from_end = calendar->is_from_month_end;
    return holds(&calendar->fields[PART_DAY], is_from_end ? days + 1 - day : day);
}

static bool matches_day(const struct calendar *calendar, int64_t days, int day,
                        int month_days)
{
    bool is_weekday = calendar->weekdays >> civil_weekday(days) & 1;
    bool is_day = holds_day(calendar, day, month_days);
    return calendar->is_either_day ? is_weekday || is_day : is_weekday && is_day;
}

/* The first day that it has from that one on, as days from 1970. */
static bool find_day(const struct calendar *calendar, int64_t from, int64_t *ret)
{
    const struct civil begin = civil_of(from * CIVIL_DAY);
    const struct field *years = &calendar->fields[PART_YEAR];
    const struct field *months = &calendar->fields[PART_MONTH];
    int month_from = begin.month, day_from = begin.day;
    for (int year = begin.year; (year = field_next(years, year, YEAR_LAST)) >= 0;
         year++) {
        int month = year == begin.year ? month_from : 1;
        for (; (month = field_next(months, month, 12)) >= 0; month++) {
            int last = civil_month_days(year, month);
            int64_t first = civil_days(year, month, 1);
            bool is_first = year == begin.year && month == begin.month;
            for (int day = is_first ? day_from : 1; day <= last; day++)
                if (matches_day(calendar, first + day - 1, day, last)) {
                    *ret = first + day - 1;
                    return true;
                }
        }
    }
    return false;
}

/* The first time of day that it has from that one on, in ms. */
static bool find_time(const struct calendar *calendar, int64_t from, int64_t *ret)
{
    int hour_from = (int)(from / CIVIL_HOUR);
    int minute_from = (int)(from / CIVIL_MINUTE % 60);
    int second_from = (int)(from % CIVIL_MINUTE);
    const struct field *fields = calendar->fields;
    for (int hour = hour_from; (hour = field_next(&fields[PART_HOUR], hour, 23)) >= 0;
         hour++) {
        int minute = hour == hour_from ? minute_from : 0;
        for (; (minute = field_next(&fields[PART_MINUTE], minute, 59)) >= 0; minute++) {
            bool is_first = hour == hour_from && minute == minute_from;
            int second = field_next(&fields[PART_SECOND], is_first ? second_from : 0,
                                    CIVIL_MINUTE - 1);
            if (second >= 0) {
                *ret = hour * CIVIL_HOUR + minute * CIVIL_MINUTE + second;
                return true;
            }
        }
    }
    return false;
}

/* The first wall time that it has from that one on. */
static bool find_wall(const struct calendar *calendar, int64_t from, int64_t *ret)
{
    int64_t day = civil_floor(from, CIVIL_DAY), found, time;
    if (!find_day(calendar, day, &found))
        return false;
    if (found == day && !find_time(calendar, from - day * CIVIL_DAY, &time) &&
        !find_day(calendar, day + 1, &found))
        return false;
    if (found != day && !find_time(calendar, 0, &time))
        return false;
    *ret = found * CIVIL_DAY + time;
    return true;
}

/* The first wall time that was not shown until then: while some are shown for the
 * second time, that which comes when it is over. */
static int64_t unseen_wall(const struct zone *zone, int64_t time)
{
    int64_t wall = zone_wall(zone, time), instants[2];
    if (zone_instants(zone, wall, instants) < 2 || time != instants[1])
        return wall + 1;
    return zone_change(zone, instants[0]) + zone_offset(zone, instants[0]);
}

static bool is_caught_up(const struct zone *zone, int64_t leap)
{
    return zone_offset(zone, leap) - zone_offset(zone, leap - 1) < LEAP_LIMIT;
}

/* In the order of the clocks' faces: each wall time once, or, leapt over, never. */
static int next_by_wall(const struct calendar *calendar, const struct zone *zone,
                        int64_t after, int64_t *ret)
{
    bool catches = calendar->leap == LEAP_CATCHES;
    int64_t from = catches ? unseen_wall(zone, after) : zone_wall(zone, after) + 1;
    int64_t wall;
    while (find_wall(calendar, from, &wall)) {
        int64_t instants[2];
        int count = zone_instants(zone, wall, instants);
        int last = count == 2 && instants[0] <= after;
        if ((count > 0 || (catches && is_caught_up(zone, instants[0]))) &&
            instants[last] > after) {
            *ret = instants[last];
            return 0;
        }
        from = count > 0 ? wall + 1 : zone_wall(zone, instants[0]);
    }
    return -ENOENT;
}

/* From one setting of the clocks to the next, whatever they show. */
static int next_by_clock(const struct calendar *calendar, const struct zone *zone,
                         int64_t after, int64_t *ret)
{
    int64_t wall;
    for (int64_t begin = after + 1; begin < TIME_LIMIT;
         begin = zone_change(zone, begin)) {
        int64_t offset = zone_offset(zone, begin);
        if (!find_wall(calendar, begin + offset, &wall))
            break;
        if (wall - offset < zone_change(zone, begin)) {
            *ret = wall - offset;
            return 0;
        }
    }
    return -ENOENT;
}

int calendar_next(const struct calendar *calendar, const struct zone *zone,
                  int64_t after, int64_t *ret)
{
    if (calendar->zone)
        zone = calendar->zone;
    if (after >= TIME_LIMIT)
        return -ENOENT;
    if (after < -1)
        after = -1;
    return calendar->leap == LEAP_BY_CLOCK ? next_by_clock(calendar, zone, after, ret)
                                           : next_by_wall(calendar, zone, after, ret);
}

/* Looks from ever further back, so that few times lie between. */
int calendar_last(const struct calendar *calendar, const struct zone *zone,
                  int64_t from, int64_t until, int64_t *ret)
{
    int64_t time = INT64_MAX;
    for (int64_t back = CIVIL_MINUTE; time > until; back *= 2) {
        int64_t begin = back < until - from ? until - back : from;
        if (calendar_next(calendar, zone, begin - 1, &time) < 0)
            time = INT64_MAX;
        if (begin == from)
            break;
    }
    if (time > until)
        return -ENOENT;
    int64_t next = time;
    do
        time = next;
    while (calendar_next(calendar, zone, time, &next) == 0 && next <= until);
    *ret = time;
    return 0;
}

int calendar_follow(const struct calendar *calendar, const struct zone *zone,
                    int64_t after, int64_t *ret)
{
    int64_t last = after;
    if (calendar_last(calendar, zone, after - LEAP_LIMIT, after, &last) < 0)
        last = after;
    return calendar_next(calendar, zone, last, ret);
}

int64_t calendar_period(const struct calendar *calendar, int64_t after)
{
    AUTO(zone) struct zone *zone = NULL;
    struct calendar plain = *calendar;
    int64_t time, next, period = 0;
    plain.zone = NULL;
    if (zone_load("UTC", &zone, NULL) < 0 ||
        calendar_next(&plain, zone, after, &time) < 0)
        return 0;
    for (int i = 0; i < PERIOD_LOOK && calendar_next(&plain, zone, time, &next) == 0;
         i++, time = next)
        if (period == 0 || next - time < period)
            period = next - time;
    return period;
}
