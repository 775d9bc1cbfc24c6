// SPDX-License-Identifier: GPL-3.0-or-later
/* swap - its use is judged, what goes in and out is measured. */
#include <unistd.h>

#include "watch.h"

static void put(struct watch *watch, int total, int idle, const char *vmstat)
{
    AUTO(str)
    char *text = text_format("SwapCached: 5 kB\nSwapTotal: %d kB\nSwapFree: %d kB\n",
                             total, idle);
    watch_put(watch, "/proc/meminfo", text);
    watch_put(watch, "/proc/vmstat", vmstat);
}

static void judges_how_full_it_is(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "");
    put(&watch, 1000, 900, "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "swap used 10.0 % (100 KiB of 1000 KiB), below 80.0 %");
    put(&watch, 1000, 200, "");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "swap used 80.0 % (800 KiB of 1000 KiB), warning from 80.0 %");
    put(&watch, 1000, 0, "");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "swap used 100.0 % (1000 KiB of 1000 KiB), fail from 95.0 %");
}

static void a_full_one_is_well_while_there_is_memory(void **state UNUSED)
{
    static const char format[] = "MemTotal: 1000 kB\nMemAvailable: %d kB\n"
                                 "SwapTotal: 100 kB\nSwapFree: 1 kB\n";
    for (int available = 140; available <= 150; available += 10) {
        AUTO(watch) struct watch watch;
        AUTO(str) char *text = text_format(format, available);
        watch_begin(&watch, "swap", "");
        watch_put(&watch, "/proc/meminfo", text);
        assert_int_equal(watch_look(&watch, 0), 0);
        if (available < 150)
            assert_state(&watch, NULL, STATE_FAIL,
                         "swap used 99.0 % (99 KiB of 100 KiB), fail from 95.0 %");
        else
            assert_state(&watch, NULL, STATE_OK,
                         "swap used 99.0 %, and 15.0 % of memory is available");
        assert_reading(&watch, NULL, "used", 99, "%");
    }
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "(memory-below off)");
    AUTO(str) char *text = text_format(format, 900);
    watch_put(&watch, "/proc/meminfo", text);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "swap used 99.0 % (99 KiB of 100 KiB), fail from 95.0 %");
}

static void measures_what_goes_in_and_out(void **state UNUSED)
{
    double page = (double)sysconf(_SC_PAGESIZE);
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "");
    put(&watch, 1000, 900, "pswpin 100\npswpout 1000\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_true(isnan(watch_reading(&watch, NULL, "in")));
    put(&watch, 1000, 900, "pswpin 160\npswpout 1000\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, NULL, "in", page, "B/s");
    assert_reading(&watch, NULL, "out", 0, "B/s");

    put(&watch, 1000, 900, "pswpin 5\npswpout 1060\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(isnan(watch_reading(&watch, NULL, "in")));
    assert_reading(&watch, NULL, "out", page, "B/s");
}

static void a_machine_without_swap_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "");
    watch_recorded(&watch, "guest");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("swap", "/proc/meminfo");
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "swap", "");
    put(&watch, 100, 200, "");
    assert_int_equal(watch_look(&watch, 0), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_how_full_it_is),
        cmocka_unit_test(a_full_one_is_well_while_there_is_memory),
        cmocka_unit_test(measures_what_goes_in_and_out),
        cmocka_unit_test(a_machine_without_swap_has_nothing_to_watch),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
