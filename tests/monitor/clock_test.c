// SPDX-License-Identifier: GPL-3.0-or-later
/* clock - what the kernel knows of its clock. */
#include "watch.h"

static void a_clock_that_is_kept_right_is_well(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "clock", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "synchronised; it may be wrong by 22 ms, below 5.0 s");
    assert_reading(&watch, NULL, "error", 0.0215, "s");
    assert_reading(&watch, NULL, "offset", -0.000012, "s"); /* it gave nanoseconds */
}

static void one_that_nobody_keeps_right_is_a_warning(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "clock", "");
    watch_recorded(&watch, "guest");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "the clock is not synchronised: nothing keeps it right");
    assert_true(isnan(watch_reading(&watch, NULL, "error")));
}

static void judges_how_wrong_it_may_be(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "clock", "(warn \"1s\") (fail \"10s\")");
    watch_put(&watch, "/adjtimex", "status 1\noffset 250000\nmaxerror 1500000\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "it may be wrong by 1.5 s, warning from 1.0 s");
    assert_reading(&watch, NULL, "offset", 0.25, "s");
    watch_put(&watch, "/adjtimex", "status 1\noffset 0\nmaxerror 15500000\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "it may be wrong by 15.5 s, fail from 10.0 s");
}

static void looks_at_this_machine(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "clock", "");
    watch_recorded(&watch, NULL);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_true(watch.findings.count <= 3); /* none, where this is a container */
}

static void what_the_host_keeps_right_is_not_looked_at(void **state UNUSED)
{
    static const char *const signs[] = {"/run/systemd/container", "/.dockerenv",
                                        "/sys/bus/vmbus/drivers/hv_utils/uevent"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        AUTO(watch) struct watch watch;
        watch_begin(&watch, "clock", "");
        watch_put(&watch, "/adjtimex", "status 64\noffset 0\nmaxerror 16000000\n");
        assert_int_equal(watch_look(&watch, 0), 0);
        assert_int_equal(watch.findings.count, 1);
        watch_put(&watch, signs[i], "");
        assert_int_equal(watch_look(&watch, 60), 0);
        assert_int_equal(watch.findings.count, 0);
    }
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("clock", "/adjtimex");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_kept_right_is_well),
        cmocka_unit_test(one_that_nobody_keeps_right_is_a_warning),
        cmocka_unit_test(judges_how_wrong_it_may_be),
        cmocka_unit_test(looks_at_this_machine),
        cmocka_unit_test(what_the_host_keeps_right_is_not_looked_at),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
