// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "notify/lines.h"

/* wanted: the lines that are new, each with its newline. */
static void expect(const char *before, const char *text, const char *wanted)
{
    struct texts lines = {0};
    size_t more = 0;
    AUTO(strbuf) struct strbuf found = {0};
    lines_new(text, before, 100, &lines, &more);
    for (size_t i = 0; i < lines.count; i++)
        strbuf_printf(&found, "%s\n", lines.items[i]);
    assert_string_equal(strbuf_text(&found), wanted);
    assert_int_equal(more, 0);
    texts_clear(&lines);
}

static void a_line_that_was_not_there_is_new(void **state UNUSED)
{
    expect("a\nb\n", "b\nc\na\n\nd", "c\nd\n");
    expect("", "c\n", "c\n");
    expect("a\n", "", "");
}

static void a_line_is_told_once(void **state UNUSED)
{
    expect("a\n", "c\nc\n  c\n", "c\n");
}

static void numbers_and_dates_make_no_line_new(void **state UNUSED)
{
    expect("2026-11-21 09:48:08 [1234] took 1.5 s\n",
           "2026-11-22 10:00:59 [7] took 312.25 s\n", "");
    expect("Sat Nov 21 09:48:08 CET 2026\n", "Mon  Dec  1 9:48:08 CET 2026\n", "");
    expect("commit 0af3c99b\n", "commit deadbee7\n", "");
    expect("disk1 is full\n", "disk12 is full\n", "");
}

static void words_do(void **state UNUSED)
{
    expect("disk sda is full\n", "disk sdb is full\n", "disk sdb is full\n");
    expect("1 error\n", "1 errors\n", "1 errors\n");
    expect("facade\n", "decade\n", "decade\n"); /* no digit: a word */
    expect("a-b\n", "a+b\n", "a+b\n");
}

static void counts_what_is_beyond_the_limit(void **state UNUSED)
{
    struct texts lines = {0};
    size_t more = 0;
    assert_int_equal(lines_new("a\n\nb\nc\nd\n", "d\n", 2, &lines, &more), 4);
    assert_int_equal(lines.count, 2);
    assert_int_equal(more, 1);
    texts_clear(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_was_not_there_is_new),
        cmocka_unit_test(a_line_is_told_once),
        cmocka_unit_test(numbers_and_dates_make_no_line_new),
        cmocka_unit_test(words_do),
        cmocka_unit_test(counts_what_is_beyond_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
