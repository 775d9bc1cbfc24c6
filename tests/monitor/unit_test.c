// SPDX-License-Identifier: GPL-3.0-or-later
/* unit - what systemctl of systemd 252 printed, and in their forms what an older one
 * prints, and herd of Shepherd 0.9 and 1.0. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_unit;

/* Reads a file of tests/data/monitor. */
static int read_recorded(struct watch *watch, const char *name)
{
    AUTO(str) char *path = text_format("tests/data/monitor/%s", name);
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(files_read(path, 65536, &text, NULL), 0);
    return watch_read(watch, 0, strbuf_text(&text));
}

static struct watch start(const char *settings)
{
    return watch_start(&monitor_unit, settings, "");
}

static void names_the_units_that_failed(void **state UNUSED)
{
    struct watch watch = start("(manager systemd)");
    assert_int_equal(read_recorded(&watch, "systemctl-failed.txt"), 0);
    assert_string_equal(
        watch_text(&watch, NULL),
        "fail: 2 failed: mariadb.service, systemd-networkd-wait-online.service");
    assert_true(watch_reading(&watch, NULL, "failed") == 2);
    assert_int_equal(read_recorded(&watch, "systemctl-failed-old.txt"), 0);
    assert_string_equal(watch_text(&watch, NULL), "fail: 1 failed: mariadb.service");
    assert_int_equal(watch_read(&watch, 0, ""), 0);
    assert_string_equal(watch_text(&watch, NULL), "ok: none failed");
    watch_end(&watch);
}

static void a_further_failure_is_noted(void **state UNUSED)
{
    struct watch watch = start("(manager systemd)");
    assert_int_equal(read_recorded(&watch, "systemctl-failed-old.txt"), 0);
    assert_null(watch_find(&watch, FINDING_NOTE, NULL, NULL));
    assert_int_equal(read_recorded(&watch, "systemctl-failed.txt"), 0);
    const struct finding *note = watch_find(&watch, FINDING_NOTE, NULL, NULL);
    assert_non_null(note);
    assert_string_equal(note->text, "systemd-networkd-wait-online.service failed too");
    assert_int_equal(read_recorded(&watch, "systemctl-failed.txt"), 0);
    assert_null(watch_find(&watch, FINDING_NOTE, NULL, NULL));
    watch_end(&watch);
}

static void some_may_fail(void **state UNUSED)
{
    struct watch watch =
        start("(manager systemd) (except \"*-online.service\" \"m*\")");
    assert_int_equal(read_recorded(&watch, "systemctl-failed.txt"), 0);
    assert_string_equal(watch_text(&watch, NULL), "ok: none failed");
    watch_end(&watch);
}

static void each_named_unit_has_a_state(void **state UNUSED)
{
    struct watch watch =
        start("(manager systemd) (name \"nginx\" \"mariadb\" \"loop\" \"gone\")");
    assert_int_equal(read_recorded(&watch, "systemctl-show.txt"), 0);
    assert_string_equal(watch_text(&watch, "nginx"), "ok: active (running)");
    assert_string_equal(watch_text(&watch, "mariadb"), "fail: failed (exit-code)");
    assert_string_equal(watch_text(&watch, "loop"),
                        "warning: activating (auto-restart)");
    assert_string_equal(watch_text(&watch, "gone"), "fail: its unit is not-found");
    assert_string_equal(watch_text(&watch, NULL), "");
    watch_end(&watch);
}

static void an_answer_that_lacks_a_unit_is_an_error(void **state UNUSED)
{
    struct watch watch =
        start("(manager systemd) (name \"a\" \"b\" \"c\" \"d\" \"e\")");
    assert_int_equal(read_recorded(&watch, "systemctl-show.txt"), -EPROTO);
    assert_string_equal(watch.err.text, "systemctl says nothing of e");
    watch_end(&watch);
}

static void shepherd_says_what_failed(void **state UNUSED)
{
    struct watch watch = start("(manager shepherd)");
    assert_int_equal(read_recorded(&watch, "herd-status.txt"), 0);
    assert_string_equal(watch_text(&watch, NULL), "fail: 1 failed: mcron");
    assert_int_equal(read_recorded(&watch, "herd-status-old.txt"), 0);
    assert_string_equal(watch_text(&watch, NULL), "ok: none failed");
    watch_end(&watch);
}

static void each_named_service_has_a_state(void **state UNUSED)
{
    struct watch watch =
        start("(manager shepherd) (name \"nginx\" \"host-name\" \"networking\" "
              "\"ssh-daemon\" \"mcron\" \"guix-publish\" "
              "\"file-system-/run/user\" \"daemon\")");
    assert_int_equal(read_recorded(&watch, "herd-status.txt"), 0);
    assert_string_equal(watch_text(&watch, "nginx"), "ok: started");
    assert_string_equal(watch_text(&watch, "host-name"), "ok: done, once");
    assert_string_equal(watch_text(&watch, "networking"), "warning: starting");
    assert_string_equal(watch_text(&watch, "ssh-daemon"), "fail: stopped");
    assert_string_equal(watch_text(&watch, "mcron"), "fail: failed to start");
    assert_string_equal(watch_text(&watch, "guix-publish"), "warning: stopping");
    assert_string_equal(watch_text(&watch, "file-system-/run/user"), "ok: started");
    assert_string_equal(watch_text(&watch, "daemon"), "fail: no such service");
    watch_end(&watch);
}

static void what_ends_badly_says_nothing_of_units(void **state UNUSED)
{
    struct watch watch = start("(manager systemd)");
    assert_int_equal(watch_read(&watch, 1, ""), -EIO);
    assert_string_equal(watch_text(&watch, NULL), "");
    watch_end(&watch);
    watch = start("(manager shepherd)");
    assert_int_equal(watch_read(&watch, 0, "something else\n"), -EPROTO);
    watch_end(&watch);
}

static void asks_the_manager_that_is_named(void **state UNUSED)
{
    AUTO(texts) struct texts argv = {0};
    struct watch watch = start("(manager systemd) (name \"--help\")");
    assert_int_equal(monitor_unit.command(watch.settings, &argv, NULL), 0);
    assert_string_equal(argv.items[0], "systemctl");
    assert_string_equal(argv.items[argv.count - 2], "--");
    assert_string_equal(argv.items[argv.count - 1], "--help");
    watch_end(&watch);

    struct error err;
    watch = start("(manager upstart)");
    assert_int_equal(monitor_unit.command(watch.settings, &argv, &err), -EINVAL);
    assert_string_equal(err.text,
                        "(manager \"upstart\"): expected systemd or shepherd");
    watch_end(&watch);
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
