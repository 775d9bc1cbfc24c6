// SPDX-License-Identifier: GPL-3.0-or-later
/* schedule - arithmetic, over many hosts. */
#include "daemon/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define MINUTE 60000
#define HOUR   (60 * MINUTE)

static void spreads_a_thousand_hosts_evenly(void **state)
{
    (void)state;
    int seconds[60] = {0};
    for (int i = 0; i < 6000; i++) {
        char host[32];
        snprintf(host, sizeof host, "penguin%d", i);
        int64_t phase = schedule_phase(host, "daemon", MINUTE);
        assert_true(phase >= 0 && phase < MINUTE);
        seconds[phase / 1000]++;
    }
    for (int i = 0; i < 60; i++)
        assert_in_range(seconds[i], 60, 145); /* 100 were expected */
}

static void gives_each_tag_its_own_phase(void **state)
{
    (void)state;
    assert_int_equal(schedule_phase("a", "load", HOUR),
                     schedule_phase("a", "load", HOUR));
    assert_int_not_equal(schedule_phase("a", "load", HOUR),
                         schedule_phase("a", "disk", HOUR));
    assert_int_not_equal(schedule_phase("a", "bc", HOUR),
                         schedule_phase("ab", "c", HOUR));
}

static void does_everything_soon_after_the_start(void **state)
{
    (void)state;
    assert_int_equal(schedule_first(HOUR, 7 * MINUTE + 123), 0 * MINUTE + 123);
    assert_true(schedule_first(HOUR, HOUR - 1) < SCHEDULE_FIRST);
    assert_int_equal(schedule_first(200, 150), 150);
}

static void keeps_to_its_phase(void **state)
{
    (void)state;
    int64_t now = 123456789;
    for (int i = 0; i < 100; i++) {
        int64_t wait = schedule_next(now, MINUTE, 17000);
        assert_true(wait >= MINUTE / 2 && wait < MINUTE + MINUTE / 2);
        assert_int_equal((now + wait) % MINUTE, 17000);
        now += wait + i * 100; /* the look took its time */
    }
    assert_int_equal(schedule_next(MINUTE * 1000 + 17000, MINUTE, 17000), MINUTE);
}

static void makes_up_for_nothing_that_was_missed(void **state)
{
    (void)state;
    int64_t wait = schedule_next(1000 * (int64_t)HOUR, MINUTE, 5);
    assert_true(wait <= MINUTE + MINUTE / 2);
}

static void doubles_the_pause_up_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(schedule_pause(MINUTE, 0), MINUTE);
    assert_int_equal(schedule_pause(MINUTE, 1), 2 * MINUTE);
    assert_int_equal(schedule_pause(MINUTE, 5), 32 * MINUTE);
    assert_int_equal(schedule_pause(MINUTE, 6), HOUR);
    assert_int_equal(schedule_pause(MINUTE, 1000000), HOUR);
    assert_int_equal(schedule_pause(24 * (int64_t)HOUR, 3), 24 * (int64_t)HOUR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spreads_a_thousand_hosts_evenly),
        cmocka_unit_test(gives_each_tag_its_own_phase),
        cmocka_unit_test(does_everything_soon_after_the_start),
        cmocka_unit_test(keeps_to_its_phase),
        cmocka_unit_test(makes_up_for_nothing_that_was_missed),
        cmocka_unit_test(doubles_the_pause_up_to_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
