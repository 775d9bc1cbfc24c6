// SPDX-License-Identifier: GPL-3.0-or-later
/* calendar - both forms, what is wrong with a text, and the next times, compared with a
 * walk over all minutes around the days when clocks are set. */
#include "calendar/calendar.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/strbuf.h"

static int64_t at(const char *text)
{
    int64_t time = 0;
    struct error err = {0};
    if (clock_parse_utc(text, &time, &err) < 0)
        fail_msg("%s", err.text);
    return time;
}

static struct zone *zone_of(const char *name)
{
    struct zone *zone = NULL;
    struct error err = {0};
    if (zone_load(name, &zone, &err) < 0)
        fail_msg("%s: %s", name, err.text);
    return zone;
}

static struct calendar *calendar_of(const char *text)
{
    struct calendar *calendar = NULL;
    struct error err = {0};
    if (calendar_parse(text, &calendar, &err) < 0)
        fail_msg("%s", err.text);
    return calendar;
}

/* The next times, as "11-22 09:48:08.123" in UTC, with a comma between, or "never". */
static void assert_times(const char *text, const char *zone_name, const char *after,
                         const char *wanted)
{
    AUTO(calendar) struct calendar *calendar = calendar_of(text);
    AUTO(zone) struct zone *zone = zone_of(zone_name);
    AUTO(strbuf) struct strbuf found = {0};
    int64_t time = at(after);
    while (found.size < strlen(wanted)) {
        char utc[CLOCK_TEXT_SIZE];
        if (found.size > 0)
            strbuf_puts(&found, ", ");
        if (calendar_next(calendar, zone, time, &time) < 0) {
            strbuf_puts(&found, "never");
            break;
        }
        clock_format_utc(time, utc);
        utc[10] = ' ';
        size_t size = strcmp(utc + 16, ":00.000Z") == 0 ? 11
                      : strcmp(utc + 19, ".000Z") == 0  ? 14
                                                        : 18;
        strbuf_add(&found, utc + 5, size);
    }
    if (strcmp(strbuf_text(&found), wanted) != 0)
        fail_msg("\"%s\" in %s: found %s, wanted %s", text, zone_name,
                 strbuf_text(&found), wanted);
}

static void reads_cron(void **state UNUSED)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"* * * * *", "11-22 09:49, 11-22 09:50"},
        {"*/15 * * * *", "11-22 10:00, 11-22 10:15"},
        {"0 3 * * *", "11-23 03:00, 11-24 03:00"},
        {"  0\t3 * *   *  ", "11-23 03:00, 11-24 03:00"},
        {"5,35 1-2 * * *", "11-23 01:05, 11-23 01:35, 11-23 02:05"},
        {"0 8-18/5 * * *", "11-22 13:00, 11-22 18:00, 11-23 08:00"},
        {"0 0 * * 1-5", "11-23 00:00, 11-24 00:00, 11-25 00:00"},
        {"0 0 * * mon,FRI", "11-23 00:00, 11-27 00:00, 11-30 00:00"},
        {"0 0 * * 0", "11-29 00:00, 12-06 00:00"},
        {"0 0 * * 7", "11-29 00:00, 12-06 00:00"},
        {"0 0 * * 6-7", "11-28 00:00, 11-29 00:00, 12-05 00:00"},
        {"0 0 1 jan-mar *", "01-01 00:00, 02-01 00:00, 03-01 00:00, 01-01 00:00"},
        {"0 0 31 * *", "12-31 00:00, 01-31 00:00, 03-31 00:00"},
        {"0 0 29 2 *", "02-29 00:00, 02-29 00:00"},
        {"0 0 30 2 *", "never"},
        {"@hourly", "11-22 10:00, 11-22 11:00"},
        {"@daily", "11-23 00:00, 11-24 00:00"},
        {"@Midnight", "11-23 00:00, 11-24 00:00"},
        {"@weekly", "11-29 00:00, 12-06 00:00"},
        {"@monthly", "12-01 00:00, 01-01 00:00"},
        {"@yearly", "01-01 00:00"},
        {"@annually", "01-01 00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_times(cases[i].text, "UTC", "2026-11-22T09:48:08Z", cases[i].wanted);
}

static void either_day_will_do_where_both_are_named(void **state UNUSED)
{
    static const char *const after = "2026-11-22T09:48:08Z"; /* a Sunday */
    assert_times("0 0 27 * 1", "UTC", after, "11-23 00:00, 11-27 00:00, 11-30 00:00");
    assert_times("0 0 * * 1", "UTC", after, "11-23 00:00, 11-30 00:00");
    assert_times("0 0 27 * *", "UTC", after, "11-27 00:00, 12-27 00:00");
    /* what begins with a star restricts nothing as to this rule */
    assert_times("0 0 */2 * 1", "UTC", after, "11-23 00:00, 12-07 00:00");
    assert_times("0 0 13 * */5", "UTC", after, "12-13 00:00, 06-13 00:00");
}

static void reads_what_systemd_reads(void **state UNUSED)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"minutely", "11-22 09:49, 11-22 09:50"},
        {"hourly", "11-22 10:00, 11-22 11:00"},
        {"daily", "11-23 00:00, 11-24 00:00"},
        {"Weekly", "11-23 00:00, 11-30 00:00"},
        {"monthly", "12-01 00:00, 01-01 00:00"},
        {"quarterly", "01-01 00:00, 04-01 00:00, 07-01 00:00, 10-01 00:00"},
        {"semiannually", "01-01 00:00, 07-01 00:00"},
        {"yearly", "01-01 00:00, 01-01 00:00"},
        {"weekly Asia/Kolkata", "11-22 18:30, 11-29 18:30"},
        {"03:00", "11-23 03:00, 11-24 03:00"},
        {"3:0:7", "11-23 03:00:07, 11-24 03:00:07"},
        {"*:*:59.5", "11-22 09:48:59.500, 11-22 09:49:59.500"},
        {"9:48:8/20", "11-22 09:48:28, 11-22 09:48:48, 11-23 09:48:08"},
        {"9:48:9..10", "11-22 09:48:09, 11-22 09:48:10, 11-23 09:48:09"},
        {"*:0/25", "11-22 09:50, 11-22 10:00, 11-22 10:25"},
        {"9..12/2:30", "11-22 11:30, 11-23 09:30"},
        {"Mon..Fri 03:00", "11-23 03:00, 11-24 03:00, 11-25 03:00"},
        {"Sat,Sunday 12:00", "11-22 12:00, 11-28 12:00, 11-29 12:00"},
        {"Wed, 17:48", "11-25 17:48, 12-02 17:48"},
        {"fri-sat", "11-27 00:00, 11-28 00:00, 12-04 00:00"},
        {"*-*-13", "12-13 00:00, 01-13 00:00"},
        {"Fri *-*-13", "08-13 00:00, 10-13 00:00"},
        {"12-24 18:00", "12-24 18:00, 12-24 18:00"},
        {"2026-12-24", "12-24 00:00, never"},
        {"26-12-24", "12-24 00:00, never"},
        {"2020..2025-1-1", "never"},
        {"*-*~1", "11-30 00:00, 12-31 00:00, 01-31 00:00, 02-28 00:00"},
        {"*-02~03", "02-26 00:00, 02-27 00:00"},
        {"Mon *-05~07/1", "05-31 00:00, 05-29 00:00"},
        {"*-*~1..3 6:00", "11-28 06:00, 11-29 06:00, 11-30 06:00, 12-29 06:00"},
        {"*-2-30", "never"},
        {"@1795340889", "11-22 09:48:09, never"},
        {"12:00 UTC", "11-22 12:00, 11-23 12:00"},
        {"12:00  utc ", "11-22 12:00, 11-23 12:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_times(cases[i].text, "UTC", "2026-11-22T09:48:08Z", cases[i].wanted);
}

static void its_own_zone_goes_before_that_of_who_asks(void **state UNUSED)
{
    assert_times("12:00 Asia/Kolkata", "America/New_York", "2026-11-22T09:48:08Z",
                 "11-23 06:30, 11-24 06:30");
    assert_times("12:00", "America/New_York", "2026-11-22T09:48:08Z", "11-22 17:00");
    assert_times("0 12 * * *", "America/New_York", "2026-11-22T09:48:08Z",
                 "11-22 17:00");
}

/* Berlin's clocks leap on 29 March, 2:00 to 3:00, which is 1:00 UTC. */
static void a_leap_is_taken_as_each_form_takes_it(void **state UNUSED)
{
    static const char *const berlin = "Europe/Berlin", *eve = "2026-03-28T12:00:00Z";
    assert_times("02:30", berlin, eve, "03-30 00:30, 03-31 00:30");
    assert_times("30 2 * * *", berlin, eve, "03-29 01:00, 03-30 00:30");
    assert_times("0,15 2 * * *", berlin, eve, "03-29 01:00, 03-30 00:00, 03-30 00:15");
    assert_times("30 2,3 * * *", berlin, eve, "03-29 01:00, 03-29 01:30, 03-30 00:30");
    assert_times("*/30 2 * * *", berlin, eve, "03-30 00:00, 03-30 00:30");
    assert_times("30 * * * *", berlin, "2026-03-29T00:00:00Z",
                 "03-29 00:30, 03-29 01:30");
    assert_times("30 2 * * *", berlin, "2026-03-29T00:59:59.999Z", "03-29 01:00");
    assert_times("30 2 * * *", berlin, "2026-03-29T01:00:00Z", "03-30 00:30");
}

/* They go back on 25 October, 3:00 to 2:00, which is 1:00 UTC. */
static void what_is_shown_twice_is_taken_as_each_form_takes_it(void **state UNUSED)
{
    static const char *const berlin = "Europe/Berlin", *eve = "2026-10-24T12:00:00Z";
    assert_times("02:30", berlin, eve, "10-25 00:30, 10-26 01:30");
    assert_times("30 2 * * *", berlin, eve, "10-25 00:30, 10-26 01:30");
    assert_times("30 2 * * *", berlin, "2026-10-25T01:10:00Z", "10-26 01:30");
    assert_times("0 3 * * *", berlin, "2026-10-25T01:10:00Z", "10-25 02:00");
    assert_times("*/30 2 * * *", berlin, eve,
                 "10-25 00:00, 10-25 00:30, 10-25 01:00, 10-25 01:30, 10-26 01:00");
    assert_times("*:0/30", berlin, "2026-10-25T00:10:00Z", "10-25 00:30, 10-25 02:00");
}

static void a_day_that_a_place_leapt_over_is_not_caught_up(void **state UNUSED)
{
    assert_times("0 6 30 * *", "Pacific/Apia", "2011-11-30T17:00:00Z", "01-29 16:00");
}

struct refusal {
    const char *text, *said;
};

static void assert_refused(const struct refusal *refusals)
{
    for (; refusals->text; refusals++) {
        struct calendar *calendar = NULL;
        struct error err = {0};
        int rc = calendar_parse(refusals->text, &calendar, &err);
        if (rc != -EINVAL && rc != -ENOENT)
            fail_msg("\"%s\" was read", refusals->text);
        assert_null(calendar);
        if (!strstr(err.text, refusals->said))
            fail_msg("found: %s; wanted: %s", err.text, refusals->said);
    }
}

static void says_what_is_wrong_with_a_line_of_cron(void **state UNUSED)
{
    static const struct refusal refusals[] = {
        {"60 * * * *", "column 1: found 60, expected a minute from 0 to 59"},
        {"0 25 * * *", "column 3: found 25, expected an hour from 0 to 23"},
        {"0 0 0 * *", "column 5: found 0, expected a day from 1 to 31"},
        {"0 0 1 13 *", "column 7: found 13, expected a month from 1 to 12"},
        {"0 0 1 foo *", "column 7: found foo, expected a month from 1 to 12"},
        {"0 0 * * 8", "column 9: found 8, expected a weekday from 0 to 7"},
        {"0 0 * * monday", "column 9: found monday, expected a weekday"},
        {"5-1 * * * *", "column 3: found 1, expected a range from the lower"},
        {"*/0 * * * *", "column 3: found 0, expected a step from 1 to 60"},
        {"*/ * * * *", "column 3: found a blank, expected a step from 1 to 60"},
        {"5/5 * * * *", "column 2: found /, expected a step only behind * or a range"},
        {"1, * * * *", "column 3: found a blank, expected a minute"},
        {"1;2 * * * *", "column 2: found ;, expected a blank or a ',' behind the min"},
        {"0 3 * *", "column 8: found the end, expected five fields: minute hour day"},
        {"*/5", "column 4: found the end, expected five fields"},
        {"0 3 * * * root", "column 11: found root, expected nothing behind"},
        {"99999999999999999999 * * * *", "expected a minute from 0 to 59"},
        {"@reboot", "column 2: found reboot, expected hourly, daily"},
        {"@dayly", "expected hourly, daily, weekly, monthly or yearly; did you mean "
                   "daily?"},
        {"@daily x", "column 2: found daily"},
        {"@", "column 2: found the end"},
        {NULL, NULL},
    };
    assert_refused(refusals);
}

static void says_what_is_wrong_with_a_line_of_systemd(void **state UNUSED)
{
    static const struct refusal refusals[] = {
        {"", "column 1: found the end, expected a weekday, a date, a time of day"},
        {"daly", "or a word such as daily; did you mean daily?"},
        {"Mon..Foo 3:00", "column 6: found Foo, expected a weekday: Mon, Tue"},
        {"Sun..Mon 3:00", "column 6: found Mon, expected a weekday behind that one"},
        {"Mon.Tue", "column 4: found ., expected a blank, a ',' or '..'"},
        {"24:00", "column 1: found 24, expected an hour from 0 to 23"},
        {"3:60", "column 3: found 60, expected a minute from 0 to 59"},
        {"3:00:60", "column 6: found 60, expected a second from 0 to 59"},
        {"3:00:00.1234", "column 9: found 1234, expected one to three digits"},
        {"3:00:00.", "column 9: found the end, expected one to three digits"},
        {"*-13-1", "column 3: found 13, expected a month from 1 to 12"},
        {"*-*-32", "column 5: found 32, expected a day from 1 to 31"},
        {"1969-1-1", "column 1: found 1969, expected a year from 1970 to 2199"},
        {"*-*~29", "column 5: found 29, expected a day, from the end of the month, f"},
        {"*-1~1-1", "column 6: found -, expected the end of the date"},
        {"*/2:00", "column 2: found /, expected 0/5 or 1/5 in place of */5"},
        {"*:0/0", "column 5: found 0, expected a step that is not 0"},
        {"*:55/10", "column 3: found 55, expected a minute, or a range or two steps"},
        {"*:9..5", "column 3: found 9, expected a minute, or a range"},
        {"3:00 4:00", "column 6: found 4, expected the end, or a time zone"},
        {"3:", "column 3: found the end, expected a number"},
        {"12", "expected five fields"},
        {"12~", "column 4: found the end, expected a number"},
        {"3:00 CEST", "\"3:00 CEST\": no time zone is called CEST"},
        {"3:00 Europe/Berln", "did you mean Europe/Berlin?"},
        {"3:00 ../../etc/passwd", "found ., expected the end, or a time zone"},
        {"@99999999999", "expected seconds that end before 2200"},
        {NULL, NULL},
    };
    assert_refused(refusals);
}

static void bounds_what_it_reads(void **state UNUSED)
{
    char text[2001];
    struct calendar *calendar = NULL;
    struct error err = {0};
    memset(text, '1', 2000);
    text[2000] = '\0';
    assert_int_equal(calendar_parse(text, &calendar, &err), -EINVAL);
    assert_non_null(strstr(err.text, "more than 500 bytes"));
    for (int i = 0; i < 249; i++)
        memcpy(text + 2 * i, "1,", 2);
    memcpy(text + 498, "1", 2);
    assert_int_equal(calendar_parse(text, &calendar, &err), -EINVAL);
    memcpy(text, "*:", 2);
    assert_int_equal(calendar_parse(text, &calendar, &err), -EINVAL);
    assert_non_null(strstr(err.text, "at most 100 in a list"));
}

static void ends_with_the_year_2199(void **state UNUSED)
{
    assert_times("daily", "UTC", "2199-12-30T12:00:00Z", "12-31 00:00, never");
    assert_times("@daily", "UTC", "2199-12-30T12:00:00Z", "12-31 00:00, never");
    assert_times("* * * * *", "UTC", "2199-12-31T23:58:00Z", "12-31 23:59, never");
    AUTO(calendar) struct calendar *calendar = calendar_of("hourly");
    AUTO(zone) struct zone *zone = zone_of("UTC");
    int64_t time = 7;
    assert_int_equal(calendar_next(calendar, zone, INT64_MAX, &time), -ENOENT);
    assert_int_equal(time, 7);
    assert_int_equal(calendar_next(calendar, zone, INT64_MIN, &time), 0);
    assert_int_equal(time, 0);
}

static void knows_the_last_time_before_one(void **state UNUSED)
{
    AUTO(calendar) struct calendar *calendar = calendar_of("Sat 02:00");
    AUTO(zone) struct zone *zone = zone_of("Europe/Berlin");
    int64_t monday = at("2026-11-23T00:00:00Z"), saturday = at("2026-11-21T01:00:00Z");
    int64_t time = 7;
    assert_int_equal(calendar_last(calendar, zone, saturday, monday, &time), 0);
    assert_int_equal(time, saturday);
    assert_int_equal(calendar_last(calendar, zone, 0, saturday, &time), 0);
    assert_int_equal(time, saturday);
    assert_int_equal(calendar_last(calendar, zone, 0, saturday - 1, &time), 0);
    assert_int_equal(time, saturday - 7 * CIVIL_DAY);
    time = 7;
    assert_int_equal(calendar_last(calendar, zone, saturday + 1, monday, &time),
                     -ENOENT);
    assert_int_equal(time, 7);
}

static void knows_how_far_apart_its_times_are(void **state UNUSED)
{
    static const struct {
        const char *text;
        int64_t period;
    } cases[] = {
        {"* * * * *", CIVIL_MINUTE},   {"0 0,1 * * *", CIVIL_HOUR},
        {"Mon..Fri 03:00", CIVIL_DAY}, {"weekly Europe/Berlin", 7 * CIVIL_DAY},
        {"monthly", 28 * CIVIL_DAY},   {"2027-01-01", 0},
        {"*:*:0/5", 5 * CIVIL_SECOND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(calendar) struct calendar *calendar = calendar_of(cases[i].text);
        assert_int_equal(calendar_period(calendar, at("2026-11-22T09:48:08Z")),
                         cases[i].period);
    }
}

/* Most of them are wrong; what is not has a next time or none, and both soon. */
static void any_text_is_read_or_refused(void **state UNUSED)
{
    static const char *const pieces[] = {
        "*", "/", "-", ",",  "..",   ":",    "~",   " ", "@", "Mon", "daily",
        "0", "5", "1", "59", "2027", " UTC", "feb", ".", "9", "* "};
    AUTO(zone) struct zone *zone = zone_of("Europe/Berlin");
    int read = 0;
    srand(2);
    for (int i = 0; i < 20000; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        AUTO(calendar) struct calendar *calendar = NULL;
        struct error err = {0};
        for (int count = rand() % 12; count >= 0; count--)
            strbuf_puts(&text,
                        pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
        int64_t next = 0;
        int rc = calendar_parse(strbuf_text(&text), &calendar, &err);
        assert_int_equal(rc < 0, calendar == NULL);
        assert_int_equal(rc < 0, err.text[0] != '\0');
        read += rc == 0;
        if (rc == 0 && calendar_next(calendar, zone, 7, &next) == 0)
            assert_true(next > 7);
    }
    assert_in_range(read, 100, 10000);
}

/* ---- a walk over all minutes ---- */

enum way { SYSTEMD, CRON_FIXED, CRON_BY_CLOCK };

/* What a random text means, as sets. */
struct meaning {
    bool hours[24], minutes[60], weekdays[7]; /* from Monday */
    enum way way;
};

static bool choose(bool *set, int count, int odds)
{
    bool is_any = false;
    for (int i = 0; i < count; i++)
        is_any |= set[i] = rand() % odds == 0;
    return is_any;
}

static void list(const bool *set, int count, int first, struct strbuf *text)
{
    const char *comma = "";
    for (int i = 0; i < count; i++)
        if (set[i]) {
            strbuf_printf(text, "%s%d", comma, first + i);
            comma = ",";
        }
}

static void make_text(const struct meaning *meaning, struct strbuf *text)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu",
                                        "Fri", "Sat", "Sun"};
    if (meaning->way == SYSTEMD) {
        for (int i = 0; i < 7; i++)
            if (meaning->weekdays[i])
                strbuf_printf(text, "%s,", names[i]);
        strbuf_putc(text, ' ');
        list(meaning->hours, 24, 0, text);
        strbuf_putc(text, ':');
        list(meaning->minutes, 60, 0, text);
        return;
    }
    if (meaning->way == CRON_BY_CLOCK)
        strbuf_putc(text, '*');
    else
        list(meaning->minutes, 60, 0, text);
    strbuf_putc(text, ' ');
    list(meaning->hours, 24, 0, text);
    strbuf_puts(text, " * * ");
    list(meaning->weekdays, 7, 1, text);
}

static void make_meaning(enum way way, struct meaning *ret)
{
    ret->way = way;
    while (!choose(ret->hours, 24, 4) || !choose(ret->minutes, 60, 20) ||
           !choose(ret->weekdays, 7, 2))
        continue;
    for (int i = 0; way == CRON_BY_CLOCK && i < 60; i++)
        ret->minutes[i] = true;
}

static bool means(const struct meaning *meaning, int64_t wall)
{
    struct civil civil = civil_of(wall);
    return civil.second == 0 && civil.millisecond == 0 && meaning->hours[civil.hour] &&
           meaning->minutes[civil.minute] && meaning->weekdays[civil.weekday];
}

static bool was_shown_before(const struct zone *zone, int64_t time)
{
    int64_t instants[2];
    return zone_instants(zone, zone_wall(zone, time), instants) == 2 &&
           time == instants[1];
}

static bool was_leapt_over(const struct meaning *meaning, const struct zone *zone,
                           int64_t time)
{
    int64_t wall = zone_wall(zone, time - 1) + 1;
    for (; wall < zone_wall(zone, time); wall += CIVIL_MINUTE)
        if (means(meaning, wall))
            return true;
    return false;
}

static bool is_due(const struct meaning *meaning, const struct zone *zone, int64_t time)
{
    bool matches = means(meaning, zone_wall(zone, time));
    if (meaning->way == CRON_BY_CLOCK)
        return matches;
    if (meaning->way == CRON_FIXED && was_leapt_over(meaning, zone, time))
        return true;
    return matches && !was_shown_before(zone, time);
}

static void assert_walk(const struct meaning *meaning, const char *zone_name,
                        const struct zone *zone, int64_t change)
{
    AUTO(strbuf) struct strbuf text = {0};
    make_text(meaning, &text);
    AUTO(calendar) struct calendar *calendar = calendar_of(strbuf_text(&text));
    int64_t begin = change - 2 * CIVIL_DAY, end = change + 2 * CIVIL_DAY;
    int64_t due = begin;
    assert_int_equal(calendar_next(calendar, zone, begin, &due), 0);
    for (int64_t time = begin + CIVIL_MINUTE; time < end; time += CIVIL_MINUTE) {
        if (is_due(meaning, zone, time) != (time == due))
            fail_msg("\"%s\" in %s around %lld: at minute %lld", strbuf_text(&text),
                     zone_name, (long long)change,
                     (long long)((time - change) / CIVIL_MINUTE));
        if (time == due && calendar_next(calendar, zone, time, &due) < 0)
            due = INT64_MAX;
    }
}

static void gives_each_minute_that_is_due_and_no_other(void **state UNUSED)
{
    static const char *const names[] = {
        "Europe/Berlin",  "Europe/Dublin",       "America/New_York",
        "America/Havana", "Australia/Lord_Howe", "America/Santiago",
        "Asia/Kolkata",   "Antarctica/Troll",
    };
    srand(1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(zone) struct zone *zone = zone_of(names[i]);
        int64_t change = at("2025-12-01T00:00:00Z");
        for (int round = 0; round < 3; round++) {
            int64_t next = zone_change(zone, change);
            change = next < INT64_MAX ? next : change + 5 * CIVIL_DAY;
            for (enum way way = SYSTEMD; way <= CRON_BY_CLOCK; way++) {
                struct meaning meaning;
                make_meaning(way, &meaning);
                assert_walk(&meaning, names[i], zone, change);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_cron),
        cmocka_unit_test(either_day_will_do_where_both_are_named),
        cmocka_unit_test(reads_what_systemd_reads),
        cmocka_unit_test(its_own_zone_goes_before_that_of_who_asks),
        cmocka_unit_test(a_leap_is_taken_as_each_form_takes_it),
        cmocka_unit_test(what_is_shown_twice_is_taken_as_each_form_takes_it),
        cmocka_unit_test(a_day_that_a_place_leapt_over_is_not_caught_up),
        cmocka_unit_test(says_what_is_wrong_with_a_line_of_cron),
        cmocka_unit_test(says_what_is_wrong_with_a_line_of_systemd),
        cmocka_unit_test(bounds_what_it_reads),
        cmocka_unit_test(ends_with_the_year_2199),
        cmocka_unit_test(knows_the_last_time_before_one),
        cmocka_unit_test(knows_how_far_apart_its_times_are),
        cmocka_unit_test(any_text_is_read_or_refused),
        cmocka_unit_test(gives_each_minute_that_is_due_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
