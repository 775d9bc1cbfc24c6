// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/named_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/compiler.h"

#define WHEN INT64_C(0x0192e4c8abcd)

static void the_same_names_make_the_same_id(void **state UNUSED)
{
    char one[UUID_SIZE], two[UUID_SIZE];
    named_id_make("redis://localhost:6379", "1700-0", WHEN, one);
    named_id_make("redis://localhost:6379", "1700-0", WHEN, two);
    assert_string_equal(one, two);
    assert_true(uuid_is_valid(one, strlen(one)));
}

static void any_difference_makes_another(void **state UNUSED)
{
    char ids[4][UUID_SIZE];
    named_id_make("redis://localhost:6379", "1700-0", WHEN, ids[0]);
    named_id_make("redis://localhost:6379", "1700-1", WHEN, ids[1]);
    named_id_make("redis://localhost:6380", "1700-0", WHEN, ids[2]);
    named_id_make("redis://localhost:6379", "1700-0", WHEN + 1, ids[3]);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
}

static void the_two_names_do_not_run_together(void **state UNUSED)
{
    char one[UUID_SIZE], two[UUID_SIZE];
    named_id_make("ab", "c", WHEN, one);
    named_id_make("a", "bc", WHEN, two);
    assert_string_not_equal(one, two);
}

static void the_time_stands_in_front_as_in_every_id(void **state UNUSED)
{
    char id[UUID_SIZE];
    named_id_make("redis://localhost:6379", "1700-0", WHEN, id);
    assert_memory_equal(id, "0192e4c8-abcd-7", 15);
    named_id_make("redis://localhost:6379", "1700-0", 0, id);
    assert_memory_equal(id, "00000000-0000-7", 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_names_make_the_same_id),
        cmocka_unit_test(any_difference_makes_another),
        cmocka_unit_test(the_two_names_do_not_run_together),
        cmocka_unit_test(the_time_stands_in_front_as_in_every_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
