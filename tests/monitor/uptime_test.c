// SPDX-License-Identifier: GPL-3.0-or-later
/* uptime - a start that no shutdown came before is told for a while. */
#include <inttypes.h>
#include <utmp.h>

#include "watch.h"

#define STARTED (WATCH_NOW / 1000 - 180) /* the start that /proc/uptime tells of */

struct entry {
    short type;
    const char *user;
    int64_t time;
};

static void put_log(struct watch *watch, const struct entry *entries, size_t count)
{
    watch_put(watch, "/var/log/wtmp", "");
    AUTO(str) char *path = text_format("%s/var/log/wtmp", watch->root);
    AUTO(file) FILE *file = fopen(path, "we");
    assert_non_null(file);
    for (size_t i = 0; i < count; i++) {
        struct utmp record = {.ut_type = entries[i].type};
        snprintf(record.ut_user, sizeof record.ut_user, "%s", entries[i].user);
        record.ut_tv.tv_sec = (int32_t)entries[i].time;
        assert_int_equal(fwrite(&record, sizeof record, 1, file), 1);
    }
}

static void begin(struct watch *watch)
{
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    watch_begin(watch, "uptime", "");
    watch_put(watch, "/proc/uptime", "180.25 300.00\n");
}

static const struct entry crash[] = {
    {BOOT_TIME, "reboot", STARTED - 90000}, {USER_PROCESS, "anna", STARTED - 80000},
    {DEAD_PROCESS, "", STARTED - 70000},    {RUN_LVL, "runlevel", STARTED - 60000},
    {BOOT_TIME, "reboot", STARTED + 2},     {RUN_LVL, "runlevel", STARTED + 4},
    {USER_PROCESS, "anna", STARTED + 60},
};

/* A machine that keeps no wtmp: systemd's journal knows. */
static void a_journal_that_was_not_closed_is_a_warning(void **state UNUSED)
{
    static const struct {
        int64_t time;
        enum state state;
    } starts[] = {{STARTED + 5, STATE_WARNING}, {STARTED - 90000, STATE_OK}};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        AUTO(watch) struct watch watch;
        begin(&watch);
        AUTO(str)
        char *path = text_format("/var/log/journal/1064eace00dd4e3daeb15d4eed400196/"
                                 "system@%016" PRIx64 "-27c1bd0a4b2d2b1a.journal~",
                                 starts[i].time * 1000000);
        watch_put(&watch, path, "");
        assert_int_equal(watch_look(&watch, 0), 0);
        assert_int_equal(watch_find(&watch, FINDING_STATE, NULL, NULL)->state,
                         starts[i].state);
    }
}

static void a_start_without_a_shutdown_is_a_warning(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    begin(&watch);
    put_log(&watch, crash, sizeof crash / sizeof *crash);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "rebooted 3 min 0 s ago, and not by shutdown");
    assert_reading(&watch, NULL, "up", 180, "s");

    watch_put(&watch, "/proc/uptime", "3599.99 1.00\n");
    assert_int_equal(watch_look(&watch, 3420), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "rebooted 59 min 59 s ago, and not by shutdown");
    watch_put(&watch, "/proc/uptime", "3600.00 1.00\n");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_int_equal(watch_find(&watch, FINDING_STATE, NULL, NULL)->state, STATE_OK);
}

static void a_start_after_a_shutdown_is_well(void **state UNUSED)
{
    static const struct entry entries[] = {
        {BOOT_TIME, "reboot", STARTED - 90000},
        {RUN_LVL, "shutdown", STARTED - 30},
        {BOOT_TIME, "reboot", STARTED + 2},
    };
    AUTO(watch) struct watch watch;
    begin(&watch);
    put_log(&watch, entries, 3);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK, "up since 2026-11-22 09:45 UTC");
}

static void where_nobody_knows_it_is_well(void **state UNUSED)
{
    static const struct entry first[] = {{BOOT_TIME, "reboot", STARTED + 2}};
    static const struct entry old[] = {{BOOT_TIME, "reboot", STARTED - 90000},
                                       {BOOT_TIME, "reboot", STARTED - 80000}};
    static const struct {
        const struct entry *entries;
        size_t count;
    } logs[] = {{first, 1}, {old, 2}, {NULL, 0}};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        AUTO(watch) struct watch watch;
        begin(&watch);
        put_log(&watch, logs[i].entries, logs[i].count);
        assert_int_equal(watch_look(&watch, 0), 0);
        assert_state(&watch, NULL, STATE_OK, "up since 2026-11-22 09:45 UTC");
    }
    AUTO(watch) struct watch watch;
    begin(&watch);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_OK, "up since 2026-11-22 09:45 UTC");
}

static void a_log_that_is_torn_misleads_nobody(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    begin(&watch);
    put_log(&watch, crash, sizeof crash / sizeof *crash);
    AUTO(str) char *path = text_format("%s/var/log/wtmp", watch.root);
    AUTO(file) FILE *file = fopen(path, "ae");
    fputs("torn", file);
    fflush(file);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_state(&watch, NULL, STATE_WARNING,
                 "rebooted 3 min 0 s ago, and not by shutdown");
}

static void looks_at_this_machine(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "uptime", "");
    watch_recorded(&watch, NULL);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_true(watch_reading(&watch, NULL, "up") > 0);
}

static void says_that_it_cannot_look(void **state UNUSED)
{
    assert_needs("uptime", "/proc/uptime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_without_a_shutdown_is_a_warning),
        cmocka_unit_test(a_journal_that_was_not_closed_is_a_warning),
        cmocka_unit_test(a_start_after_a_shutdown_is_well),
        cmocka_unit_test(where_nobody_knows_it_is_well),
        cmocka_unit_test(a_log_that_is_torn_misleads_nobody),
        cmocka_unit_test(looks_at_this_machine),
        cmocka_unit_test(says_that_it_cannot_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
