// SPDX-License-Identifier: GPL-3.0-or-later
/* redact - what is hidden, and that nothing else is. */
#include "bark/redact.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The patterns end with NULL. */
static struct redaction *redaction_of(const char *const *patterns)
{
    AUTO(texts) struct texts texts = {0};
    struct redaction *redaction;
    for (; *patterns; patterns++)
        texts_add(&texts, *patterns);
    assert_int_equal(redaction_new(&texts, &redaction, NULL), 0);
    return redaction;
}

static void expect_of(const char *const *patterns, const char *text, const char *wanted)
{
    AUTO(redaction) struct redaction *redaction = redaction_of(patterns);
    AUTO(str) char *told = redact_text(redaction, text);
    assert_string_equal(told, wanted);
}

static void expect(const char *pattern, const char *text, const char *wanted)
{
    const char *const patterns[] = {pattern, NULL};
    expect_of(patterns, text, wanted);
}

static void replaces_every_match(void **state UNUSED)
{
    expect("hunter2", "hunter2 and hunter2", "[redacted] and [redacted]");
    expect("--password=[^ ]*", "mysqldump --password=x db", "mysqldump [redacted] db");
    expect("(token|key): *[a-z]+", "token: abc, key:def.", "[redacted], [redacted].");
    expect("a", "", "");
}

static void leaves_what_does_not_match(void **state UNUSED)
{
    expect("hunter2", "Hunter2 hunter", "Hunter2 hunter");
}

static void knows_lines(void **state UNUSED)
{
    expect("^pass.*$", "a pass b\npass c\nd\n", "a pass b\n[redacted]\nd\n");
    expect("key=.*", "key=1\nkeep\n", "[redacted]\nkeep\n");
    expect("a[^b]*", "ax\nx", "[redacted]\nx");
    expect("^a", "aab", "[redacted]ab");
}

static void goes_beyond_a_line_where_the_pattern_does(void **state UNUSED)
{
    expect("BEGIN(.|\n)*END", "x\nBEGIN\nab\ncd\nEND\ny\n", "x\n[redacted]\ny\n");
}

static void takes_no_empty_match(void **state UNUSED)
{
    expect("x*", "abc", "abc");
    expect("x*", "axxb", "a[redacted]b");
    expect("^", "abc\nd", "abc\nd");
    expect("$", "abc\n", "abc\n");
}

static void makes_one_of_what_overlaps_or_touches(void **state UNUSED)
{
    static const char *const patterns[] = {"abcd", "cdef", "ghi", NULL};
    expect_of(patterns, "-abcdef-", "-[redacted]-");
    expect_of(patterns, "-cdefghi-", "-[redacted]-");
}

static void redacts_nothing_twice(void **state UNUSED)
{
    static const char *const patterns[] = {"secret", "redacted", NULL};
    expect_of(patterns, "a secret b", "a [redacted] b");
}

static void matches_between_nuls(void **state UNUSED)
{
    static const char *const patterns[] = {"a.*b", "^c", NULL};
    static const char text[] = "a\0b\0c\0axb\0";
    static const char wanted[] = "a\0b\0[redacted]\0[redacted]\0";
    AUTO(redaction) struct redaction *redaction = redaction_of(patterns);
    AUTO(strbuf) struct strbuf told = {0};
    redact(redaction,
           &(struct redact_part){
               .text = text, .size = sizeof text - 1, .to = sizeof text - 1},
           &told);
    assert_int_equal(told.size, sizeof wanted - 1);
    assert_memory_equal(told.data, wanted, sizeof wanted);
}

static void matches_beside_bytes_that_are_not_utf8(void **state UNUSED)
{
    expect("secret",
           "\xff\xfe"
           "secret\x80",
           "\xff\xfe[redacted]\x80");
    expect("pass [^ ]*", "pass \xff\x80\xc3 end", "[redacted] end");
    expect("\xC3\xA4",
           "a\xC3\xA4"
           "b",
           "a[redacted]b");
}

static void tells_a_part_by_what_stands_around_it(void **state UNUSED)
{
    static const char *const patterns[] = {"secret", NULL};
    static const char text[] = "a secret b";
    AUTO(redaction) struct redaction *redaction = redaction_of(patterns);
    AUTO(strbuf) struct strbuf told = {0};
    redact(redaction,
           &(struct redact_part){.text = text, .size = strlen(text), .to = 5}, &told);
    assert_string_equal(told.data, "a [redacted]");
    strbuf_shorten(&told, 0);
    redact(
        redaction,
        &(struct redact_part){.text = text, .size = strlen(text), .from = 5, .to = 10},
        &told);
    assert_string_equal(told.data, "[redacted] b");
}

static void tells_all_without_a_pattern(void **state UNUSED)
{
    struct redaction *redaction = (struct redaction *)&state;
    assert_int_equal(redaction_new(&(struct texts){0}, &redaction, NULL), 0);
    assert_null(redaction);
    AUTO(str) char *told = redact_text(NULL, "secret");
    assert_string_equal(told, "secret");
}

static void tells_nothing_where_all_is_secret(void **state UNUSED)
{
    AUTO(redaction) struct redaction *redaction = redaction_new_total();
    AUTO(str) char *told = redact_text(redaction, "several\nlines\n");
    assert_string_equal(told, "[redacted]");
    AUTO(str) char *nothing = redact_text(redaction, "");
    assert_string_equal(nothing, "");
}

static void refuses_what_is_no_expression_and_does_not_quote_it(void **state UNUSED)
{
    AUTO(texts) struct texts texts = {0};
    struct redaction *redaction;
    struct error err;
    texts_add(&texts, "fine");
    texts_add(&texts, "hunter2(");
    assert_int_equal(redaction_new(&texts, &redaction, &err), -EINVAL);
    assert_non_null(strstr(err.text, "no extended regular expression: "));
    assert_null(strstr(err.text, "hunter2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_every_match),
        cmocka_unit_test(leaves_what_does_not_match),
        cmocka_unit_test(knows_lines),
        cmocka_unit_test(goes_beyond_a_line_where_the_pattern_does),
        cmocka_unit_test(takes_no_empty_match),
        cmocka_unit_test(makes_one_of_what_overlaps_or_touches),
        cmocka_unit_test(redacts_nothing_twice),
        cmocka_unit_test(matches_between_nuls),
        cmocka_unit_test(matches_beside_bytes_that_are_not_utf8),
        cmocka_unit_test(tells_a_part_by_what_stands_around_it),
        cmocka_unit_test(tells_all_without_a_pattern),
        cmocka_unit_test(tells_nothing_where_all_is_secret),
        cmocka_unit_test(refuses_what_is_no_expression_and_does_not_quote_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
