// SPDX-License-Identifier: GPL-3.0-or-later
/* screen - widths, and that no stranger's text reaches a terminal as more than text. */
#include "look/screen.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDE     "\xE6\x97\xA5" /* a CJK ideograph: two columns */
#define ACCENT   "e\xCC\x81"    /* e and a combining acute: one column */
#define ELLIPSIS "\xE2\x80\xA6"

static int use_utf8(void **state UNUSED)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    screen_use_locale();
    return 0;
}

static void expect_line(const char *text, size_t size, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    screen_add_line(&buf, text, size);
    assert_string_equal(strbuf_text(&buf), wanted);
}

static void expect_lines(const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    screen_add_lines(&buf, text, strlen(text));
    assert_string_equal(strbuf_text(&buf), wanted);
}

static void counts_the_columns_of_wide_and_combining_characters(void **state UNUSED)
{
    assert_int_equal(screen_columns(""), 0);
    assert_int_equal(screen_columns("abc"), 3);
    assert_int_equal(screen_columns(WIDE WIDE), 4);
    assert_int_equal(screen_columns(ACCENT), 1);
    assert_int_equal(screen_columns("a\xC3\xA4" ELLIPSIS), 3);
}

static void counts_characters_where_the_locale_knows_none(void **state UNUSED)
{
    setlocale(LC_CTYPE, "C");
    size_t columns = screen_columns("a\xC3\xA4" WIDE);
    screen_use_locale();
    assert_int_equal(columns, 3);
}

static void finds_a_utf8_locale_where_the_user_has_none(void **state UNUSED)
{
    setenv("LC_ALL", "C", 1);
    screen_use_locale();
    size_t columns = screen_columns(WIDE);
    use_utf8(NULL);
    assert_int_equal(columns, 2);
}

static void fits_whole_characters(void **state UNUSED)
{
    assert_int_equal(screen_fit("abc", 2), 2);
    assert_int_equal(screen_fit("abc", 9), 3);
    assert_int_equal(screen_fit(WIDE WIDE, 3), 3);
    assert_int_equal(screen_fit(WIDE, 1), 0);
    assert_int_equal(screen_fit(ACCENT "x", 1),
                     3); /* the accent goes with its letter */
}

static void shows_control_characters_and_sends_none(void **state UNUSED)
{
    expect_line("a\x1B[31mb", 7, "a^[[31mb");
    expect_line("\0\a\x7F", 3, "^@^G^?");
    expect_line("\xC2\x9B"
                "31m",
                5, "<U+009B>31m");
    expect_line("a\xE2\x80\xAE"
                "b",
                5, "a<U+202E>b");
    expect_line("\xE2\x81\xA6", 3, "<U+2066>");
}

static void every_byte_becomes_harmless(void **state UNUSED)
{
    for (int i = 0; i < 256; i++) {
        char byte = (char)i;
        AUTO(strbuf) struct strbuf buf = {0};
        screen_add_line(&buf, &byte, 1);
        for (size_t at = 0; at < buf.size; at++)
            assert_true((unsigned char)buf.data[at] >= ' ' && buf.data[at] != 0x7F);
    }
}

static void marks_bytes_that_are_not_utf8(void **state UNUSED)
{
    expect_line("a\xFF\xC3", 3, "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void makes_one_line_of_a_line(void **state UNUSED)
{
    expect_line("a\nb\tc", 5, "a b c");
    expect_line(ACCENT WIDE, 6, ACCENT WIDE);
}

static void keeps_lines_and_tabs_of_lines(void **state UNUSED)
{
    expect_lines("a\n\tb\r\nc\rd", "a\n\tb\nc^Md");
}

static void paints_only_where_there_is_colour(void **state UNUSED)
{
    const struct screen plain = {.width = 80},
                        coloured = {.width = 80, .has_colour = true};
    AUTO(strbuf) struct strbuf buf = {0};
    screen_add_painted(&plain, &buf, PAINT_RED, "a");
    screen_add_painted(&coloured, &buf, screen_paint_of(STATE_FAIL), "b");
    screen_add_painted(&coloured, &buf, PAINT_NONE, "c");
    assert_string_equal(strbuf_text(&buf), "a\x1B[31mb\x1B[0mc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_columns_of_wide_and_combining_characters),
        cmocka_unit_test(counts_characters_where_the_locale_knows_none),
        cmocka_unit_test(finds_a_utf8_locale_where_the_user_has_none),
        cmocka_unit_test(fits_whole_characters),
        cmocka_unit_test(shows_control_characters_and_sends_none),
        cmocka_unit_test(every_byte_becomes_harmless),
        cmocka_unit_test(marks_bytes_that_are_not_utf8),
        cmocka_unit_test(makes_one_line_of_a_line),
        cmocka_unit_test(keeps_lines_and_tabs_of_lines),
        cmocka_unit_test(paints_only_where_there_is_colour),
    };
    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
