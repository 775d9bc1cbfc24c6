// SPDX-License-Identifier: GPL-3.0-or-later
/* zone_rule - "CET-1CEST,M3.5.0,M10.5.0/3": an hour ahead of UTC, and one more from the
 * last Sunday of March, 2:00, to the last of October, 3:00. Worked out once, year by
 * year, into changes. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/zone_parts.h"

#define YEAR_FIRST   1900
#define YEAR_END     2300
#define RULE_MAX     128
#define HOURS_MAX    167               /* of a time of day, either way … */
#define OFFSET_MAX   24                /* … and of an offset */
#define RULE_DEFAULT ",M3.2.0,M11.1.0" /* where daylight saving has none */

enum day_form {
    DAY_OF_MONTH, /* Mm.w.d: the weekday d of week w, 5 is the last; 0 is Sunday */
    DAY_NO_LEAP,  /* Jn: 1 to 365, 29 February not counted */
    DAY_OF_YEAR,  /* n: 0 to 365 */
};

struct turn {
    enum day_form form;
    int month, week, day;
    int64_t time; /* of day on the clocks until then, ms */
};

struct rule {
    int64_t standard, summer; /* ms east of UTC */
    bool has_summer;
    struct turn begin, end; /* of summer */
};

static bool read_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool read_number(const char **at, int min, int max, int *ret)
{
    int value = 0;
    const char *end = *at;
    for (; isdigit((unsigned char)*end) && end - *at < 4; end++)
        value = value * 10 + (*end - '0');
    if (end == *at || value < min || value > max)
        return false;
    *at = end;
    *ret = value;
    return true;
}

/* "CET", or "<+0530>" */
static bool read_name(const char **at)
{
    const char *begin = *at;
    if (read_char(at, '<')) {
        size_t length = strcspn(*at, ">");
        *at += length;
        return length > 0 && read_char(at, '>');
    }
    while (isalpha((unsigned char)**at))
        (*at)++;
    return *at - begin >= 3;
}

/* [+-]hh[:mm[:ss]], up to so many hours */
static bool read_time(const char **at, int hours_max, int64_t *ret)
{
    int hours, minutes = 0, seconds = 0;
    bool is_negative = read_char(at, '-');
    if (!is_negative)
        read_char(at, '+');
    if (!read_number(at, 0, hours_max, &hours))
        return false;
    if (read_char(at, ':')) {
        if (!read_number(at, 0, 59, &minutes))
            return false;
        if (read_char(at, ':') && !read_number(at, 0, 59, &seconds))
            return false;
    }
    int64_t time = hours * CIVIL_HOUR + minutes * CIVIL_MINUTE + seconds * CIVIL_SECOND;
    *ret = is_negative ? -time : time;
    return true;
}

static bool read_day(const char **at, struct turn *ret)
{
    if (read_char(at, 'J')) {
        ret->form = DAY_NO_LEAP;
        return read_number(at, 1, 365, &ret->day);
    }
    if (!read_char(at, 'M')) {
        ret->form = DAY_OF_YEAR;
        return read_number(at, 0, 365, &ret->day);
    }
    ret->form = DAY_OF_MONTH;
    return read_number(at, 1, 12, &ret->month) && read_char(at, '.') &&
           read_number(at, 1, 5, &ret->week) && read_char(at, '.') &&
           read_number(at, 0, 6, &ret->day);
}

static bool read_turn(const char **at, struct turn *ret)
{
    ret->time = 2 * CIVIL_HOUR;
    return read_char(at, ',') && read_day(at, ret) &&
           (!read_char(at, '/') || read_time(at, HOURS_MAX, &ret->time));
}

/* An offset stands there as what is west of UTC. */
static bool read_rule(const char *at, struct rule *ret)
{
    if (!read_name(&at) || !read_time(&at, OFFSET_MAX, &ret->standard))
        return false;
    ret->standard = -ret->standard;
    ret->has_summer = *at != '\0';
    if (!ret->has_summer)
        return true;

    if (!read_name(&at))
        return false;
    ret->summer = ret->standard + CIVIL_HOUR;
    if (*at != ',' && *at != '\0') {
        if (!read_time(&at, OFFSET_MAX, &ret->summer))
            return false;
        ret->summer = -ret->summer;
    }
    if (*at == '\0')
        at = RULE_DEFAULT;
    return read_turn(&at, &ret->begin) && read_turn(&at, &ret->end) && *at == '\0';
}

/* Days from 1970 to the one that the turn names in that year. */
static int64_t turn_day(const struct turn *turn, int year)
{
    int64_t january = civil_days(year, 1, 1);
    bool is_leap = civil_month_days(year, 2) == 29;
    if (turn->form == DAY_OF_YEAR)
        return january + turn->day;
    if (turn->form == DAY_NO_LEAP)
        return january + turn->day - 1 + (is_leap && turn->day >= 60);

    int64_t first = civil_days(year, turn->month, 1);
    int wanted = (turn->day + 6) % 7; /* from Monday on */
    int ahead = (wanted - civil_weekday(first) + 7) % 7;
    int of_month = ahead + (turn->week - 1) * 7;
    if (of_month >= civil_month_days(year, turn->month))
        of_month -= 7;
    return first + of_month;
}

/* until: the offset that holds before. */
static int64_t turn_time(const struct turn *turn, int year, int64_t until)
{
    return turn_day(turn, year) * CIVIL_DAY + turn->time - until;
}

/* Where the end of one summer is the beginning of the next it stays summer: in a zone
 * that has it always, as the rule for that is written. */
static void add_year(struct zone *zone, const struct rule *rule, int year)
{
    struct change begin = {turn_time(&rule->begin, year, rule->standard), rule->summer};
    struct change end = {turn_time(&rule->end, year, rule->summer), rule->standard};
    bool ends_where_next_begins =
        end.time == turn_time(&rule->begin, year + 1, rule->standard);
    bool begins_first = begin.time < end.time;
    if (!begins_first && begin.time != end.time)
        zone_add(zone, end.time, end.offset);
    zone_add(zone, begin.time, begin.offset);
    if (begins_first && !ends_where_next_begins)
        zone_add(zone, end.time, end.offset);
}

int zone_read_rule(struct zone *zone, const char *text, size_t size)
{
    char copy[RULE_MAX];
    struct rule rule = {0};
    if (size >= sizeof copy)
        return -EINVAL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (!read_rule(copy, &rule))
        return -EINVAL;

    bool is_new = zone->count == 0;
    int first =
        is_new ? YEAR_FIRST : civil_of(zone->changes[zone->count - 1].time).year - 1;
    if (is_new)
        zone->offset = rule.standard;
    for (int year = first; rule.has_summer && year < YEAR_END; year++)
        add_year(zone, &rule, year);
    return 0;
}
