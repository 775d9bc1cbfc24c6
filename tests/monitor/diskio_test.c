// SPDX-License-Identifier: GPL-3.0-or-later
/* diskio - what whole disks did between two looks. */
#include <sys/stat.h>

#include "watch.h"

/* Of sda, and of a partition that did the same. */
static void put(struct watch *watch, const char *reads, const char *writes, long busy)
{
    AUTO(str)
    char *text = text_format("   7 0 loop0 9 9 9 9 9 9 9 9 0 9 9\n"
                             "   8 0 sda %s %s 1 %ld 9 0 0 0 0\n"
                             "   8 1 sda1 %s %s 1 %ld 9 0 0 0 0\n",
                             reads, writes, busy, reads, writes, busy);
    watch_put(watch, "/proc/diskstats", text);
    watch_put(watch, "/sys/block/sda/size", "1000\n");
    watch_put(watch, "/sys/block/loop0/size", "1000\n");
}

static void measures_a_disk(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    put(&watch, "100 0 1000 500", "200 0 2000 900", 3000);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch.findings.count, 0);
    put(&watch, "110 0 1060 600", "230 0 2600 1100", 9000);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, "sda", "busy", 10, "%");
    assert_reading(&watch, "sda", "read", 512, "B/s");
    assert_reading(&watch, "sda", "write", 5120, "B/s");
    assert_reading(&watch, "sda", "wait", 0.0075, "s");
    assert_state(&watch, "sda", STATE_OK, "an operation took 8 ms, below 2.0 s");
    assert_no_state(&watch, "sda1");
    assert_no_state(&watch, "loop0");
}

static void judges_how_slow_and_how_busy_it_is(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio",
                "(warn \"90%\") (fail \"99%\") (wait-warn \"500ms\") "
                "(wait-fail \"5s\")");
    put(&watch, "0 0 0 0", "0 0 0 0", 0);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "10 0 0 9000", "0 0 0 0", 57000);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "sda", STATE_WARNING,
                 "busy 95.0 %, warning from 90.0 %; an operation took 900 ms, warning "
                 "from 500 ms");
    put(&watch, "11 0 0 15000", "0 0 0 0", 119000);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, "sda", "busy", 100, "%");
    assert_state(&watch, "sda", STATE_FAIL,
                 "busy 100.0 %, fail from 99.0 %; an operation took 6.0 s, fail from "
                 "5.0 s");
}

static void a_disk_that_did_nothing_is_idle(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    put(&watch, "5 0 5 5", "5 0 5 5", 5);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "sda", STATE_OK, "idle");
    assert_reading(&watch, "sda", "busy", 0, "%");
    assert_true(isnan(watch_reading(&watch, "sda", "wait")));
}

static void a_counter_that_went_back_gives_no_reading(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    put(&watch, "100 0 1000 4294967000", "200 0 2000 900", 4294967290);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    put(&watch, "110 0 1060 20", "230 0 2600 950", 100);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(isnan(watch_reading(&watch, "sda", "busy")));
    assert_true(isnan(watch_reading(&watch, "sda", "wait")));
    assert_reading(&watch, "sda", "read", 512, "B/s");

    put(&watch, "18446744073709551615 0 18446744073709551615 30",
        "18446744073709551615 0 18446744073709551615 1000", 200);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(isnan(watch_reading(&watch, "sda", "read")));
    assert_true(isnan(watch_reading(&watch, "sda", "write")));
}

/* Each is told of, but only so many have readings. */
static void of_hundreds_of_disks_a_few_have_readings(void **state UNUSED)
{
    for (int is_chosen = 0; is_chosen <= 1; is_chosen++) {
        AUTO(watch) struct watch watch;
        AUTO(strbuf) struct strbuf text = {0};
        watch_begin(&watch, "diskio", is_chosen ? "(only \"sd*\")" : "");
        for (int i = 0; i < 200; i++) {
            AUTO(str) char *path = text_format("/sys/block/sd%d/size", i);
            strbuf_printf(&text, "8 %d sd%d 1 0 8 1 1 0 8 1 0 1 1 0 0 0 0\n", i, i);
            watch_put(&watch, path, "1000\n");
        }
        watch_put(&watch, "/proc/diskstats", strbuf_text(&text));
        assert_int_equal(watch_look(&watch, 0), -EAGAIN);
        assert_int_equal(watch_look(&watch, 60), 0);
        assert_reading(&watch, "sd19", "busy", 0, "%");
        assert_state(&watch, "sd199", STATE_OK, "idle");
        assert_int_equal(isnan(watch_reading(&watch, "sd20", "busy")), !is_chosen);
        assert_int_equal(watch.findings.count, 200 + 3 * (is_chosen ? 200 : 20));
    }
}

static void a_disk_that_is_named_is_watched_whatever_it_is(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "(only \"sda1\" \"loop*\")");
    put(&watch, "0 0 0 0", "0 0 0 0", 0);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "sda1", STATE_OK, "idle");
    assert_state(&watch, "loop0", STATE_OK, "idle");
    assert_no_state(&watch, "sda");
}

static void of_a_recorded_machine_the_whole_disks_are_watched(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, "nvme0n1", STATE_OK, "idle");
    assert_state(&watch, "sda", STATE_OK, "idle");
    assert_int_equal(watch.findings.count, 8);
}

static void a_machine_without_disks_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    watch_recorded(&watch, "router");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

static void refuses_what_it_does_not_understand(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "diskio", "");
    watch_put(&watch, "/proc/diskstats", "   8 0 sda 1 2 3\n");
    assert_int_equal(watch_look(&watch, 0), -EBADMSG);
    assert_string_equal(watch.err.text, "/proc/diskstats: it is not understood");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_a_disk),
        cmocka_unit_test(judges_how_slow_and_how_busy_it_is),
        cmocka_unit_test(a_disk_that_did_nothing_is_idle),
        cmocka_unit_test(a_counter_that_went_back_gives_no_reading),
        cmocka_unit_test(of_hundreds_of_disks_a_few_have_readings),
        cmocka_unit_test(a_disk_that_is_named_is_watched_whatever_it_is),
        cmocka_unit_test(of_a_recorded_machine_the_whole_disks_are_watched),
        cmocka_unit_test(a_machine_without_disks_has_nothing_to_watch),
        cmocka_unit_test(refuses_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
