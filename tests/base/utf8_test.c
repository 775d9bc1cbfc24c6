// SPDX-License-Identifier: GPL-3.0-or-later
/* utf8 - every well-formed character and none besides. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The text of one code point, by the plain rule of RFC 3629. */
static size_t encode(uint32_t point, char ret[4])
{
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        ret[i] = (char)(0x80 | (point & 0x3F));
    ret[0] = (char)(leads[length] | point);
    return length;
}

static void knows_every_character(void **state UNUSED)
{
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        char text[4];
        size_t length = encode(point, text);
        bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (utf8_length(text, length) != (surrogate ? 0 : length))
            fail_msg("U+%04X", (unsigned)point);
        if (length > 1 && utf8_length(text, length - 1) != 0)
            fail_msg("U+%04X without its last byte", (unsigned)point);
    }
}

static void refuses_what_is_no_character(void **state UNUSED)
{
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC3(",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xE2\x82(",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(utf8_length(wrong[i], strlen(wrong[i])), 0);
        assert_false(utf8_is_valid(wrong[i], strlen(wrong[i])));
    }
}

static void nothing_is_valid_and_has_no_character(void **state UNUSED)
{
    assert_true(utf8_is_valid("", 0));
    assert_int_equal(utf8_length("a", 0), 0);
    assert_int_equal(utf8_torn_tail("", 0), 0);
    assert_int_equal(utf8_torn_head("", 0), 0);
}

static void nul_is_a_character(void **state UNUSED)
{
    assert_true(utf8_is_valid("a\0b", 3));
}

static void finds_what_a_cut_has_torn(void **state UNUSED)
{
    static const char text[] = "ab\xF0\x9F\x90\x91"; /* a sheep */
    assert_int_equal(utf8_torn_tail(text, 6), 0);
    assert_int_equal(utf8_torn_tail(text, 5), 3);
    assert_int_equal(utf8_torn_tail(text, 4), 2);
    assert_int_equal(utf8_torn_tail(text, 3), 1);
    assert_int_equal(utf8_torn_tail(text, 2), 0);
    assert_int_equal(utf8_torn_head(text + 2, 4), 0);
    assert_int_equal(utf8_torn_head(text + 3, 3), 3);
    assert_int_equal(utf8_torn_head(text + 4, 2), 2);
    assert_int_equal(utf8_torn_head(text + 5, 1), 1);
}

static void what_begins_no_character_is_not_torn(void **state UNUSED)
{
    assert_int_equal(utf8_torn_tail("a\xE0\x80", 3), 0);
    assert_int_equal(utf8_torn_tail("a\xF4\x90\x80", 4), 0);
    assert_int_equal(utf8_torn_tail("a\xFF", 2), 0);
    assert_int_equal(utf8_torn_tail("\x80\x80\x80\x80", 4), 0);
}

static void assert_tidy(const char *text, const char *wanted)
{
    char line[64];
    snprintf(line, sizeof line, "%s", text);
    utf8_tidy(line, strlen(line));
    assert_string_equal(line, wanted);
}

static void a_tidy_line_steers_no_terminal(void **state)
{
    (void)state;
    assert_tidy("caf\xC3\xA9 \xE2\x82\xAC", "caf\xC3\xA9 \xE2\x82\xAC");
    assert_tidy("a\nb\tc\x1B[31m\x7F", "a b c [31m ");
    assert_tidy("a\xC2\x9B"
                "31mb\xC2\xA0",
                "a  31mb\xC2\xA0");
    assert_tidy("\xFFtorn\xE2\x82", "?torn??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_every_character),
        cmocka_unit_test(refuses_what_is_no_character),
        cmocka_unit_test(nothing_is_valid_and_has_no_character),
        cmocka_unit_test(nul_is_a_character),
        cmocka_unit_test(finds_what_a_cut_has_torn),
        cmocka_unit_test(what_begins_no_character_is_not_torn),
        cmocka_unit_test(a_tidy_line_steers_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
