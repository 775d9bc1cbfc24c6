// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify/mime.h"

static void expect_header(const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    mime_put_header(&buf, "Subject", text);
    assert_string_equal(buf.data, wanted);
}

static void expect_body(const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf from = {0}, buf = {0};
    strbuf_puts(&from, text);
    mime_put_body(&buf, &from);
    const char *encoding = strchr(buf.data, ':');
    assert_string_equal(encoding, wanted);
}

static void plain_words_stay_as_they_are(void **state UNUSED)
{
    expect_header("[sheepdog] FAIL penguin2 P2-ETC (2)",
                  "Subject: [sheepdog] FAIL penguin2 P2-ETC (2)\r\n");
    expect_header("", "Subject:\r\n");
}

static void a_long_header_is_folded_at_a_blank(void **state UNUSED)
{
    expect_header("one two three four five six seven eight nine ten eleven twelve "
                  "thirteen fourteen",
                  "Subject: one two three four five six seven eight nine ten eleven "
                  "twelve\r\n thirteen fourteen\r\n");
}

static void only_the_words_that_need_it_are_encoded(void **state UNUSED)
{
    expect_header("FAIL h naïve (2)", "Subject: FAIL h =?UTF-8?B?bmHDr3Zl?= (2)\r\n");
}

static void blanks_between_encoded_words_are_encoded_with_them(void **state UNUSED)
{
    expect_header("é x é", "Subject: =?UTF-8?B?w6kgeCDDqQ==?=\r\n");
}

static void what_looks_encoded_is_encoded(void **state UNUSED)
{
    expect_header("=?UTF-8?Q?hi?=", "Subject: =?UTF-8?B?PT9VVEYtOD9RP2hpPz0=?=\r\n");
}

static void control_characters_never_pass(void **state UNUSED)
{
    expect_header("a\r\nBcc: b@example.net\r\n\r\nbody",
                  "Subject: a Bcc: b@example.net body\r\n");
}

/* All lines of a header, the longest that can come, fit in 78 columns, and no encoded
 * word ends within a character. */
static void long_words_of_any_language_fit(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0}, buf = {0};
    for (int i = 0; i < 120; i++)
        strbuf_puts(&text, i % 7 == 0 ? "€" : i % 3 == 0 ? "🐑" : "aé");
    mime_put_header(&buf, "Subject", text.data);
    for (const char *line = buf.data; *line;) {
        size_t length = strcspn(line, "\r");
        assert_true(length <= 76);
        assert_memory_equal(line + length, "\r\n", 2);
        line += length + 2;
        assert_true(*line == ' ' || *line == '\0');
    }
}

static void a_long_word_without_blanks_is_encoded_in_pieces(void **state UNUSED)
{
    char word[101];
    memset(word, 'x', 100);
    word[100] = '\0';
    expect_header(word, "Subject:\r\n"
                        " =?UTF-8?B?"
                        "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4?="
                        "\r\n"
                        " =?UTF-8?B?"
                        "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4?="
                        "\r\n"
                        " =?UTF-8?B?eHh4eHh4eHh4eA==?=\r\n");
}

static void an_ascii_body_travels_as_it_is(void **state UNUSED)
{
    expect_body("one = two \n.\n\tthree\n",
                ": 7bit\r\n\r\none = two \r\n.\r\n\tthree\r\n");
}

static void other_bodies_are_quoted(void **state UNUSED)
{
    expect_body("café = \nx\t\n",
                ": quoted-printable\r\n\r\ncaf=C3=A9 =3D=20\r\nx=09\r\n");
}

static void quoted_lines_are_short(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0}, buf = {0};
    for (int i = 0; i < 400; i++)
        strbuf_puts(&text, i % 5 == 0 ? "é" : "a");
    strbuf_putc(&text, '\n');
    mime_put_body(&buf, &text);
    for (const char *line = buf.data; *line;) {
        size_t length = strcspn(line, "\r");
        assert_true(length <= 76);
        line += length + 2;
    }
}

static void a_line_that_is_too_long_to_travel_is_quoted(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0}, buf = {0};
    for (int i = 0; i < 998; i++)
        strbuf_putc(&text, 'a');
    mime_put_body(&buf, &text);
    assert_non_null(strstr(buf.data, "7bit"));
    strbuf_putc(&text, 'a');
    strbuf_shorten(&buf, 0);
    mime_put_body(&buf, &text);
    assert_non_null(strstr(buf.data, "quoted-printable"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_as_they_are),
        cmocka_unit_test(a_long_header_is_folded_at_a_blank),
        cmocka_unit_test(only_the_words_that_need_it_are_encoded),
        cmocka_unit_test(blanks_between_encoded_words_are_encoded_with_them),
        cmocka_unit_test(what_looks_encoded_is_encoded),
        cmocka_unit_test(control_characters_never_pass),
        cmocka_unit_test(long_words_of_any_language_fit),
        cmocka_unit_test(a_long_word_without_blanks_is_encoded_in_pieces),
        cmocka_unit_test(an_ascii_body_travels_as_it_is),
        cmocka_unit_test(other_bodies_are_quoted),
        cmocka_unit_test(quoted_lines_are_short),
        cmocka_unit_test(a_line_that_is_too_long_to_travel_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
