// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/ruby_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"

static void has_what_was_added_and_nothing_else(void **state UNUSED)
{
    struct ruby_seen *seen = ruby_seen_new();
    for (uint64_t i = 1; i <= 10000; i++)
        ruby_seen_add(seen, i * UINT64_C(0x9E3779B97F4A7C00)); /* many places collide */
    for (uint64_t i = 1; i <= 10000; i++) {
        assert_true(ruby_seen_has(seen, i * UINT64_C(0x9E3779B97F4A7C00)));
        assert_false(ruby_seen_has(seen, i * UINT64_C(0x9E3779B97F4A7C00) + 1));
    }
    ruby_seen_free(seen);
}

static void takes_the_same_again(void **state UNUSED)
{
    struct ruby_seen *seen = ruby_seen_new();
    for (int i = 0; i < 10000; i++)
        ruby_seen_add(seen, 5);
    assert_true(ruby_seen_has(seen, 5));
    assert_false(ruby_seen_has(seen, 6));
    ruby_seen_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_what_was_added_and_nothing_else),
        cmocka_unit_test(takes_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
