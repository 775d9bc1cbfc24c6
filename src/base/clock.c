// SPDX-License-Identifier: GPL-3.0-or-later
/* clock - civil time by the C library, with milliseconds carried beside it. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The first moments of these years: what four digits can say lies between. */
#define YEAR_0     INT64_C(-62167219200000)
#define YEAR_10000 INT64_C(253402300800000)

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Asks the kernel itself: the way through its shared page is faster the second time,
 * but the first time costs a process that lives for a millisecond more than it can
 * save. Where a long has 32 bits the kernel's timespec need not be ours. */
int64_t clock_monotonic(void)
{
    struct timespec now;
#ifdef __LP64__
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
#else
    clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_work(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Rounds down also before 1970. */
static time_t seconds_of(int64_t time, int *ret_ms)
{
    int ms = (int)(time % 1000);
    *ret_ms = ms < 0 ? ms + 1000 : ms;
    return (time_t)(time / 1000 - (ms < 0));
}

void clock_format_utc(int64_t time, char ret[CLOCK_TEXT_SIZE])
{
    int ms;
    time_t seconds = seconds_of(time, &ms);
    struct tm civil;
    char rest[sizeof "-11-22T09:48:08"] = "";
    unsigned year = 0; /* strftime would write 999 in three digits */
    if (gmtime_r(&seconds, &civil)) {
        year = (unsigned)(civil.tm_year + 1900) % 10000;
        strftime(rest, sizeof rest, "-%m-%dT%H:%M:%S", &civil);
    }
    snprintf(ret, CLOCK_TEXT_SIZE, "%04u%s.%03dZ", year, rest, ms);
}

static size_t format_civil(const struct tm *civil, enum clock_form form, char *ret)
{
    switch (form) {
    case CLOCK_MINUTES:
        return strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M", civil);
    case CLOCK_SECONDS:
        return strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", civil);
    case CLOCK_ZONED:
        return strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M %Z", civil);
    case CLOCK_OFFSET:
        return strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S %z", civil);
    case CLOCK_MAIL:
        return strftime(ret, CLOCK_TEXT_SIZE, "%a, %d %b %Y %H:%M:%S %z", civil);
    }
    return 0;
}

void clock_format_local(int64_t time, enum clock_form form, char ret[CLOCK_TEXT_SIZE])
{
    int ms;
    time_t seconds = seconds_of(time, &ms);
    struct tm civil;
    if (!localtime_r(&seconds, &civil) || format_civil(&civil, form, ret) == 0)
        ret[0] = '\0';
}

static bool civil_is_valid(const struct tm *civil, int zone_hours, int zone_minutes)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = civil->tm_year + 1900;
    if (civil->tm_mon < 0 || civil->tm_mon > 11)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int last = days[civil->tm_mon] + (civil->tm_mon == 1 && leap);
    return civil->tm_mday >= 1 && civil->tm_mday <= last && civil->tm_hour <= 23 &&
           civil->tm_min <= 59 && civil->tm_sec <= 60 && zone_hours <= 23 &&
           zone_minutes <= 59;
}

static const char *parse_digits(const char *text, int count, int *ret)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!text || text[i] < '0' || text[i] > '9')
            return NULL;
        value = value * 10 + (text[i] - '0');
    }
    *ret = value;
    return text + count;
}

static const char *parse_char(const char *text, const char *one_of)
{
    return text && *text && strchr(one_of, *text) ? text + 1 : NULL;
}

static const char *parse_fraction(const char *text, int *ret_ms)
{
    *ret_ms = 0;
    if (!text || *text != '.')
        return text;
    int scale = 100;
    const char *digit = text + 1;
    for (; *digit >= '0' && *digit <= '9'; digit++, scale /= 10)
        *ret_ms += (*digit - '0') * scale;
    return digit > text + 1 ? digit : NULL;
}

static const char *parse_zone(const char *text, int *ret_hours, int *ret_minutes,
                              int *ret_sign)
{
    *ret_hours = *ret_minutes = 0;
    *ret_sign = 1;
    if (text && (*text == 'Z' || *text == 'z'))
        return text + 1;
    if (text)
        *ret_sign = *text == '-' ? -1 : 1;
    text = parse_char(text, "+-");
    text = parse_digits(text, 2, ret_hours);
    if (text && *text == ':')
        text++;
    return parse_digits(text, 2, ret_minutes);
}

int clock_parse_utc(const char *text, int64_t *ret, struct error *err)
{
    struct tm civil = {0};
    int ms, zone_hours, zone_minutes, sign;
    const char *at = parse_digits(text, 4, &civil.tm_year);
    at = parse_digits(parse_char(at, "-"), 2, &civil.tm_mon);
    at = parse_digits(parse_char(at, "-"), 2, &civil.tm_mday);
    at = parse_digits(parse_char(at, "Tt "), 2, &civil.tm_hour);
    at = parse_digits(parse_char(at, ":"), 2, &civil.tm_min);
    at = parse_digits(parse_char(at, ":"), 2, &civil.tm_sec);
    at = parse_fraction(at, &ms);
    at = parse_zone(at, &zone_hours, &zone_minutes, &sign);
    civil.tm_year -= 1900;
    civil.tm_mon -= 1;
    if (!at || *at != '\0' || !civil_is_valid(&civil, zone_hours, zone_minutes))
        return error_set(err, -EINVAL,
                         "\"%.40s\" is no time; expected one such as "
                         "\"2026-11-22T09:48:08.123Z\"",
                         text);

    int64_t offset = sign * (zone_hours * 3600 + zone_minutes * 60);
    int64_t time = ((int64_t)timegm(&civil) - offset) * 1000 + ms;
    if (time < YEAR_0 || time >= YEAR_10000)
        return error_set(err, -EINVAL, "\"%.40s\" lies outside the years 0000 to 9999",
                         text);
    *ret = time;
    return 0;
}

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

int clock_parse_local(const char *text, int64_t *ret)
{
    static const char *const forms[] = {
        "%Y-%m-%d",       "%Y-%m-%d %H:%M",    "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (parse_civil(text, forms[i], ret))
            return 0;
    return -EINVAL;
}
