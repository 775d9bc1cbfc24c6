// SPDX-License-Identifier: GPL-3.0-or-later
/* mdraid - arrays as /proc/mdstat shows them. */
#include "watch.h"

static void arrays_with_all_their_disks_are_well(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "md0", STATE_OK, "2 of 2 disks");
    assert_state(&watch, "md1", STATE_OK, "4 of 4 disks, check 37.2 %");
    assert_state(&watch, "md2", STATE_OK, "active");
    assert_reading(&watch, "md1", "check", 37.2, "%");
    assert_reading(&watch, "md0", "missing", 0, "");
}

static void says_what_an_array_lacks(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "");
    watch_recorded(&watch, "degraded");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "md0", STATE_FAIL, "1 of 2 disks, failed: sda1");
    assert_reading(&watch, "md0", "missing", 1, "");
    assert_state(&watch, "md1", STATE_WARNING, "2 of 3 disks, recovery 12.6 %");
    assert_reading(&watch, "md1", "recovery", 12.6, "%");
    assert_state(&watch, "md2", STATE_WARNING, "2 of 2 disks, failed: sdd1");
    assert_state(&watch, "md3", STATE_FAIL, "the array is inactive");
    assert_state(&watch, "md4", STATE_OK, "2 of 2 disks, resync waits");
    assert_true(isnan(watch_reading(&watch, "md4", "resync")));
}

static void an_array_that_is_named_must_be_there(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "(only \"md1\" \"md\" \"md9\")");
    watch_recorded(&watch, "server");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "md1", STATE_OK, "4 of 4 disks, check 37.2 %");
    assert_state(&watch, "md9", STATE_FAIL, "there is no such array");
    assert_state(&watch, "md", STATE_FAIL, "there is no such array");
    assert_no_state(&watch, "md0");
}

static void one_that_is_left_out_is_not_spoken_of(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "(except \"md?\")");
    watch_recorded(&watch, "degraded");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
}

static void a_machine_without_arrays_has_nothing_to_watch(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "");
    assert_int_equal(watch_look(&watch, 0), 0);
    watch_put(&watch, "/proc/mdstat", "Personalities : \nunused devices: <none>\n");
    assert_int_equal(watch_look(&watch, 60), 0);
    watch_put(&watch, "/proc/mdstat", "");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_int_equal(watch.findings.count, 0);
}

/* Of a controller that keeps a format of its own. */
static void what_holds_arrays_is_none_itself(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "mdraid", "");
    watch_put(&watch, "/proc/mdstat",
              "Personalities : [raid1] [linear] [raid0] \n"
              "md126 : active raid1 nvme0n1[1] nvme1n1[0]\n"
              "      3800741888 blocks super external:/md127/0 [2/2] [UU]\n"
              "      \n"
              "md127 : inactive nvme0n1[1](S) nvme1n1[0](S)\n"
              "      10402 blocks super external:imsm\n"
              "       \n"
              "unused devices: <none>\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, "md126", STATE_OK, "2 of 2 disks");
    assert_no_state(&watch, "md127");
}

static void refuses_what_it_does_not_understand(void **state UNUSED)
{
    static const char *const wrong[] = {"md0\n", "md0 active\n", "md0 : ", "md"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(watch) struct watch watch;
        watch_begin(&watch, "mdraid", "");
        watch_put(&watch, "/proc/mdstat", wrong[i]);
        assert_int_equal(watch_look(&watch, 0), -EBADMSG);
        assert_string_equal(watch.err.text, "/proc/mdstat: it is not understood");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_with_all_their_disks_are_well),
        cmocka_unit_test(says_what_an_array_lacks),
        cmocka_unit_test(an_array_that_is_named_must_be_there),
        cmocka_unit_test(one_that_is_left_out_is_not_spoken_of),
        cmocka_unit_test(a_machine_without_arrays_has_nothing_to_watch),
        cmocka_unit_test(what_holds_arrays_is_none_itself),
        cmocka_unit_test(refuses_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
