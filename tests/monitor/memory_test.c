// SPDX-License-Identifier: GPL-3.0-or-later
/* memory - what is available, of the machine or of the control group. */
#include "watch.h"

static void put(struct watch *watch, int total, int available)
{
    AUTO(str)
    char *text = text_format("MemTotal: %d kB\nMemFree: 1 kB\nMemAvailable: %d kB\n",
                             total, available);
    watch_put(watch, "/proc/meminfo", text);
}

static void judges_what_is_available(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    put(&watch, 1024 * 1024, 512 * 1024);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "memory available 50.0 % (512 MiB of 1 GiB), above 10.0 %");
    assert_reading(&watch, NULL, "available", 50, "%");

    put(&watch, 1000000, 81000);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "memory available 8.1 % (79.1 MiB of 977 MiB), warning from 10.0 % "
                 "down");
    put(&watch, 1000000, 50000);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "memory available 5.0 % (48.8 MiB of 977 MiB), fail from 5.0 % down");
}

static void a_container_has_the_limit_of_its_group(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    watch_recorded(&watch, "container");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "memory available 7.5 % (154 MiB of 2 GiB, the limit of its control "
                 "group), warning from 10.0 % down");

    AUTO(watch) struct watch older;
    watch_begin(&older, "memory", "");
    watch_recorded(&older, "container-v1");
    assert_int_equal(watch_look(&older, 0), 0);
    assert_state(&older, NULL, STATE_OK,
                 "memory available 70.0 % (717 MiB of 1 GiB, the limit of its control "
                 "group), above 10.0 %");
}

static void a_group_that_may_have_more_than_there_is_says_nothing(void **state UNUSED)
{
    static const char *const limits[] = {"max\n", "9223372036854771712\n", "junk\n",
                                         "-1\n", "99999999999999999999999\n"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        AUTO(watch) struct watch watch;
        watch_begin(&watch, "memory", "");
        put(&watch, 1024 * 1024, 512 * 1024);
        watch_put(&watch, "/sys/fs/cgroup/memory.max", limits[i]);
        watch_put(&watch, "/sys/fs/cgroup/memory.current", "1048576\n");
        assert_int_equal(watch_look(&watch, 0), 0);
        assert_reading(&watch, NULL, "available", 50, "%");
    }
}

static void a_group_beyond_its_limit_has_nothing_left(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    put(&watch, 1024 * 1024, 512 * 1024);
    watch_put(&watch, "/sys/fs/cgroup/memory.max", "1048576\n");
    watch_put(&watch, "/sys/fs/cgroup/memory.current", "2097152\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_reading(&watch, NULL, "available", 0, "%");
}

static void reckons_for_an_old_kernel(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    watch_recorded(&watch, "router");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK,
                 "memory available 37.0 % (9.9 MiB of 26.6 MiB), above 10.0 %");
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("memory", "/proc/meminfo");
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    watch_put(&watch, "/proc/meminfo", "MemTotal: 0 kB\nMemAvailable: 0 kB\n");
    assert_int_equal(watch_look(&watch, 0), -EBADMSG);
}

static void what_zfs_caches_is_available(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "memory", "");
    watch_put(&watch, "/proc/meminfo",
              "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 40 kB\n");
    watch_put(&watch, "/proc/spl/kstat/zfs/arcstats",
              "9 1 0x01 123 33456 4214134178 20513287487\n"
              "name                            type data\n"
              "hits                            4    5437\n"
              "c_min                           4    102400\n"
              "size                            4    512000\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_reading(&watch, NULL, "available", 44, "%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_what_is_available),
        cmocka_unit_test(a_container_has_the_limit_of_its_group),
        cmocka_unit_test(a_group_that_may_have_more_than_there_is_says_nothing),
        cmocka_unit_test(a_group_beyond_its_limit_has_nothing_left),
        cmocka_unit_test(reckons_for_an_old_kernel),
        cmocka_unit_test(says_that_it_cannot_look),
        cmocka_unit_test(what_zfs_caches_is_available),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
