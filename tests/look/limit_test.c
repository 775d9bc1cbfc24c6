// SPDX-License-Identifier: GPL-3.0-or-later
/* limit - lists that are shorter, as long, and longer than was asked for. */
#include "look/limit.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void refuses_none_at_all(void **state UNUSED)
{
    struct error err = {0};
    assert_int_equal(limit_check(0, &err), -EINVAL);
    assert_non_null(strstr(err.text, "--limit"));
    assert_int_equal(limit_check(0, NULL), -EINVAL);
}

static void takes_some_and_what_was_not_said(void **state UNUSED)
{
    assert_int_equal(limit_check(1, NULL), 0);
    assert_int_equal(limit_check(1000, NULL), 0);
    assert_int_equal(limit_check(-1, NULL), 0);
}

static void asks_for_one_more(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/tellings?waiting=1");
    limit_add(&path, 1000);
    assert_string_equal(strbuf_text(&path), "/v1/tellings?waiting=1&limit=1001");
}

/* Of so many numbers from 0 on. */
static void expect_cut(size_t count, int64_t limit, size_t left)
{
    json_auto_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer((json_int_t)i));
    assert_int_equal(limit_cut(list, limit), left < count);
    assert_int_equal(json_array_size(list), left);
    for (size_t i = 0; i < left; i++)
        assert_int_equal(json_integer_value(json_array_get(list, i)), i);
}

static void leaves_a_list_that_is_not_longer(void **state UNUSED)
{
    expect_cut(0, 1, 0);
    expect_cut(2, 3, 2);
    expect_cut(3, 3, 3);
}

static void cuts_the_end_of_one_that_is_longer(void **state UNUSED)
{
    expect_cut(2, 1, 1);
    expect_cut(4, 3, 3);
    expect_cut(9, 3, 3); /* a server may give more than it was asked for */
}

static void an_answer_without_the_list_is_none(void **state UNUSED)
{
    assert_false(limit_cut(NULL, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_none_at_all),
        cmocka_unit_test(takes_some_and_what_was_not_said),
        cmocka_unit_test(asks_for_one_more),
        cmocka_unit_test(leaves_a_list_that_is_not_longer),
        cmocka_unit_test(cuts_the_end_of_one_that_is_longer),
        cmocka_unit_test(an_answer_without_the_list_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
