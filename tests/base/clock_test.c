// SPDX-License-Identifier: GPL-3.0-or-later
/* clock - times as text and back, in the years 0000 to 9999. */
#include "base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t parsed(const char *text)
{
    int64_t time = INT64_MIN;
    struct error err = {0};
    if (clock_parse_utc(text, &time, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return time;
}

static void reads_what_rfc_3339_allows(void **state UNUSED)
{
    assert_int_equal(parsed("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(parsed("2026-11-22T09:48:08.123Z"), 1795340888123);
    assert_int_equal(parsed("2026-11-22t09:48:08.123z"), 1795340888123);
    assert_int_equal(parsed("2026-11-22 09:48:08Z"), 1795340888000);
    assert_int_equal(parsed("2026-11-22T10:48:08+01:00"), 1795340888000);
    assert_int_equal(parsed("2026-11-22T10:48:08+0100"), 1795340888000);
    assert_int_equal(parsed("2026-11-22T03:18:08-06:30"), 1795340888000);
    assert_int_equal(parsed("2026-11-22T09:48:08-00:00"), 1795340888000);
    assert_int_equal(parsed("2026-11-23T00:00:00+23:59"),
                     parsed("2026-11-22T00:01:00Z"));
}

static void a_fraction_of_any_length_gives_milliseconds(void **state UNUSED)
{
    assert_int_equal(parsed("1970-01-01T00:00:00.5Z"), 500);
    assert_int_equal(parsed("1970-01-01T00:00:00.05Z"), 50);
    assert_int_equal(parsed("1970-01-01T00:00:00.1239999999999999999999Z"), 123);
    assert_int_equal(parsed("1969-12-31T23:59:59.999Z"), -1);
}

static void knows_leap_years_and_leap_seconds(void **state UNUSED)
{
    assert_int_equal(parsed("2024-02-29T00:00:00Z"), 1709164800000);
    assert_int_equal(parsed("2000-02-29T00:00:00Z"), 951782400000);
    assert_int_equal(parsed("2016-12-31T23:59:60Z"), parsed("2017-01-01T00:00:00Z"));
}

static void refuses_what_is_no_time(void **state UNUSED)
{
    static const char *const wrong[] = {
        "",
        "now",
        "2026-11-22",
        "2026-11-22T09:48Z",
        "2026-11-22T09:48:08",
        "2026-11-22T09:48:08.Z",
        "2026-11-22T09:48:08,5Z",
        "2026-11-22T09:48:08Zx",
        "2026-11-22T09:48:08 Z",
        " 2026-11-22T09:48:08Z",
        "26-11-22T09:48:08Z",
        "2026-1-22T09:48:08Z",
        "2026-00-22T09:48:08Z",
        "2026-13-22T09:48:08Z",
        "2026-11-00T09:48:08Z",
        "2026-11-31T09:48:08Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:08Z",
        "2026-11-22T09:48:61Z",
        "2026-11-22T09:48:08+24:00",
        "2026-11-22T09:48:08+01:60",
        "2026-11-22T09:48:08+1:00",
        "2026-11-22T09:48:08+01",
        "2026-11-22T09:48:08+",
        "+2026-11-22T09:48:08Z",
        "-2026-11-22T09:48:08Z",
        "12026-11-22T09:48:08Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t time = 7;
        struct error err = {0};
        if (clock_parse_utc(wrong[i], &time, &err) != -EINVAL)
            fail_msg("\"%s\" was read", wrong[i]);
        assert_int_equal(time, 7);
        assert_non_null(strstr(err.text, "is no time; expected one such as"));
    }
}

static void the_years_0000_and_9999_are_the_first_and_the_last(void **state UNUSED)
{
    static const char *const ends[] = {"0000-01-01T00:00:00.000Z",
                                       "0999-07-01T12:30:00.001Z",
                                       "9999-12-31T23:59:59.999Z"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[CLOCK_TEXT_SIZE];
        clock_format_utc(parsed(ends[i]), text);
        assert_string_equal(text, ends[i]);
    }
    int64_t time;
    assert_int_equal(clock_parse_utc("0000-01-01T00:00:00+00:01", &time, NULL),
                     -EINVAL);
    assert_int_equal(clock_parse_utc("9999-12-31T23:59:59-00:01", &time, NULL),
                     -EINVAL);
    assert_int_equal(clock_parse_utc("9999-12-31T23:59:60Z", &time, NULL), -EINVAL);
}

static void formats_what_it_reads(void **state UNUSED)
{
    char text[CLOCK_TEXT_SIZE];
    for (int64_t time = -62167219200000; time < 253402300800000; time += 77777777777) {
        clock_format_utc(time, text);
        assert_int_equal(parsed(text), time);
    }
    clock_format_utc(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void any_number_can_be_formatted(void **state UNUSED)
{
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, 1LL << 60};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[CLOCK_TEXT_SIZE];
        clock_format_utc(times[i], text);
        assert_true(strlen(text) < sizeof text);
        for (int form = CLOCK_MINUTES; form <= CLOCK_MAIL; form++) {
            clock_format_local(times[i], (enum clock_form)form, text);
            assert_true(strlen(text) < sizeof text);
        }
    }
}

static void use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void formats_in_the_zone_of_the_process(void **state UNUSED)
{
    char text[CLOCK_TEXT_SIZE];
    use_zone("CST6CDT");
    clock_format_local(1795340888123, CLOCK_MINUTES, text);
    assert_string_equal(text, "2026-11-22 03:48");
    clock_format_local(1795340888123, CLOCK_SECONDS, text);
    assert_string_equal(text, "2026-11-22 03:48:08");
    clock_format_local(1795340888123, CLOCK_ZONED, text);
    assert_string_equal(text, "2026-11-22 03:48 CST");
    clock_format_local(1795340888123, CLOCK_OFFSET, text);
    assert_string_equal(text, "2026-11-22 03:48:08 -0600");
    clock_format_local(1795340888123, CLOCK_MAIL, text);
    assert_string_equal(text, "Sun, 22 Nov 2026 03:48:08 -0600");
    use_zone("UTC0");
    clock_format_local(-1, CLOCK_SECONDS, text);
    assert_string_equal(text, "1969-12-31 23:59:59");
}

static void reads_a_time_in_the_zone_of_the_process(void **state UNUSED)
{
    int64_t day, minute, second, summer;
    use_zone("America/Chicago");
    assert_int_equal(clock_parse_local("2026-11-01", &day), 0);
    assert_int_equal(day, 1793509200000);
    assert_int_equal(clock_parse_local("2026-11-22 10:00", &minute), 0);
    assert_int_equal(clock_parse_local("2026-11-22T10:00:01", &second), 0);
    assert_int_equal(minute, 1795363200000);
    assert_int_equal(second, minute + 1000);
    assert_int_equal(clock_parse_local("2026-03-08 02:30", &summer), 0);
    use_zone("UTC");
}

static void refuses_a_local_time_that_is_none(void **state UNUSED)
{
    static const char *const texts[] = {"",
                                        "2026-02-30",
                                        "2026-13-01",
                                        "2026-11",
                                        "2026-11-01T10",
                                        "2026-11-01x",
                                        "2026-11-01T10:00Z"};
    int64_t time = 7;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(clock_parse_local(texts[i], &time), -EINVAL);
    assert_int_equal(time, 7);
}

static void the_clocks_go_forward(void **state UNUSED)
{
    assert_true(clock_now() > 1700000000000);
    int64_t before = clock_monotonic();
    assert_true(clock_monotonic() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_rfc_3339_allows),
        cmocka_unit_test(a_fraction_of_any_length_gives_milliseconds),
        cmocka_unit_test(knows_leap_years_and_leap_seconds),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(the_years_0000_and_9999_are_the_first_and_the_last),
        cmocka_unit_test(formats_what_it_reads),
        cmocka_unit_test(any_number_can_be_formatted),
        cmocka_unit_test(formats_in_the_zone_of_the_process),
        cmocka_unit_test(reads_a_time_in_the_zone_of_the_process),
        cmocka_unit_test(refuses_a_local_time_that_is_none),
        cmocka_unit_test(the_clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
