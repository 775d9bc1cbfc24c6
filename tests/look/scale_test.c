// SPDX-License-Identifier: GPL-3.0-or-later
/* scale - marks are round, few, and hold what is shown. */
#include "look/scale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/compiler.h"

#define STEPS 5

static void expect_near(double found, double wanted)
{
    assert_true(fabs(found - wanted) <= 1e-9 * fabs(wanted));
}

static void expect(double minimum, double maximum, const char *unit, double low,
                   double high, double step)
{
    struct scale scale = scale_find(minimum, maximum, unit, STEPS);
    expect_near(scale.low, low);
    expect_near(scale.high, high);
    expect_near(scale.step, step);
}

static void marks_are_round(void **state UNUSED)
{
    expect(0, 10, "", 0, 10, 2);
    expect(0.2, 1.4, "", 0, 1.5, 0.5);
    expect(41, 43, "%", 41, 43, 0.5);
    expect(-3, 4, "C", -4, 4, 2);
    expect(0.00012, 0.00019, "", 0.00012, 0.0002, 0.00002);
}

static void sizes_go_by_powers_of_two(void **state UNUSED)
{
    expect(0, 3e9, "B", 0, 3221225472.0, 1073741824.0);
    expect(0, 1000, "B/s", 0, 1024, 256);
    expect(0, 0.5, "B", 0, 1, 1);
}

static void long_times_go_by_minutes_hours_and_days(void **state UNUSED)
{
    expect(0, 400, "s", 0, 480, 120);
    expect(0, 10 * 86400, "s", 0, 10 * 86400, 2 * 86400);
    expect(0, 11 * 86400, "s", 0, 14 * 86400, 7 * 86400);
    expect(0, 0.3, "s", 0, 0.3, 0.1);
}

static void a_value_that_never_changes_has_room(void **state UNUSED)
{
    static const double values[] = {0, 1, -1, 5, 1e300, 1e-300, 123456789.125};
    static const char *const units[] = {"", "B", "s", "%"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t j = 0; j < sizeof units / sizeof *units; j++) {
            struct scale scale = scale_find(values[i], values[i], units[j], STEPS);
            assert_true(scale.low <= values[i] && values[i] <= scale.high);
            assert_true(scale.low < scale.high);
        }
}

static void marks_are_few_and_hold_everything(void **state UNUSED)
{
    static const char *const units[] = {"", "B", "s"};
    srand(7);
    for (int i = 0; i < 3000; i++) {
        double one = ldexp(rand() - RAND_MAX / 2, rand() % 40 - 40);
        double other = ldexp(rand() - RAND_MAX / 2, rand() % 40 - 40);
        double low = fmin(one, other), high = fmax(one, other);
        struct scale scale = scale_find(low, high, units[i % 3], STEPS);
        assert_true(scale.low <= low && high <= scale.high);
        assert_true((scale.high - scale.low) / scale.step < STEPS + 0.5);
    }
}

/* ---- times ---- */

#define HOUR ((int64_t)3600 * 1000)
#define DAY  (24 * HOUR)

static void few_marks_fit_into_any_span(void **state UNUSED)
{
    assert_int_equal(scale_time_step(DAY, 5), 6 * HOUR);
    assert_int_equal(scale_time_step(HOUR, 4), HOUR / 4);
    assert_int_equal(scale_time_step(7 * DAY, 4), 2 * DAY);
    for (int64_t span = 1; span < INT64_MAX / 100; span *= 3)
        assert_true(span / scale_time_step(span, 3) <= 3);
}

static int64_t at(const char *text)
{
    int64_t time;
    assert_int_equal(clock_parse_utc(text, &time, NULL), 0);
    return time;
}

static void use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void expect_mark(const char *time, int64_t step, const char *wanted)
{
    assert_int_equal(scale_time_mark(at(time), step), at(wanted));
}

static void marks_are_round_on_the_readers_wall(void **state UNUSED)
{
    use_zone("America/Chicago");
    expect_mark("2026-11-22T09:48:08Z", HOUR, "2026-11-22T10:00:00Z");
    expect_mark("2026-11-22T09:48:08Z", 6 * HOUR, "2026-11-22T12:00:00Z");
    expect_mark("2026-11-22T12:00:00Z", 6 * HOUR, "2026-11-22T12:00:00Z");
    expect_mark("2026-11-22T09:48:08Z", DAY, "2026-11-23T06:00:00Z");
    expect_mark("2026-11-22T06:00:00Z", DAY, "2026-11-22T06:00:00Z");
    use_zone("Asia/Kolkata");
    expect_mark("2026-11-22T09:48:08Z", HOUR, "2026-11-22T10:30:00Z");
}

static void weeks_begin_on_mondays(void **state UNUSED)
{
    use_zone("UTC");
    expect_mark("2026-11-22T09:48:08Z", 7 * DAY, "2026-11-23T00:00:00Z");
    expect_mark("2026-11-23T00:00:00.001Z", 7 * DAY, "2026-11-30T00:00:00Z");
}

static void marks_stay_round_when_the_clocks_change(void **state UNUSED)
{
    use_zone("America/Chicago");
    expect_mark("2026-11-01T05:00:00Z", 6 * HOUR, "2026-11-01T05:00:00Z");
    expect_mark("2026-11-01T05:00:01Z", 6 * HOUR, "2026-11-01T12:00:00Z");
    expect_mark("2026-03-08T06:00:01Z", 6 * HOUR, "2026-03-08T11:00:00Z");
    expect_mark("2026-03-08T06:00:01Z", DAY, "2026-03-09T05:00:00Z");
}

static void marks_always_go_on(void **state UNUSED)
{
    static const int64_t steps[] = {1000, 60000,   HOUR,    6 * HOUR,
                                    DAY,  7 * DAY, 91 * DAY};
    use_zone("Europe/Berlin");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int64_t time = at("2026-10-24T21:59:59Z");
        for (int j = 0; j < 60; j++) {
            int64_t next = scale_time_mark(time + 1, steps[i]);
            assert_true(next > time);
            time = next;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_round),
        cmocka_unit_test(sizes_go_by_powers_of_two),
        cmocka_unit_test(long_times_go_by_minutes_hours_and_days),
        cmocka_unit_test(a_value_that_never_changes_has_room),
        cmocka_unit_test(marks_are_few_and_hold_everything),
        cmocka_unit_test(few_marks_fit_into_any_span),
        cmocka_unit_test(marks_are_round_on_the_readers_wall),
        cmocka_unit_test(weeks_begin_on_mondays),
        cmocka_unit_test(marks_stay_round_when_the_clocks_change),
        cmocka_unit_test(marks_always_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
