// SPDX-License-Identifier: GPL-3.0-or-later
/* ids - short names that tell the messages of a list apart. */
#include "look/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

#define A "0192e4c8-0000-7000-8000-0000000000aa"
#define B "0192e4c8-0000-7000-8000-0000000000ab"
#define C "0192e4c8-0000-7000-8000-1000000000aa"

static void eight_characters_do_for_ids_of_one_minute(void **state UNUSED)
{
    AUTO(ids) struct ids ids = {0};
    ids_add(&ids, A);
    ids_add(&ids, B);
    assert_int_equal(ids_tail_length(&ids), 8);
    assert_string_equal(id_tail(B, 8), "000000ab");
}

static void takes_as_many_as_tell_all_apart(void **state UNUSED)
{
    AUTO(ids) struct ids ids = {0};
    ids_add(&ids, C);
    ids_add(&ids, B);
    ids_add(&ids, A);
    assert_int_equal(ids_tail_length(&ids), 12);
}

static void the_same_id_twice_is_no_clash(void **state UNUSED)
{
    AUTO(ids) struct ids ids = {0};
    ids_add(&ids, A);
    ids_add(&ids, A);
    assert_int_equal(ids_tail_length(&ids), 8);
}

static void no_ids_are_fine(void **state UNUSED)
{
    AUTO(ids) struct ids ids = {0};
    assert_int_equal(ids_tail_length(&ids), 8);
}

static void a_short_id_is_its_own_tail(void **state UNUSED)
{
    AUTO(ids) struct ids ids = {0};
    ids_add(&ids, "ab");
    ids_add(&ids, "");
    assert_int_equal(ids_tail_length(&ids), 8);
    assert_string_equal(id_tail("ab", 8), "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_characters_do_for_ids_of_one_minute),
        cmocka_unit_test(takes_as_many_as_tell_all_apart),
        cmocka_unit_test(the_same_id_twice_is_no_clash),
        cmocka_unit_test(no_ids_are_fine),
        cmocka_unit_test(a_short_id_is_its_own_tail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
