// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "notify/readable.h"

static void expect_line(const char *bytes, size_t size, size_t limit,
                        const char *wanted)
{
    AUTO(strbuf) struct strbuf line = {0};
    readable_line(&line, bytes, size, limit);
    assert_string_equal(strbuf_text(&line), wanted);
}

static void expect_text(const char *bytes, const char *wanted)
{
    AUTO(strbuf) struct strbuf text = {0};
    readable_text(&text, bytes, strlen(bytes));
    assert_string_equal(strbuf_text(&text), wanted);
}

#define LINE(bytes, wanted) expect_line(bytes, sizeof bytes - 1, 100, wanted)

static void leaves_readable_text_alone(void **state UNUSED)
{
    LINE("", "");
    LINE("naïve café €20 🐑", "naïve café €20 🐑");
}

static void blanks_control_characters(void **state UNUSED)
{
    LINE("a\r\nBcc: b\tc\0d\x7F"
         "e",
         "a  Bcc: b c d e");
    LINE("a\xC2\x85"
         "b\xC2\x9B"
         "1m",
         "a b 1m");
}

static void replaces_bytes_that_are_not_utf8(void **state UNUSED)
{
    LINE("a\xFF"
         "b\xC3",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD");
}

static void drops_what_steers_a_terminal(void **state UNUSED)
{
    LINE("\x1B[1;31mred\x1B[0m", "red");
    LINE("\x1B]0;title\aafter", "after");
    LINE("\x1B]8;;http://x\x1B\\link\x1B]8;;\x1B\\", "link");
    LINE("\x1B(Bplain\x1B", "plain");
    LINE("\x1B[12;", "");
    LINE("\x1B]never ends", "");
}

static void blanks_what_turns_the_direction_of_writing(void **state UNUSED)
{
    LINE("a\xE2\x80\xAE"
         "b\xE2\x81\xA6"
         "c\xE2\x80\xA8"
         "d",
         "a b c d");
}

static void cuts_a_line_between_characters(void **state UNUSED)
{
    expect_line("abcdefgh", 8, 8, "abcdefgh");
    expect_line("abcdefghi", 9, 8, "abcde...");
    expect_line("abcd€fghi", 11, 8, "abcd...");
}

static void shows_lines_as_a_terminal_would_leave_them(void **state UNUSED)
{
    expect_text("one\ntwo", "one\ntwo\n");
    expect_text("dos\r\nends\r\n", "dos\nends\n");
    expect_text(" 10%\r 50%\r100%\ndone\n", "100%\ndone\n");
    expect_text("a\tb\n\n", "a\tb\n\n");
    expect_text("\r\r\n", "\n");
}

static void expect_tail(const char *text, int lines, size_t bytes, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, text);
    assert_string_equal(text + readable_tail(&buf, lines, bytes), wanted);
}

static void finds_the_last_lines(void **state UNUSED)
{
    expect_tail("one\ntwo\nthree\n", 5, 100, "one\ntwo\nthree\n");
    expect_tail("one\ntwo\nthree\n", 2, 100, "two\nthree\n");
    expect_tail("one\ntwo\nthree\n", 5, 10, "two\nthree\n");
    expect_tail("one\ntwo\nthree\n", 5, 9, "three\n");
    expect_tail("\n\n\n", 2, 100, "\n\n");
    expect_tail("", 2, 100, "");
}

static void cuts_into_a_line_only_when_it_alone_is_too_long(void **state UNUSED)
{
    expect_tail("one\nabcdefgh\n", 5, 5, "efgh\n");
    expect_tail("one\nab€€\n", 5, 6, "€\n");
}

/* Every pair of bytes, and every byte after an escape, comes out as clean UTF-8. */
static void never_lets_a_control_character_pass(void **state UNUSED)
{
    for (int i = 0; i < 256 * 256; i++) {
        char bytes[] = {'\x1B', (char)(i >> 8), (char)i, (char)(i >> 8), (char)i};
        AUTO(strbuf) struct strbuf line = {0};
        readable_line(&line, bytes + i % 2, sizeof bytes - (size_t)(i % 2), 100);
        const char *text = strbuf_text(&line);
        assert_true(utf8_is_valid(text, line.size));
        for (size_t at = 0; at < line.size; at++)
            assert_true((unsigned char)text[at] >= 0x20 && text[at] != 0x7F);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_readable_text_alone),
        cmocka_unit_test(blanks_control_characters),
        cmocka_unit_test(replaces_bytes_that_are_not_utf8),
        cmocka_unit_test(drops_what_steers_a_terminal),
        cmocka_unit_test(blanks_what_turns_the_direction_of_writing),
        cmocka_unit_test(cuts_a_line_between_characters),
        cmocka_unit_test(shows_lines_as_a_terminal_would_leave_them),
        cmocka_unit_test(finds_the_last_lines),
        cmocka_unit_test(cuts_into_a_line_only_when_it_alone_is_too_long),
        cmocka_unit_test(never_lets_a_control_character_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
