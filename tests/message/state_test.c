// SPDX-License-Identifier: GPL-3.0-or-later
/* state - the words and their order. */
#include "message/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

static void every_name_is_found_again(void **state UNUSED)
{
    for (enum state each = STATE_OK; each <= STATE_FAIL; each++)
        assert_int_equal(state_find(state_name(each)), each);
}

static void what_is_no_state_is_none(void **state UNUSED)
{
    static const char *const words[] = {"", "none", "OK", "okay", "critical", "failed"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(state_find(words[i]), STATE_NONE);
    assert_string_equal(state_name(STATE_NONE), "none");
}

static void neither_none_nor_ok_is_wrong(void **state UNUSED)
{
    assert_false(state_is_wrong(STATE_NONE));
    assert_false(state_is_wrong(STATE_OK));
    assert_true(state_is_wrong(STATE_UNKNOWN));
    assert_true(state_is_wrong(STATE_WARNING));
    assert_true(state_is_wrong(STATE_FAIL));
}

static void the_worse_is_the_greater(void **state UNUSED)
{
    assert_true(STATE_NONE < STATE_OK && STATE_OK < STATE_UNKNOWN);
    assert_true(STATE_UNKNOWN < STATE_WARNING && STATE_WARNING < STATE_FAIL);
}

static void news_is_a_change_that_is_or_was_wrong(void **state UNUSED)
{
    assert_true(state_is_news(STATE_NONE, STATE_FAIL));
    assert_true(state_is_news(STATE_OK, STATE_UNKNOWN));
    assert_true(state_is_news(STATE_WARNING, STATE_FAIL));
    assert_true(state_is_news(STATE_FAIL, STATE_OK));
    assert_false(state_is_news(STATE_NONE, STATE_OK));
    assert_false(state_is_news(STATE_OK, STATE_OK));
    assert_false(state_is_news(STATE_FAIL, STATE_FAIL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found_again),
        cmocka_unit_test(what_is_no_state_is_none),
        cmocka_unit_test(neither_none_nor_ok_is_wrong),
        cmocka_unit_test(the_worse_is_the_greater),
        cmocka_unit_test(news_is_a_change_that_is_or_was_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
