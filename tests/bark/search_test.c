// SPDX-License-Identifier: GPL-3.0-or-later
/* search - lines are matched however they come. */
#include "bark/search.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static void print(struct search *search, const char *text)
{
    search_add(search, SEARCH_STDOUT, text, strlen(text));
}

static bool is_satisfied_by(const char *require, const char *forbid, const char *text,
                            size_t size)
{
    AUTO(search) struct search *search = NULL;
    struct error why;
    assert_int_equal(search_new(require, forbid, &search, &why), 0);
    search_start(search);
    search_add(search, SEARCH_STDERR, text, size);
    return search_is_satisfied(search, &why);
}

static void finds_a_whole_line(void **state UNUSED)
{
    assert_true(is_satisfied_by("^done$", NULL, "almost\ndone\nnot yet\n", 20));
    assert_false(is_satisfied_by("^done$", NULL, "almost done\n", 12));
}

static void finds_a_last_line_without_its_end(void **state UNUSED)
{
    assert_true(is_satisfied_by("^done$", NULL, "almost\ndone", 11));
    assert_false(is_satisfied_by(NULL, "^done$", "almost\ndone", 11));
}

static void requires_something_of_nothing(void **state UNUSED)
{
    assert_false(is_satisfied_by("x", NULL, "", 0));
    assert_true(is_satisfied_by(NULL, "x", "", 0));
    assert_true(is_satisfied_by("^$", NULL, "\n", 1));
}

static void a_nul_ends_a_line(void **state UNUSED)
{
    assert_false(is_satisfied_by(NULL, "^error$", "a\0error\0b", 9));
}

static void takes_bytes_that_are_no_text(void **state UNUSED)
{
    assert_false(is_satisfied_by(NULL, "error", "\xFF\xFE error \xC3\n", 11));
}

static void joins_a_line_from_its_pieces(void **state UNUSED)
{
    AUTO(search) struct search *search = NULL;
    assert_int_equal(search_new("^abcdef$", NULL, &search, NULL), 0);
    print(search, "x\nab");
    print(search, "cd");
    search_add(search, SEARCH_STDERR, "between\n", 8);
    print(search, "ef\n");
    assert_true(search_is_satisfied(search, NULL));
}

static void bounds_a_line_without_end(void **state UNUSED)
{
    AUTO(search) struct search *search = NULL;
    AUTO(str) char *noise = memory_new(1 << 20);
    memset(noise, 'x', 1 << 20);
    assert_int_equal(search_new("needle", NULL, &search, NULL), 0);
    for (int i = 0; i < 8; i++)
        search_add(search, SEARCH_STDOUT, noise, 1 << 20);
    print(search, "needle");
    assert_true(search_is_satisfied(search, NULL));
}

static void a_line_that_just_fits_is_one(void **state UNUSED)
{
    static char text[(64 << 10) + 1];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\n';
    assert_true(is_satisfied_by("^a*$", "^$", text, sizeof text));
}

static void forgets_an_earlier_attempt(void **state UNUSED)
{
    AUTO(search) struct search *search = NULL;
    assert_int_equal(search_new("ok", "bad", &search, NULL), 0);
    print(search, "ok\nbad\nba");
    search_start(search);
    print(search, "d is not seen: it was another line\n");
    struct error why;
    assert_false(search_is_satisfied(search, &why));
    assert_string_equal(why.text, "it did not print what --require requires: ok");
}

static void says_what_was_forbidden(void **state UNUSED)
{
    AUTO(search) struct search *search = NULL;
    struct error why;
    assert_int_equal(search_new("ok", "bad|worse", &search, NULL), 0);
    print(search, "worse\n");
    assert_false(search_is_satisfied(search, &why));
    assert_string_equal(why.text, "it printed what --forbid forbids: bad|worse");
}

static void refuses_what_is_no_pattern(void **state UNUSED)
{
    struct search *search = NULL;
    struct error why;
    assert_int_equal(search_new(NULL, "a(", &search, &why), -EINVAL);
    assert_non_null(strstr(why.text, "--forbid: \"a(\""));
    assert_null(search);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_whole_line),
        cmocka_unit_test(finds_a_last_line_without_its_end),
        cmocka_unit_test(requires_something_of_nothing),
        cmocka_unit_test(a_nul_ends_a_line),
        cmocka_unit_test(takes_bytes_that_are_no_text),
        cmocka_unit_test(joins_a_line_from_its_pieces),
        cmocka_unit_test(bounds_a_line_without_end),
        cmocka_unit_test(a_line_that_just_fits_is_one),
        cmocka_unit_test(forgets_an_earlier_attempt),
        cmocka_unit_test(says_what_was_forbidden),
        cmocka_unit_test(refuses_what_is_no_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
