// SPDX-License-Identifier: GPL-3.0-or-later
/* civil - years are counted from March, so that the leap day ends one; 400 of them have
 * 146097 days, whatever their first is. */
#include "base/civil.h"

#include <stdbool.h>

#define CYCLE_YEARS 400
#define CYCLE_DAYS  146097
#define MARCH_0000  719468 /* days from 0000-03-01 to 1970-01-01 */

int64_t civil_floor(int64_t a, int64_t unit)
{
    return a / unit - (a % unit < 0);
}

/* Days from 1 March to the first of the month that is so many months behind it. */
static int month_start(int months)
{
    return (months * 153 + 2) / 5;
}

int64_t civil_days(int year, int month, int day)
{
    int from_march = (month + 9) % 12;
    int64_t march_year = year - (month < 3);
    int64_t cycle = civil_floor(march_year, CYCLE_YEARS);
    int64_t of_cycle = march_year - cycle * CYCLE_YEARS;
    int64_t days = of_cycle * 365 + of_cycle / 4 - of_cycle / 100;
    return cycle * CYCLE_DAYS + days + month_start(from_march) + day - 1 - MARCH_0000;
}

int civil_weekday(int64_t days)
{
    int64_t since_monday = days + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - civil_floor(since_monday, 7) * 7);
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % CYCLE_YEARS == 0;
}

int civil_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static void set_date(struct civil *civil, int64_t days)
{
    int64_t since = days + MARCH_0000;
    int64_t cycle = civil_floor(since, CYCLE_DAYS);
    int day = (int)(since - cycle * CYCLE_DAYS);
    /* all the leap days before it taken out, each year has 365 */
    int year = (day - day / 1460 + day / 36524 - day / (CYCLE_DAYS - 1)) / 365;
    int of_year = day - (year * 365 + year / 4 - year / 100);
    int months = (of_year * 5 + 2) / 153;
    civil->month = months < 10 ? months + 3 : months - 9;
    civil->year = (int)(cycle * CYCLE_YEARS) + year + (civil->month < 3);
    civil->day = of_year - month_start(months) + 1;
    civil->weekday = civil_weekday(days);
}

struct civil civil_of(int64_t wall)
{
    int64_t days = civil_floor(wall, CIVIL_DAY);
    int64_t of_day = wall - days * CIVIL_DAY;
    struct civil civil = {
        .hour = (int)(of_day / CIVIL_HOUR),
        .minute = (int)(of_day / CIVIL_MINUTE % 60),
        .second = (int)(of_day / CIVIL_SECOND % 60),
        .millisecond = (int)(of_day % CIVIL_SECOND),
    };
    set_date(&civil, days);
    return civil;
}

int64_t civil_wall(const struct civil *civil)
{
    return civil_days(civil->year, civil->month, civil->day) * CIVIL_DAY +
           civil->hour * CIVIL_HOUR + civil->minute * CIVIL_MINUTE +
           civil->second * CIVIL_SECOND + civil->millisecond;
}
