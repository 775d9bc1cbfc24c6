// SPDX-License-Identifier: GPL-3.0-or-later
/* pressure - PSI: some for processors, full for memory and disks. */
#include "watch.h"

static void put(struct watch *watch, const char *resource, double some, double full)
{
    AUTO(str) char *path = text_format("/proc/pressure/%s", resource);
    AUTO(str)
    char *text = text_format("some avg10=99.00 avg60=%.2f avg300=0.00 total=1\n"
                             "full avg10=99.00 avg60=%.2f avg300=0.00 total=1\n",
                             some, full);
    watch_put(watch, path, text);
}

static void judges_each_resource(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "pressure", "(cpu-warn \"90%\") (io-warn \"60%\")");
    put(&watch, "cpu", 95.5, 0);
    put(&watch, "memory", 60, 45.25);
    put(&watch, "io", 80, 3.5);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "cpu", STATE_WARNING,
                 "time in which some work waited for a processor: 95.5 %, warning from "
                 "90.0 %");
    assert_state(&watch, "memory", STATE_FAIL,
                 "time in which all work waited for memory: 45.2 %, fail from 40.0 %");
    assert_state(&watch, "io", STATE_OK,
                 "time in which all work waited for a disk: 3.5 %, below 60.0 %");
    assert_reading(&watch, "cpu", "some", 95.5, "%");
    assert_reading(&watch, "memory", "some", 60, "%");
    assert_reading(&watch, "io", "full", 3.5, "%");
    assert_true(isnan(watch_reading(&watch, "cpu", "full")));
}

static void only_memory_is_judged_unless_more_is_asked_for(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "pressure", "");
    watch_put(&watch, "/proc/pressure/cpu",
              "some avg10=1.00 avg60=99.00 avg300=1.00 total=1\n");
    put(&watch, "memory", 5, 1);
    put(&watch, "io", 99, 98);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_no_state(&watch, "cpu");
    assert_no_state(&watch, "io");
    assert_reading(&watch, "cpu", "some", 99, "%");
    assert_reading(&watch, "io", "full", 98, "%");
    assert_state(&watch, "memory", STATE_OK,
                 "time in which all work waited for memory: 1.0 %, below 10.0 %");
}

static void a_kernel_without_it_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "pressure", "");
    watch_recorded(&watch, "router");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

static void refuses_what_it_does_not_understand(void **state UNUSED)
{
    static const char *const wrong[] = {
        "", "some avg10=x avg60=y\n", "some avg10=0.00 avg60=120.00 avg300=0.00\n",
        "some avg10=0.00 avg60=-1.00 avg300=0.00\n",
        "some avg10=0.00 avg60=1.00 avg300=0.00 total=1\n" /* memory has a full */};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(watch) struct watch watch;
        watch_begin(&watch, "pressure", "");
        watch_put(&watch, "/proc/pressure/memory", wrong[i]);
        assert_int_equal(watch_look(&watch, 0), -EBADMSG);
        assert_string_equal(watch.err.text,
                            "/proc/pressure/memory: it is not understood");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_each_resource),
        cmocka_unit_test(only_memory_is_judged_unless_more_is_asked_for),
        cmocka_unit_test(a_kernel_without_it_has_nothing_to_watch),
        cmocka_unit_test(refuses_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
