// SPDX-License-Identifier: GPL-3.0-or-later
/* wants - a host is asked until it is wanted no more, and not at every word. */
#include "handler/wants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW INT64_C(1795000000000)

static void only_those_wanted_are_asked(void **state UNUSED)
{
    AUTO(wants) struct wants *wants = wants_new();
    assert_false(wants_ask(wants, "penguin2", NOW));
    wants_set(wants, "penguin2", true);
    wants_set(wants, "penguin3", false);
    assert_true(wants_has(wants, "penguin2"));
    assert_false(wants_has(wants, "penguin3"));
    assert_false(wants_ask(wants, "penguin3", NOW));
    assert_true(wants_ask(wants, "penguin2", NOW));
    wants_set(wants, "penguin2", false);
    assert_false(wants_has(wants, "penguin2"));
    assert_false(wants_ask(wants, "penguin2", NOW + 2 * WANTS_PAUSE_MS));
}

static void a_host_is_asked_once_a_minute(void **state UNUSED)
{
    AUTO(wants) struct wants *wants = wants_new();
    wants_set(wants, "penguin2", true);
    assert_true(wants_ask(wants, "penguin2", NOW));
    wants_set(wants, "penguin2", true);
    assert_false(wants_ask(wants, "penguin2", NOW + WANTS_PAUSE_MS - 1));
    assert_true(wants_has(wants, "penguin2"));
    assert_true(wants_ask(wants, "penguin2", NOW + WANTS_PAUSE_MS));
    assert_true(wants_ask(wants, "penguin2", NOW)); /* the clock was set back */
}

static void one_that_cannot_be_helped_is_asked_seldom(void **state UNUSED)
{
    AUTO(wants) struct wants *wants = wants_new();
    int asked = 0;
    wants_set(wants, "penguin2", true);
    for (int64_t at = 0; at < 48 * 60; at++)
        asked += wants_ask(wants, "penguin2", NOW + at * WANTS_PAUSE_MS);
    assert_in_range(asked, 10, 20);
    wants_set(wants, "penguin2", false);
    wants_set(wants, "penguin2", true);
    int64_t later = NOW + 2 * (int64_t)WANTS_PAUSE_MAX_MS;
    assert_true(wants_ask(wants, "penguin2", later));
    assert_true(wants_ask(wants, "penguin2", later + WANTS_PAUSE_MS));
}

static void many_hosts_are_kept_apart(void **state UNUSED)
{
    AUTO(wants) struct wants *wants = wants_new();
    char name[16];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "h%d", i);
        wants_set(wants, name, true);
    }
    for (int i = 0; i < 200; i += 2) {
        snprintf(name, sizeof name, "h%d", i);
        wants_set(wants, name, false);
    }
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "h%d", i);
        assert_int_equal(wants_has(wants, name), i % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_those_wanted_are_asked),
        cmocka_unit_test(a_host_is_asked_once_a_minute),
        cmocka_unit_test(one_that_cannot_be_helped_is_asked_seldom),
        cmocka_unit_test(many_hosts_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
