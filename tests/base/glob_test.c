// SPDX-License-Identifier: GPL-3.0-or-later
/* glob - patterns and texts, and how long the worst of them take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/glob.h"

static void is_the_text_itself(void **state UNUSED)
{
    assert_true(glob_matches("backup", "backup"));
    assert_false(glob_matches("backup", "backups"));
    assert_false(glob_matches("backups", "backup"));
    assert_false(glob_matches("Backup", "backup"));
    assert_true(glob_matches("", ""));
    assert_false(glob_matches("", "a"));
}

static void a_star_is_any_text(void **state UNUSED)
{
    assert_true(glob_matches("*", ""));
    assert_true(glob_matches("*", "disk:/"));
    assert_true(glob_matches("disk:*", "disk:"));
    assert_true(glob_matches("*:*", "disk:/"));
    assert_true(glob_matches("a*b*c", "aXbXbXc"));
    assert_true(glob_matches("**c", "abc"));
    assert_false(glob_matches("a*b*c", "aXbXbX"));
    assert_false(glob_matches("*a", "ab"));
}

static void a_question_mark_is_one_character(void **state UNUSED)
{
    assert_true(glob_matches("penguin?", "penguin2"));
    assert_true(glob_matches("s?\xc3\x9f", "s\xc3\xbc\xc3\x9f"));
    assert_true(glob_matches("*?", "\xc3\xbc"));
    assert_false(glob_matches("penguin?", "penguin"));
    assert_false(glob_matches("?", "\xc3\xbc\xc3\xbc"));
    assert_false(glob_matches("*?", ""));
}

static void other_signs_are_themselves(void **state UNUSED)
{
    assert_true(glob_matches("[a]", "[a]"));
    assert_false(glob_matches("[a]", "a"));
    assert_true(glob_matches("a\\*", "a\\b"));
}

static void many_stars_take_no_longer(void **state UNUSED)
{
    char pattern[2001], text[20001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i + 1 < sizeof pattern; i++)
        pattern[i] = i % 2 ? 'a' : '*';
    pattern[sizeof pattern - 2] = 'b';
    pattern[sizeof pattern - 1] = '\0';
    assert_false(glob_matches(pattern, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_text_itself),
        cmocka_unit_test(a_star_is_any_text),
        cmocka_unit_test(a_question_mark_is_one_character),
        cmocka_unit_test(other_signs_are_themselves),
        cmocka_unit_test(many_stars_take_no_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
