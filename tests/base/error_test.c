// SPDX-License-Identifier: GPL-3.0-or-later
/* error - a sentence of one line, whatever goes into it. */
#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void returns_the_number_and_writes_the_sentence(void **state UNUSED)
{
    struct error err = {0};
    assert_int_equal(error_set(&err, -ENOENT, "%s: %d sheep", "field", 3), -ENOENT);
    assert_string_equal(err.text, "field: 3 sheep");
}

static void puts_the_context_before_it(void **state UNUSED)
{
    struct error err = {0};
    error_set(&err, -EINVAL, "no sheep");
    assert_int_equal(error_prefix(&err, -EINVAL, "line %d", 7), -EINVAL);
    error_prefix(&err, -EINVAL, "herd.conf");
    assert_string_equal(err.text, "herd.conf: line 7: no sheep");
}

static void needs_no_place_for_the_sentence(void **state UNUSED)
{
    assert_int_equal(error_set(NULL, -EIO, "%s", "lost"), -EIO);
    assert_int_equal(error_prefix(NULL, -EIO, "%s", "lost"), -EIO);
}

static void cuts_what_is_too_long(void **state UNUSED)
{
    char text[3000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct error err = {0};
    error_set(&err, -EINVAL, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);

    error_prefix(&err, -EINVAL, "prefix");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "prefix: aaa", 11);

    error_prefix(&err, -EINVAL, "%s", text);
    assert_memory_equal(err.text, "prefix: aaa", 11);
}

static void stays_on_one_line(void **state UNUSED)
{
    struct error err = {0};
    error_set(&err, -EINVAL, "found \"a\nb\r\x1B[31m\x7F\"");
    assert_string_equal(err.text, "found \"a b  [31m \"");
    error_prefix(&err, -EINVAL, "x\ny");
    assert_string_equal(err.text, "x y: found \"a b  [31m \"");
}

static void stays_utf8_when_a_value_was_cut_within_a_character(void **state UNUSED)
{
    struct error err = {0};
    error_set(&err, -EINVAL, "found \"%.3s\", expected é", "aéé");
    assert_string_equal(err.text, "found \"aé\", expected é");
    error_set(&err, -EINVAL, "found \"%.2s\", expected é", "aéé");
    assert_string_equal(err.text, "found \"a?\", expected é");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_the_number_and_writes_the_sentence),
        cmocka_unit_test(puts_the_context_before_it),
        cmocka_unit_test(needs_no_place_for_the_sentence),
        cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(stays_on_one_line),
        cmocka_unit_test(stays_utf8_when_a_value_was_cut_within_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
