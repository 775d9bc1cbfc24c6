// SPDX-License-Identifier: GPL-3.0-or-later
/* capture - which bytes stay, whatever the pieces they come in. */
#include "bark/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static void add_text(struct capture *capture, const char *text)
{
    capture_add(capture, text, strlen(text));
}

static void expect_output(const struct capture *capture, size_t keep, const char *kept,
                          uint64_t cut, size_t cut_at)
{
    struct output output;
    capture_output(capture, keep, NULL, &output);
    assert_string_equal(output.kept.data, kept);
    assert_int_equal(output.kept.size, strlen(kept));
    assert_int_equal(output.cut, cut);
    assert_int_equal(output.cut_at, cut_at);
    free(output.kept.data);
}

static void keeps_all_of_little(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 4};
    expect_output(&capture, 4, "", 0, 0);
    add_text(&capture, "abc");
    expect_output(&capture, 4, "abc", 0, 0);
    add_text(&capture, "defgh");
    expect_output(&capture, 4, "abcdefgh", 0, 0);
}

static void cuts_the_first_byte_too_many(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 4};
    add_text(&capture, "abcdefghi");
    expect_output(&capture, 4, "abcdfghi", 1, 4);
}

static void pieces_do_not_matter(void **state UNUSED)
{
    char text[1000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * 7 % 26);
    for (size_t piece = 1; piece <= sizeof text; piece++) {
        AUTO(capture) struct capture capture = {.keep = 13};
        for (size_t at = 0; at < sizeof text; at += piece)
            capture_add(&capture, text + at,
                        piece < sizeof text - at ? piece : sizeof text - at);
        struct output output;
        capture_output(&capture, 13, NULL, &output);
        assert_int_equal(output.cut, sizeof text - 26);
        assert_memory_equal(output.kept.data, text, 13);
        assert_memory_equal(output.kept.data + 13, text + sizeof text - 13, 13);
        free(output.kept.data);
    }
}

static void gives_less_when_asked(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 8};
    add_text(&capture, "0123456789");
    expect_output(&capture, 2, "0189", 6, 2);
    add_text(&capture, "abcdefghijklmnop");
    expect_output(&capture, 3, "012nop", 20, 3);
    expect_output(&capture, 0, "", 26, 0);
}

static void keeps_nothing_where_nothing_may_be_kept(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 0};
    add_text(&capture, "abc");
    expect_output(&capture, 0, "", 3, 0);
}

static void tears_no_character(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 4};
    add_text(&capture, "abc\xC3\xA9......\xC3\xA9xyz");
    expect_output(&capture, 4, "abcxyz", 10, 3);
}

static void tears_none_where_nothing_is_cut(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 4};
    add_text(&capture, "abc\xC3\xA9xyz");
    expect_output(&capture, 4, "abc\xC3\xA9xyz", 0, 0);
}

static void keeps_nul_bytes(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 8};
    capture_add(&capture, "a\0b", 3);
    struct output output;
    capture_output(&capture, 8, NULL, &output);
    assert_int_equal(output.kept.size, 3);
    assert_memory_equal(output.kept.data, "a\0b", 3);
    free(output.kept.data);
}

static void says_what_is_left_out(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 2};
    AUTO(strbuf) struct strbuf text = {0};
    add_text(&capture, "abcdefg");
    capture_format(&capture, NULL, &text);
    assert_string_equal(strbuf_text(&text), "ab\n[… 3 bytes left out …]\nfg");
}

static void starts_again_when_cleared(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 2};
    add_text(&capture, "abcdefg");
    capture_clear(&capture);
    add_text(&capture, "xyz");
    expect_output(&capture, 2, "xyz", 0, 0);
}

/* A redaction of one pattern. */
static struct redaction *redaction_of(const char *pattern)
{
    AUTO(texts) struct texts patterns = {0};
    struct redaction *redaction;
    texts_add(&patterns, pattern);
    assert_int_equal(redaction_new(&patterns, &redaction, NULL), 0);
    return redaction;
}

static void expect_redacted(const struct capture *capture, const char *pattern,
                            const char *kept, uint64_t cut, size_t cut_at)
{
    AUTO(redaction) struct redaction *redaction = redaction_of(pattern);
    struct output output;
    capture_output(capture, capture->keep, redaction, &output);
    assert_string_equal(output.kept.data, kept);
    assert_int_equal(output.cut, cut);
    assert_int_equal(output.cut_at, cut_at);
    free(output.kept.data);
}

static void redacts_what_it_keeps(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 8};
    add_text(&capture, "a secret b");
    expect_redacted(&capture, "s[a-z]*t", "a [redacted] b", 0, 0);
}

static void leaves_no_half_of_a_secret_at_a_cut(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 8};
    add_text(&capture, "first secret and last secret");
    expect_redacted(&capture, "secret", "first [redacted]t [redacted]", 12, 16);
    capture_clear(&capture);
    add_text(&capture, "first word and a secret end");
    expect_redacted(&capture, "secret", "first wo[redacted] end", 11, 8);
}

static void knows_a_secret_far_across_the_cut(void **state UNUSED)
{
    AUTO(capture) struct capture capture = {.keep = 8};
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "key ");
    for (int i = 0; i < 3 * CAPTURE_MARGIN; i++)
        strbuf_putc(&text, i == CAPTURE_MARGIN - 2 ? '>' : i == 0 ? '<' : 'x');
    strbuf_puts(&text, " end");
    capture_add(&capture, text.data, text.size);
    expect_redacted(&capture, "<x*>", "key [redacted]xxxx end", text.size - 16, 14);
}

static void redacts_what_is_formatted(void **state UNUSED)
{
    AUTO(redaction) struct redaction *redaction = redaction_of("secret");
    AUTO(capture) struct capture capture = {.keep = 8};
    AUTO(strbuf) struct strbuf text = {0};
    add_text(&capture, "first secret and last word");
    capture_format(&capture, redaction, &text);
    assert_string_equal(text.data,
                        "first [redacted]\n[… 10 bytes left out …]\nast word");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_all_of_little),
        cmocka_unit_test(cuts_the_first_byte_too_many),
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(gives_less_when_asked),
        cmocka_unit_test(keeps_nothing_where_nothing_may_be_kept),
        cmocka_unit_test(tears_no_character),
        cmocka_unit_test(tears_none_where_nothing_is_cut),
        cmocka_unit_test(keeps_nul_bytes),
        cmocka_unit_test(says_what_is_left_out),
        cmocka_unit_test(starts_again_when_cleared),
        cmocka_unit_test(redacts_what_it_keeps),
        cmocka_unit_test(leaves_no_half_of_a_secret_at_a_cut),
        cmocka_unit_test(knows_a_secret_far_across_the_cut),
        cmocka_unit_test(redacts_what_is_formatted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
