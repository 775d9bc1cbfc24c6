// SPDX-License-Identifier: GPL-3.0-or-later
/* herd - which hosts should have been heard since. */
#include "look/herd.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOON ((int64_t)1795348800000) /* 2026-11-22T12:00:00Z */

static json_t *host(const char *name, const char *seen, json_t *every)
{
    return json_pack("{ss, ss, so}", "host", name, "seen", seen, "every", every);
}

static bool is_silent(const char *seen, json_t *every)
{
    json_auto_t *one = host("a", seen, every);
    return herd_is_silent(one, NOON);
}

static void three_beats_may_be_missing(void **state UNUSED)
{
    assert_false(is_silent("2026-11-22T11:59:30Z", json_integer(60000)));
    assert_false(is_silent("2026-11-22T11:57:00Z", json_integer(60000)));
    assert_true(is_silent("2026-11-22T11:56:59.999Z", json_integer(60000)));
}

static void a_clock_that_goes_ahead_is_not_silent(void **state UNUSED)
{
    assert_false(is_silent("2026-11-22T13:00:00Z", json_integer(60000)));
}

static void who_promised_nothing_is_never_silent(void **state UNUSED)
{
    assert_false(is_silent("2020-01-01T00:00:00Z", json_null()));
}

static void those_that_are_silent_are_found_by_name(void **state UNUSED)
{
    json_auto_t *answer =
        json_pack("{ss, s[ooo]}", "now", "2026-11-22T12:00:00Z", "hosts",
                  host("loud", "2026-11-22T11:59:00Z", json_integer(60000)),
                  host("silent", "2026-11-22T10:00:00Z", json_integer(60000)),
                  host("script", "2026-11-22T10:00:00Z", json_null()));
    json_auto_t *silent = herd_silent(answer);
    assert_int_equal(json_object_size(silent), 1);
    assert_non_null(json_object_get(silent, "silent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_beats_may_be_missing),
        cmocka_unit_test(a_clock_that_goes_ahead_is_not_silent),
        cmocka_unit_test(who_promised_nothing_is_never_silent),
        cmocka_unit_test(those_that_are_silent_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
