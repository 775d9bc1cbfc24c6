// SPDX-License-Identifier: GPL-3.0-or-later
/* oom - kills are counted from the first look on, named, and at last forgotten. */
#include "watch.h"

static void put(struct watch *watch, int kills)
{
    AUTO(str) char *text = text_format("pgpgin 1\noom_kill %d\nunused 1\n", kills);
    watch_put(watch, "/proc/vmstat", text);
}

static void names_who_was_killed(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "(fail 3)");
    put(&watch, 7);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK, "no process was killed for want of memory");
    assert_reading(&watch, NULL, "kills", 0, "");

    /* Of the log's three the last two were killed since: its own times say nothing. */
    watch_put(
        &watch, "/dev/kmsg",
        "6,1,900000000,-;Out of memory: Killed process 1 (older) total-vm:1kB\n"
        "6,2,1020000000,-;Out of memory: Killed process 4242 ((sd-pam)) total-vm:1kB\n"
        " SUBSYSTEM=memory\n"
        "4,3,1030000000,-;eth0: link up\n"
        "6,4,1040000000,-;Memory cgroup out of memory: Killed process 7 (cc1 x)\n");
    put(&watch, 9);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "processes killed for want of memory: 2 ((sd-pam), cc1 x, last 0 ms "
                 "ago), warning from 1");
    assert_reading(&watch, NULL, "kills", 2, "");

    watch_put(&watch, "/dev/kmsg", "");
    put(&watch, 10);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_FAIL,
                 "processes killed for want of memory: 3 (last 0 ms ago), fail from 3");
}

static void in_a_container_counts_those_of_its_group(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "");
    put(&watch, 7);
    watch_put(&watch, "/sys/fs/cgroup/memory.events", "low 0\noom 3\noom_kill 1\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    put(&watch, 99);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_OK, "no process was killed for want of memory");
    watch_put(&watch, "/sys/fs/cgroup/memory.events", "low 0\noom 4\noom_kill 2\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_reading(&watch, NULL, "kills", 1, "");
}

static void remembers_them_for_a_while(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "(remember \"10m\")");
    put(&watch, 0);
    assert_int_equal(watch_look(&watch, 0), 0);
    put(&watch, 1);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_int_equal(watch_look(&watch, 599), 0);
    assert_state(
        &watch, NULL, STATE_WARNING,
        "processes killed for want of memory: 1 (last 9 min 59 s ago), warning "
        "from 1");
    assert_reading(&watch, NULL, "kills", 0, "");
    assert_int_equal(watch_look(&watch, 1), 0);
    assert_state(&watch, NULL, STATE_OK, "no process was killed for want of memory");
}

static void a_count_that_began_anew_is_no_kill(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "");
    put(&watch, 7);
    assert_int_equal(watch_look(&watch, 0), 0);
    put(&watch, 0);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_state(&watch, NULL, STATE_OK, "no process was killed for want of memory");
    assert_reading(&watch, NULL, "kills", 0, "");
}

static void a_long_list_of_names_is_cut(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "");
    put(&watch, 0);
    assert_int_equal(watch_look(&watch, 0), 0);
    AUTO(strbuf) struct strbuf log = {0};
    for (int i = 0; i < 1000; i++)
        strbuf_printf(&log, "6,%d,1020000000,-;Killed process %d (process-%d)\n", i, i,
                      i);
    strbuf_puts(&log, "6,1,1020000000,-;Killed process 1 (torn");
    watch_put(&watch, "/dev/kmsg", strbuf_text(&log));
    put(&watch, 1000);
    assert_int_equal(watch_look(&watch, 60), 0);
    const struct finding *finding = watch_find(&watch, FINDING_STATE, NULL, NULL);
    assert_non_null(strstr(finding->text, "1000 (process-0, process-1, "));
    assert_true(strlen(finding->text) < 400);
}

static void a_kernel_that_does_not_count_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "");
    watch_recorded(&watch, "router");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "oom", "");
    assert_int_equal(watch_look(&watch, 0), -ENOENT);
    assert_non_null(strstr(watch.err.text, "/proc/vmstat"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_who_was_killed),
        cmocka_unit_test(in_a_container_counts_those_of_its_group),
        cmocka_unit_test(remembers_them_for_a_while),
        cmocka_unit_test(a_count_that_began_anew_is_no_kill),
        cmocka_unit_test(a_long_list_of_names_is_cut),
        cmocka_unit_test(a_kernel_that_does_not_count_has_nothing_to_watch),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
