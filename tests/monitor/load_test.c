// SPDX-License-Identifier: GPL-3.0-or-later
/* load - the five-minute average per core is judged. */
#include "watch.h"

static void judges_the_average_per_core(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "load", "(warn 2) (fail 4)");
    watch_put(&watch, "/sys/devices/system/cpu/online", "0-2,5\n");
    watch_put(&watch, "/proc/loadavg", "99.00 7.99 1.50 1/2 3\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "load 2.00 per core (7.99 on 4 cores), below 2.00");
    assert_reading(&watch, NULL, "1m", 99, "");
    assert_reading(&watch, NULL, "5m", 7.99, "");

    watch_put(&watch, "/proc/loadavg", "0.00 12.80 1.50 1/2 3\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "load 3.20 per core (12.80 on 4 cores), warning from 2.00");

    watch_put(&watch, "/proc/loadavg", "0.00 16.00 1.50 1/2 3\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "load 4 per core (16.00 on 4 cores), fail from 4");
}

static void takes_one_core_where_they_are_not_listed(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "load", "");
    watch_recorded(&watch, "router");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "load 0.03 per core (0.03 on 1 core), below 4.00");
}

static void counts_the_cores_of_a_large_machine(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "load", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "load 0.30 per core (19.20 on 64 cores), below 4.00");
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("load", "/proc/loadavg");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_the_average_per_core),
        cmocka_unit_test(takes_one_core_where_they_are_not_listed),
        cmocka_unit_test(counts_the_cores_of_a_large_machine),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
