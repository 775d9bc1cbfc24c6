// SPDX-License-Identifier: GPL-3.0-or-later
/* every - durations and calendars told apart, when the next one is due, and how late it
 * may be. */
#include "calendar/every.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795340888000) /* 2026-11-22T09:48:08Z, a Sunday */

static struct every *every_of(const char *text)
{
    struct every *every = NULL;
    struct error err = {0};
    if (every_parse(text, NOW, &every, &err) < 0)
        fail_msg("%s", err.text);
    return every;
}

static void knows_when_the_next_is_due_and_how_late_it_may_be(void **state UNUSED)
{
    static const int64_t midnight = NOW - 9 * CIVIL_HOUR - 48 * CIVIL_MINUTE - 8000;
    static const struct {
        const char *text;
        int64_t next, grace;
    } cases[] = {
        {"1d", NOW + CIVIL_DAY, CIVIL_DAY / 5},
        {"90m", NOW + 90 * CIVIL_MINUTE, 18 * CIVIL_MINUTE},
        {"30", NOW + 30 * CIVIL_SECOND, 5 * CIVIL_MINUTE},
        {"4w", NOW + 28 * CIVIL_DAY, CIVIL_DAY},
        {"0 3 * * *", midnight + 27 * CIVIL_HOUR, CIVIL_DAY / 5},
        {"@daily", midnight + CIVIL_DAY, CIVIL_DAY / 5},
        {"*/5 * * * *", midnight + 9 * CIVIL_HOUR + 50 * CIVIL_MINUTE,
         5 * CIVIL_MINUTE},
        {"Mon..Fri 03:00", midnight + 27 * CIVIL_HOUR, CIVIL_DAY / 5},
        {"monthly", midnight + 9 * CIVIL_DAY, CIVIL_DAY},
        {"10:00", midnight + 10 * CIVIL_HOUR, CIVIL_DAY / 5},
        {"2026-12-24", midnight + 32 * CIVIL_DAY, 5 * CIVIL_MINUTE},
    };
    AUTO(zone) struct zone *zone = NULL;
    assert_int_equal(zone_load("UTC", &zone, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(every) struct every *every = every_of(cases[i].text);
        int64_t next = 0;
        assert_int_equal(every_next(every, zone, NOW, &next), 0);
        if (next != cases[i].next || every_grace(every) != cases[i].grace)
            fail_msg("\"%s\": next %lld, grace %lld", cases[i].text,
                     (long long)(next - NOW), (long long)every_grace(every));
    }
}

static void a_calendar_follows_the_clocks_and_a_duration_does_not(void **state UNUSED)
{
    int64_t eve = INT64_C(1774670400000); /* 2026-03-28 04:00 UTC, 5:00 in Berlin */
    AUTO(zone) struct zone *zone = NULL;
    assert_int_equal(zone_load("Europe/Berlin", &zone, NULL), 0);
    AUTO(every) struct every *calendar = every_of("0 5 * * *");
    AUTO(every) struct every *duration = every_of("1d");
    int64_t next;
    assert_int_equal(every_next(calendar, zone, eve, &next), 0);
    assert_int_equal(next, eve + 23 * CIVIL_HOUR);
    assert_int_equal(every_next(duration, zone, eve, &next), 0);
    assert_int_equal(next, eve + 24 * CIVIL_HOUR);
}

/* 1:45 was; and then the clocks show 1:30 again. */
static void what_the_clocks_show_again_is_not_due_again(void **state UNUSED)
{
    static const struct {
        const char *zone, *text;
        int64_t began, next; /* seconds */
    } cases[] = {
        {"America/Chicago", "01:45", 1825572600, 1825659900},
        {"America/Chicago", "45 1 * * *", 1825572600, 1825659900},
        {"America/Chicago", "01:45", 1825573560, 1825659900},
        {"America/Chicago", "01:45", 1825569000, 1825569900},
        {"America/Chicago", "*:45", 1825566000, 1825566300},
        {"America/Chicago", "45 * * * *", 1825572600, 1825573500},
        {"Australia/Lord_Howe", "01:45", 1806765000, 1806851700},
        {"Australia/Lord_Howe", "01:45", 1806763200, 1806763500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(zone) struct zone *zone = NULL;
        AUTO(every) struct every *every = every_of(cases[i].text);
        int64_t next;
        assert_int_equal(zone_load(cases[i].zone, &zone, NULL), 0);
        assert_int_equal(every_next(every, zone, cases[i].began * 1000, &next), 0);
        if (next != cases[i].next * 1000)
            fail_msg("%s %s: %lld", cases[i].zone, cases[i].text,
                     (long long)(next / 1000));
    }
}

static void says_what_is_wrong(void **state UNUSED)
{
    static const struct {
        const char *text, *said;
        int rc;
    } cases[] = {
        {"", "expected a weekday, a date, a time of day", -EINVAL},
        {"0", "\"0\": expected more than no time", -EINVAL},
        {"0s", "expected more than no time", -EINVAL},
        {"1dd", "\"1dd\" is no duration", -EINVAL},
        {"5 minutes", "column 3: found minutes, expected", -EINVAL},
        {"999999999y", "is too long a duration", -ERANGE},
        {"dayly", "or a word such as daily; did you mean daily?", -EINVAL},
        {"0 3 * *", "expected five fields", -EINVAL},
        {"2020-01-01", "\"2020-01-01\" never comes again", -EINVAL},
        {"0 0 30 2 *", "never comes again", -EINVAL},
        {"03:00 Nowhere", "no time zone is called Nowhere", -ENOENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct every *every = NULL;
        struct error err = {0};
        int rc = every_parse(cases[i].text, NOW, &every, &err);
        if (rc != cases[i].rc || !strstr(err.text, cases[i].said))
            fail_msg("\"%s\": %d, %s", cases[i].text, rc, err.text);
        assert_null(every);
    }
}

static void there_is_nothing_behind_the_last(void **state UNUSED)
{
    AUTO(zone) struct zone *zone = NULL;
    assert_int_equal(zone_load("UTC", &zone, NULL), 0);
    AUTO(every) struct every *once = every_of("2026-12-24");
    AUTO(every) struct every *daily = every_of("1d");
    int64_t next = 7;
    assert_int_equal(every_next(once, zone, NOW + 100 * CIVIL_DAY, &next), -ENOENT);
    assert_int_equal(every_next(daily, zone, INT64_MAX, &next), -ENOENT);
    assert_int_equal(next, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_when_the_next_is_due_and_how_late_it_may_be),
        cmocka_unit_test(a_calendar_follows_the_clocks_and_a_duration_does_not),
        cmocka_unit_test(what_the_clocks_show_again_is_not_due_again),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(there_is_nothing_behind_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
