// SPDX-License-Identifier: GPL-3.0-or-later
/* smart - what smartctl 7 printed of several disks, less what nobody asks for, by a
 * program that prints it again. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_smart;

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

/* A program that prints what a command makes of the recorded files, whatever it is
 * asked, and ends with status. */
static char *make_program(const char *folder, const char *command, int status)
{
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    AUTO(str)
    char *script = text_format("#!/bin/sh\ncd '%s/tests/data/monitor'\n%s\nexit %d\n",
                               here, command, status);
    char *path = text_format("%s/smartctl", folder);
    assert_int_equal(files_put(folder, "smartctl", script, strlen(script), NULL), 0);
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

static struct watch look_at(const char *folder, const char *command, int status,
                            const char *settings)
{
    AUTO(str) char *program = make_program(folder, command, status);
    AUTO(str) char *all = text_format("(program \"%s\") %s", program, settings);
    struct watch watch = watch_start(&monitor_smart, all, folder);
    assert_int_equal(watch_look(&watch, 0), 0);
    return watch;
}

static void a_disk_that_is_well(void **state)
{
    struct watch watch =
        look_at(*state, "cat smart-ata.json", 0, "(disk \"/dev/sda\")");
    assert_string_equal(watch_text(&watch, "sda"),
                        "ok: the disk says that it is well; bad sectors 0, below 1");
    assert_true(watch_reading(&watch, "sda", "temperature") == 32);
    assert_true(isnan(watch_reading(&watch, "sda", "worn")));
    watch_end(&watch);
}

static void a_disk_that_fails(void **state)
{
    struct watch watch =
        look_at(*state, "cat smart-ata-failing.json", 216, "(disk \"/dev/sda\")");
    assert_string_equal(watch_text(&watch, "sda"),
                        "fail: the disk says that it fails; Reallocated_Sector_Ct is "
                        "beyond the maker's threshold; bad sectors 536, fail from 100");
    assert_true(watch_reading(&watch, "sda", "sectors") == 536);
    watch_end(&watch);
}

static void an_ssd_that_is_well(void **state)
{
    struct watch watch = look_at(*state, "cat smart-nvme.json", 0,
                                 "(disk \"/dev/nvme0n1\") (warm-fail 30)");
    assert_string_equal(watch_text(&watch, "nvme0n1"),
                        "fail: temperature 35.0 °C, fail from 30.0 °C");
    assert_true(watch_reading(&watch, "nvme0n1", "worn") == 0);
    watch_end(&watch);
}

static void an_ssd_that_is_worn(void **state)
{
    struct watch watch = look_at(
        *state,
        "sed 's/_used\":0/_used\":91/; s/spare\":100/spare\":8/' smart-nvme.json", 0,
        "(disk \"/dev/nvme0n1\")");
    assert_string_equal(
        watch_text(&watch, "nvme0n1"),
        "fail: spare blocks 8 %, fail below 10 %; worn 91.0 %, warning from 90.0 %");
    watch_end(&watch);
}

static void a_disk_that_sleeps_stays_as_it_was(void **state)
{
    AUTO(str) char *program = make_program(*state, "cat smart-asleep.json", 2);
    AUTO(str)
    char *settings = text_format("(program \"%s\") (disk \"/dev/sdb\")", program);
    struct watch watch = watch_start(&monitor_smart, settings, *state);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_int_equal(watch.findings.count, 0);
    watch_end(&watch);
}

static void what_has_no_health_is_unknown_where_it_is_named(void **state)
{
    struct watch watch =
        look_at(*state, "cat smart-none.json", 4, "(disk \"/dev/sda\")");
    assert_string_equal(watch_text(&watch, "sda"),
                        "unknown: SMART support is: Unavailable - device lacks SMART "
                        "capability.");
    watch_end(&watch);
}

/* Disks of a machine whose /dev we may read: what they are, smartctl says. */
static void finds_the_disks_of_the_machine(void **state)
{
    AUTO(str) char *block = text_format("%s/sys/block/loop0", (char *)*state);
    assert_int_equal(files_make_folder(block, 0700, NULL), 0);
    struct watch watch = look_at(*state, "cat smart-ata.json", 0, "");
    assert_int_equal(watch.findings.count, 0);
    watch_end(&watch);
}

static void output_that_is_no_json_is_unknown(void **state)
{
    struct watch watch =
        look_at(*state, "cat herd-status.txt", 0, "(disk \"/dev/sda\")");
    assert_string_equal(watch_text(&watch, "sda"),
                        "unknown: smartctl prints no JSON; it is older than 7.0");
    watch_end(&watch);
}

static void without_smartctl_only_named_disks_are_missed(void **state)
{
    struct watch watch = watch_start(
        &monitor_smart, "(program \"/nowhere/smartctl\") (disk \"/dev/sda\")", *state);
    assert_int_equal(watch_look(&watch, 0), -ENOENT);
    watch_end(&watch);
    watch = watch_start(&monitor_smart, "(program \"/nowhere/smartctl\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch.findings.count, 0);
    watch_end(&watch);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_disk_that_is_well),
        IN_A_FOLDER(a_disk_that_fails),
        IN_A_FOLDER(an_ssd_that_is_well),
        IN_A_FOLDER(an_ssd_that_is_worn),
        IN_A_FOLDER(a_disk_that_sleeps_stays_as_it_was),
        IN_A_FOLDER(what_has_no_health_is_unknown_where_it_is_named),
        IN_A_FOLDER(finds_the_disks_of_the_machine),
        IN_A_FOLDER(output_that_is_no_json_is_unknown),
        IN_A_FOLDER(without_smartctl_only_named_disks_are_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
