// SPDX-License-Identifier: GPL-3.0-or-later
/* smart - what smartctl printed of several disks, by a program that prints it again. */
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
#include "trial.h"

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

/* A program that prints the file, whatever it is asked, and ends with status. */
static char *make_program(const char *folder, const char *file, int status)
{
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    AUTO(str)
    char *script = text_format("#!/bin/sh\ncat '%s/tests/data/monitor/%s'\nexit %d\n",
                               here, file, status);
    char *path = text_format("%s/smartctl", folder);
    assert_int_equal(files_put(folder, "smartctl", script, strlen(script), NULL), 0);
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

static struct trial look_at(const char *folder, const char *file, int status,
                            const char *settings)
{
    AUTO(str) char *program = make_program(folder, file, status);
    AUTO(str) char *all = text_format("(program \"%s\") %s", program, settings);
    struct trial trial = trial_start(&monitor_smart, all, folder);
    assert_int_equal(trial_look(&trial), 0);
    return trial;
}

static void a_disk_that_is_well(void **state)
{
    struct trial trial = look_at(*state, "smart-ata.json", 0, "(disk \"/dev/sda\")");
    assert_string_equal(trial_text(&trial, "sda"),
                        "ok: the disk says that it is well; bad sectors 0, below 1");
    assert_true(trial_reading(&trial, "sda", "temperature") == 31);
    assert_true(isnan(trial_reading(&trial, "sda", "worn")));
    trial_stop(&trial);
}

static void a_disk_that_fails(void **state)
{
    struct trial trial =
        look_at(*state, "smart-ata-failing.json", 40, "(disk \"/dev/sda\")");
    assert_string_equal(trial_text(&trial, "sda"),
                        "fail: the disk says that it fails; Reallocated_Sector_Ct was "
                        "beyond the maker's threshold; bad sectors 27, warning from 1");
    assert_true(trial_reading(&trial, "sda", "sectors") == 27);
    trial_stop(&trial);
}

static void an_ssd_that_is_worn(void **state)
{
    struct trial trial =
        look_at(*state, "smart-nvme.json", 0, "(disk \"/dev/nvme0n1\") (warm-fail 40)");
    assert_string_equal(trial_text(&trial, "nvme0n1"),
                        "fail: spare blocks 8 %, fail below 10 %; worn 91.0 %, warning "
                        "from 90.0 %; temperature 44.0 °C, fail from 40.0 °C");
    trial_stop(&trial);
}

static void what_has_no_health_is_unknown_where_it_is_named(void **state)
{
    struct trial trial = look_at(*state, "smart-none.json", 4, "(disk \"/dev/sda\")");
    assert_string_equal(trial_text(&trial, "sda"),
                        "unknown: SMART support is: Unavailable - device lacks SMART "
                        "capability.");
    trial_stop(&trial);
}

/* Disks of a machine whose /dev we may read: what they are, smartctl says. */
static void finds_the_disks_of_the_machine(void **state)
{
    AUTO(str) char *block = text_format("%s/sys/block/loop0", (char *)*state);
    assert_int_equal(files_make_folder(block, 0700, NULL), 0);
    struct trial trial = look_at(*state, "smart-ata.json", 0, "");
    assert_int_equal(trial.findings.count, 0);
    trial_stop(&trial);
}

static void output_that_is_no_json_is_unknown(void **state)
{
    struct trial trial = look_at(*state, "herd-status.txt", 0, "(disk \"/dev/sda\")");
    assert_string_equal(trial_text(&trial, "sda"),
                        "unknown: smartctl prints no JSON; it is older than 7.0");
    trial_stop(&trial);
}

static void without_smartctl_only_named_disks_are_missed(void **state)
{
    struct trial trial = trial_start(
        &monitor_smart, "(program \"/nowhere/smartctl\") (disk \"/dev/sda\")", *state);
    assert_int_equal(trial_look(&trial), -ENOENT);
    trial_stop(&trial);
    trial = trial_start(&monitor_smart, "(program \"/nowhere/smartctl\")", *state);
    assert_int_equal(trial_look(&trial), 0);
    assert_int_equal(trial.findings.count, 0);
    trial_stop(&trial);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_disk_that_is_well),
        IN_A_FOLDER(a_disk_that_fails),
        IN_A_FOLDER(an_ssd_that_is_worn),
        IN_A_FOLDER(what_has_no_health_is_unknown_where_it_is_named),
        IN_A_FOLDER(finds_the_disks_of_the_machine),
        IN_A_FOLDER(output_that_is_no_json_is_unknown),
        IN_A_FOLDER(without_smartctl_only_named_disks_are_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
