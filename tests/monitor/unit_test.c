// SPDX-License-Identifier: GPL-3.0-or-later
/* unit - what systemctl and herd printed, of several versions. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/files.h"
#include "trial.h"

extern const struct monitor monitor_unit;

/* Reads what is recorded in tests/data/monitor. */
static int read_recorded(struct trial *trial, const char *name)
{
    AUTO(str) char *path = text_format("tests/data/monitor/%s", name);
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(files_read(path, 65536, &text, NULL), 0);
    return trial_read(trial, 0, strbuf_text(&text));
}

static struct trial start(const char *settings)
{
    return trial_start(&monitor_unit, settings, "");
}

static void names_the_units_that_failed(void **state UNUSED)
{
    struct trial trial = start("(manager systemd)");
    assert_int_equal(read_recorded(&trial, "systemctl-failed.txt"), 0);
    assert_string_equal(
        trial_text(&trial, NULL),
        "fail: 2 failed: mariadb.service, systemd-networkd-wait-online.service");
    assert_true(trial_reading(&trial, NULL, "failed") == 2);
    assert_int_equal(read_recorded(&trial, "systemctl-failed-old.txt"), 0);
    assert_string_equal(trial_text(&trial, NULL), "fail: 1 failed: mariadb.service");
    assert_int_equal(trial_read(&trial, 0, ""), 0);
    assert_string_equal(trial_text(&trial, NULL), "ok: none failed");
    trial_stop(&trial);
}

static void a_further_failure_is_noted(void **state UNUSED)
{
    struct trial trial = start("(manager systemd)");
    assert_int_equal(read_recorded(&trial, "systemctl-failed-old.txt"), 0);
    assert_null(trial_find(&trial, FINDING_NOTE, NULL, NULL));
    assert_int_equal(read_recorded(&trial, "systemctl-failed.txt"), 0);
    const struct finding *note = trial_find(&trial, FINDING_NOTE, NULL, NULL);
    assert_non_null(note);
    assert_string_equal(note->text, "systemd-networkd-wait-online.service failed too");
    assert_int_equal(read_recorded(&trial, "systemctl-failed.txt"), 0);
    assert_null(trial_find(&trial, FINDING_NOTE, NULL, NULL));
    trial_stop(&trial);
}

static void some_may_fail(void **state UNUSED)
{
    struct trial trial =
        start("(manager systemd) (except \"*-online.service\" \"m*\")");
    assert_int_equal(read_recorded(&trial, "systemctl-failed.txt"), 0);
    assert_string_equal(trial_text(&trial, NULL), "ok: none failed");
    trial_stop(&trial);
}

static void each_named_unit_has_a_state(void **state UNUSED)
{
    struct trial trial =
        start("(manager systemd) (name \"nginx\" \"mariadb\" \"loop\" \"gone\")");
    assert_int_equal(read_recorded(&trial, "systemctl-show.txt"), 0);
    assert_string_equal(trial_text(&trial, "nginx"), "ok: active (running)");
    assert_string_equal(trial_text(&trial, "mariadb"), "fail: failed (exit-code)");
    assert_string_equal(trial_text(&trial, "loop"),
                        "warning: activating (auto-restart)");
    assert_string_equal(trial_text(&trial, "gone"), "fail: its unit is not-found");
    assert_string_equal(trial_text(&trial, NULL), "");
    trial_stop(&trial);
}

static void an_answer_that_lacks_a_unit_is_an_error(void **state UNUSED)
{
    struct trial trial =
        start("(manager systemd) (name \"a\" \"b\" \"c\" \"d\" \"e\")");
    assert_int_equal(read_recorded(&trial, "systemctl-show.txt"), -EPROTO);
    assert_string_equal(trial.err.text, "systemctl says nothing of e");
    trial_stop(&trial);
}

static void shepherd_says_what_failed(void **state UNUSED)
{
    struct trial trial = start("(manager shepherd)");
    assert_int_equal(read_recorded(&trial, "herd-status.txt"), 0);
    assert_string_equal(trial_text(&trial, NULL), "fail: 1 failed: mcron");
    assert_int_equal(read_recorded(&trial, "herd-status-old.txt"), 0);
    assert_string_equal(trial_text(&trial, NULL), "ok: none failed");
    trial_stop(&trial);
}

static void each_named_service_has_a_state(void **state UNUSED)
{
    struct trial trial =
        start("(manager shepherd) (name \"nginx\" \"host-name\" \"networking\" "
              "\"ssh-daemon\" \"mcron\" \"daemon\")");
    assert_int_equal(read_recorded(&trial, "herd-status.txt"), 0);
    assert_string_equal(trial_text(&trial, "nginx"), "ok: started");
    assert_string_equal(trial_text(&trial, "host-name"), "ok: done, once");
    assert_string_equal(trial_text(&trial, "networking"), "warning: starting");
    assert_string_equal(trial_text(&trial, "ssh-daemon"), "fail: stopped");
    assert_string_equal(trial_text(&trial, "mcron"), "fail: failed to start");
    assert_string_equal(trial_text(&trial, "daemon"), "fail: no such service");
    trial_stop(&trial);
}

static void what_ends_badly_says_nothing_of_units(void **state UNUSED)
{
    struct trial trial = start("(manager systemd)");
    assert_int_equal(trial_read(&trial, 1, ""), -EIO);
    assert_string_equal(trial_text(&trial, NULL), "");
    trial_stop(&trial);
    trial = start("(manager shepherd)");
    assert_int_equal(trial_read(&trial, 0, "something else\n"), -EPROTO);
    trial_stop(&trial);
}

static void asks_the_manager_that_is_named(void **state UNUSED)
{
    AUTO(texts) struct texts argv = {0};
    struct trial trial = start("(manager systemd) (name \"--help\")");
    assert_int_equal(monitor_unit.command(trial.settings, &argv, NULL), 0);
    assert_string_equal(argv.items[0], "systemctl");
    assert_string_equal(argv.items[argv.count - 2], "--");
    assert_string_equal(argv.items[argv.count - 1], "--help");
    trial_stop(&trial);

    struct error err;
    trial = start("(manager upstart)");
    assert_int_equal(monitor_unit.command(trial.settings, &argv, &err), -EINVAL);
    assert_string_equal(err.text,
                        "(manager \"upstart\"): expected systemd or shepherd");
    trial_stop(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_units_that_failed),
        cmocka_unit_test(a_further_failure_is_noted),
        cmocka_unit_test(some_may_fail),
        cmocka_unit_test(each_named_unit_has_a_state),
        cmocka_unit_test(an_answer_that_lacks_a_unit_is_an_error),
        cmocka_unit_test(shepherd_says_what_failed),
        cmocka_unit_test(each_named_service_has_a_state),
        cmocka_unit_test(what_ends_badly_says_nothing_of_units),
        cmocka_unit_test(asks_the_manager_that_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
