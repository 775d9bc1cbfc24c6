// SPDX-License-Identifier: GPL-3.0-or-later
/* when - each form, in a zone with summer time. */
#include "look/when.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

#define NOW INT64_C(1795340888123) /* 2026-11-22T09:48:08.123Z */

static int use_berlin(void **state UNUSED)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    return 0;
}

static void expect(const char *text, const char *wanted)
{
    int64_t time;
    char found[CLOCK_TEXT_SIZE];
    assert_int_equal(when_parse(text, NOW, &time, NULL), 0);
    clock_format_utc(time, found);
    assert_string_equal(found, wanted);
}

static void a_duration_goes_back_from_now(void **state UNUSED)
{
    expect("7d", "2026-11-15T09:48:08.123Z");
    expect("1h30m", "2026-11-22T08:18:08.123Z");
}

static void a_date_is_when_that_day_began_here(void **state UNUSED)
{
    expect("2026-11-01", "2026-10-31T23:00:00.000Z");
    expect("2026-07-01", "2026-06-30T22:00:00.000Z");
}

static void a_time_is_of_the_readers_zone(void **state UNUSED)
{
    expect("2026-11-01 09:30", "2026-11-01T08:30:00.000Z");
    expect("2026-07-01T09:30:15", "2026-07-01T07:30:15.000Z");
}

static void a_time_with_a_zone_keeps_it(void **state UNUSED)
{
    expect("2026-11-01T09:30:15Z", "2026-11-01T09:30:15.000Z");
    expect("2026-11-01 09:30:15-06:00", "2026-11-01T15:30:15.000Z");
}

static void a_time_that_the_clocks_leapt_over_is_moved_on(void **state UNUSED)
{
    int64_t time;
    assert_int_equal(when_parse("2026-03-29 02:30", NOW, &time, NULL), 0);
}

static void what_is_no_time_is_refused_and_named(void **state UNUSED)
{
    static const char *const wrong[] = {
        "",           "yesterday",         "2026-13-01",
        "2026-02-30", "2026-11-01 25:00",  "2026-11-01x",
        "-7d",        "2026-11-01 09:30 ", "7 d",
        "100000y",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t time = 5;
        struct error err = {0};
        assert_int_equal(when_parse(wrong[i], NOW, &time, &err), -EINVAL);
        assert_non_null(strstr(err.text, wrong[i]));
        assert_int_equal(time, 5);
    }
}

static void an_option_that_is_wrong_is_named(void **state UNUSED)
{
    int64_t time = 5;
    struct error err = {0};
    assert_int_equal(when_parse_option("--until", "soon", NOW, &time, &err), -EINVAL);
    assert_ptr_equal(strstr(err.text, "--until: \"soon\""), err.text);
    assert_int_equal(time, 5);
}

static void an_option_without_a_text_changes_nothing(void **state UNUSED)
{
    int64_t time = 5;
    assert_int_equal(when_parse_option("--since", NULL, NOW, &time, NULL), 0);
    assert_int_equal(time, 5);
    assert_int_equal(when_parse_option("--since", "1d", NOW, &time, NULL), 0);
    assert_int_equal(time, NOW - INT64_C(86400000));
}

static void how_long_ago_is_said(void **state UNUSED)
{
    char text[WHEN_TEXT_SIZE];
    assert_string_equal(when_ago(NOW - 90000, NOW, text), "1 min 30 s ago");
    assert_string_equal(when_ago(NOW, NOW, text), "0 ms ago");
    assert_string_equal(when_ago(NOW + 5000, NOW, text), "5.0 s ahead");
}

static void a_duration_ahead_is_that_long_from_now(void **state UNUSED)
{
    int64_t time = 0;
    struct error why = {0};
    assert_int_equal(when_parse_ahead("2h", 1000, &time, NULL), 0);
    assert_int_equal(time, 7201000);
    assert_int_equal(when_parse_ahead("2026-11-22T09:48:08Z", 1000, &time, NULL), 0);
    assert_int_equal(time, 1795340888000);
    assert_int_equal(when_parse_ahead("soon", 1000, &time, &why), -EINVAL);
    assert_non_null(strstr(why.text, "from now"));
    assert_int_equal(time, 1795340888000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_goes_back_from_now),
        cmocka_unit_test(a_date_is_when_that_day_began_here),
        cmocka_unit_test(a_time_is_of_the_readers_zone),
        cmocka_unit_test(a_time_with_a_zone_keeps_it),
        cmocka_unit_test(a_time_that_the_clocks_leapt_over_is_moved_on),
        cmocka_unit_test(what_is_no_time_is_refused_and_named),
        cmocka_unit_test(an_option_that_is_wrong_is_named),
        cmocka_unit_test(an_option_without_a_text_changes_nothing),
        cmocka_unit_test(how_long_ago_is_said),
        cmocka_unit_test(a_duration_ahead_is_that_long_from_now),
    };
    return cmocka_run_group_tests(tests, use_berlin, NULL);
}
