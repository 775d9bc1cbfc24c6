// SPDX-License-Identifier: GPL-3.0-or-later
/* cpu - shares of the ticks between two looks. */
#include "watch.h"

static void put(struct watch *watch, const char *ticks)
{
    AUTO(str) char *text = text_format("cpu  %s\ncpu0 %s\nctxt 1\n", ticks, ticks);
    watch_put(watch, "/proc/stat", text);
}

static void needs_two_looks(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "cpu", "");
    put(&watch, "1000 0 1000 8000 0 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch.findings.count, 0);
    assert_int_equal(watch_look(&watch, 60), -EAGAIN);

    put(&watch, "1100 0 1100 8790 10 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "busy 20.0 %, below 98.0 %; steal 0.0 %, below 20.0 %");
    assert_reading(&watch, NULL, "busy", 20, "%");
    assert_reading(&watch, NULL, "iowait", 1, "%");
    assert_reading(&watch, NULL, "steal", 0, "%");
}

static void tells_work_from_waiting_and_stealing(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "cpu", "(fail \"99%\") (iowait-warn \"60%\")");
    put(&watch, "0 0 0 0 0 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "500 100 300 10 0 40 50 0 400 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL, "busy 99.0 %, fail from 99.0 %");

    put(&watch, "500 100 300 110 650 40 50 250 400 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "iowait 65.0 %, warning from 60.0 %; steal 25.0 %, warning from "
                 "20.0 %");
}

static void counters_that_went_back_make_no_odd_numbers(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "cpu", "");
    put(&watch, "1000 0 1000 8000 500 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "1100 0 1000 8100 480 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, NULL, "busy", 50, "%");
    assert_reading(&watch, NULL, "iowait", 0, "%");

    put(&watch, "10 0 10 80 5 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 60), -EAGAIN);
    put(&watch, "20 0 20 160 5 0 0 0 0 0");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, NULL, "busy", 20, "%");
}

static void understands_an_old_kernel(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "cpu", "");
    watch_put(&watch, "/proc/stat", "cpu  0 0 0 0\n");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    watch_put(&watch, "/proc/stat", "cpu  1 0 0 3\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, NULL, "busy", 25, "%");
}

static void measures_this_machine(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "cpu", "");
    watch_recorded(&watch, NULL);
    int rc = watch_look(&watch, 0);
    for (int i = 0; rc == -EAGAIN && i < 1000000; i++)
        rc = watch_look(&watch, 1);
    assert_int_equal(rc, 0);
    assert_in_range((int)watch_reading(&watch, NULL, "busy"), 0, 100);
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("cpu", "/proc/stat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_two_looks),
        cmocka_unit_test(tells_work_from_waiting_and_stealing),
        cmocka_unit_test(counters_that_went_back_make_no_odd_numbers),
        cmocka_unit_test(understands_an_old_kernel),
        cmocka_unit_test(measures_this_machine),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
