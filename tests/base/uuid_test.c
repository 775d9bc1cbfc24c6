// SPDX-License-Identifier: GPL-3.0-or-later
/* uuid - in the order of time, and never twice. */
#include "base/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

static void makes_what_it_knows_as_valid(void **state UNUSED)
{
    char id[UUID_SIZE];
    uuid_make(1795340888123, id);
    assert_int_equal(strlen(id), UUID_SIZE - 1);
    assert_true(uuid_is_valid(id, strlen(id)));
    assert_int_equal(id[14], '7');
    assert_non_null(strchr("89ab", id[19]));
}

static void begins_with_the_time(void **state UNUSED)
{
    char id[UUID_SIZE];
    uuid_make(0x0123456789AB, id);
    assert_memory_equal(id, "01234567-89ab-7", 15);
    uuid_make(0, id);
    assert_memory_equal(id, "00000000-0000-7", 15);
}

static void a_later_one_sorts_behind(void **state UNUSED)
{
    char before[UUID_SIZE], after[UUID_SIZE];
    for (int64_t now = 1795340888123; now < 1795340888123 + 1000; now++) {
        uuid_make(now, before);
        uuid_make(now + 1, after);
        assert_true(strcmp(before, after) < 0);
    }
}

static void two_of_one_moment_differ(void **state UNUSED)
{
    char one[UUID_SIZE], other[UUID_SIZE];
    uuid_make(1795340888123, one);
    uuid_make(1795340888123, other);
    assert_string_not_equal(one, other);
}

static void refuses_what_is_no_uuid(void **state UNUSED)
{
    static const char good[] = "0192e4c8-1111-7222-8333-444455556666";
    assert_true(uuid_is_valid(good, 36));
    assert_false(uuid_is_valid(good, 35));
    assert_false(uuid_is_valid("", 0));
    assert_false(uuid_is_valid("0192E4C8-1111-7222-8333-444455556666", 36));
    assert_false(uuid_is_valid("0192e4c811112-7222-8333-444455556666", 36));
    assert_false(uuid_is_valid("0192e4c8-1111-7222-8333-44445555666g", 36));
    assert_false(uuid_is_valid("0192e4c8-1111-7222-8333-44445555\0666", 36));
    assert_false(uuid_is_valid("0192e4c8-1111-7222-8333-4444555566660", 37));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_what_it_knows_as_valid),
        cmocka_unit_test(begins_with_the_time),
        cmocka_unit_test(a_later_one_sorts_behind),
        cmocka_unit_test(two_of_one_moment_differ),
        cmocka_unit_test(refuses_what_is_no_uuid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
