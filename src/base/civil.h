// SPDX-License-Identifier: GPL-3.0-or-later
/* civil - a date and a time of day, as a calendar and a clock on the wall show them.
 *
 * A wall time is an int64_t: milliseconds since 1970-01-01 00:00 on that clock, as if
 * it never leapt. zone.h says which times it stands for. The calendar is the Gregorian
 * one, also before it was made; years from -200 000 to 200 000. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdint.h>

#define CIVIL_SECOND INT64_C(1000) /* ms */
#define CIVIL_MINUTE (60 * CIVIL_SECOND)
#define CIVIL_HOUR   (60 * CIVIL_MINUTE)
#define CIVIL_DAY    (24 * CIVIL_HOUR)

struct civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second, millisecond;
    int weekday; /* 0 is Monday, 6 is Sunday */
};

struct civil civil_of(int64_t wall);

/* The weekday is not looked at; the day may lie before or behind its month. */
int64_t civil_wall(const struct civil *civil);

/* Days from 1970-01-01 to that one, whose day may lie before or behind its month. */
int64_t civil_days(int year, int month, int day);

int civil_weekday(int64_t days);              /* 0 is Monday */
int civil_month_days(int year, int month);    /* 28 to 31 */
int64_t civil_floor(int64_t a, int64_t unit); /* a / unit, rounded down; unit > 0 */

#endif
