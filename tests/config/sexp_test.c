// SPDX-License-Identifier: GPL-3.0-or-later
/* sexp - what is read, where it stands, and how what is wrong is said. */
#include "config/sexp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"

/* Writes a tree back in one plain form: lists in (), strings in "", words bare. */
static void put(struct strbuf *buf, const struct sexp *sexp)
{
    if (sexp->type != SEXP_LIST) {
        const char *quote = sexp->type == SEXP_STRING ? "\"" : "";
        strbuf_printf(buf, "%s%s%s", quote, sexp->text, quote);
        return;
    }
    strbuf_putc(buf, '(');
    for (size_t i = 0; i < sexp->count; i++) {
        strbuf_puts(buf, i > 0 ? " " : "");
        put(buf, &sexp->items[i]);
    }
    strbuf_putc(buf, ')');
}

static void assert_reads(const char *text, const char *wanted)
{
    AUTO(sexp) struct sexp *sexp = NULL;
    struct error err = {0};
    if (sexp_parse(text, strlen(text), &sexp, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    AUTO(strbuf) struct strbuf found = {0};
    put(&found, sexp);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void assert_refuses_bytes(const char *text, size_t size, const char *wanted)
{
    struct sexp *sexp = NULL;
    struct error err = {0};
    assert_int_equal(sexp_parse(text, size, &sexp, &err), -EINVAL);
    assert_null(sexp);
    assert_string_equal(err.text, wanted);
    assert_int_equal(sexp_parse(text, size, &sexp, NULL), -EINVAL);
}

static void assert_refuses(const char *text, const char *wanted)
{
    assert_refuses_bytes(text, strlen(text), wanted);
}

#define DATUM "a word, a \"string\", #t, #f or a list"

static void reads_words_strings_booleans_and_lists(void **state UNUSED)
{
    assert_reads("", "()");
    assert_reads(" \n\t\r\f ", "()");
    assert_reads("(host \"localhost\")\r\n(port 7777)",
                 "((host \"localhost\") (port 7777))");
    assert_reads("(a(b)()c\"d\"e)", "((a (b) () c \"d\" e))");
    assert_reads("#t #f #true #false", "(#t #f #t #f)");
    assert_reads("-1 1.5h a->b ... x. Schäfer a#b",
                 "(-1 1.5h a->b ... x. Schäfer a#b)");
}

static void a_dotted_pair_is_a_list(void **state UNUSED)
{
    assert_reads("(port . 7777)", "((port 7777))");
    assert_reads("(port .(7777))", "((port 7777))");
    assert_reads("(a b . (c (d) \"e\"))", "((a b c (d) \"e\"))");
    assert_reads("(a . ())", "((a))");
    assert_reads("(a . (b . (c . d)))", "((a b c d))");
    assert_reads("(a . #;x b ; c\n)", "((a b))");
    assert_reads("(a .b .5)", "((a .b .5))");
}

static void refuses_a_dot_in_the_wrong_place(void **state UNUSED)
{
    assert_refuses("( . x)", "1:3: found '.' at the start of a list, expected a word "
                             "before it");
    assert_refuses("(a . )", "1:6: found ')', expected " DATUM);
    assert_refuses("(a . b c)",
                   "1:8: found 'c', expected ')' after the one item behind "
                   "the dot");
    assert_refuses("(a . (b) . c)", "1:10: found '.', expected ')' after the one item "
                                    "behind the dot");
    assert_refuses("(a . b",
                   "1:7: found the end of the file, expected ')' after the one "
                   "item behind the dot");
}

static void leaves_comments_out(void **state UNUSED)
{
    assert_reads("; all of it", "()");
    assert_reads("a;b\nc", "(a c)");
    assert_reads("a #| b ) \" ; |# c", "(a c)");
    assert_reads("a #| b #| c |# d |# e", "(a e)");
    assert_reads("a #||# b", "(a b)");
    assert_reads("a #;b c", "(a c)");
    assert_reads("a #;(b (c) #|d|#) e", "(a e)");
    assert_reads("a #; #;b c d", "(a d)");
    assert_reads("(a #;b)", "((a))");
    assert_reads("\"; no #| comment\"", "(\"; no #| comment\")");
}

static void refuses_comments_without_an_end(void **state UNUSED)
{
    assert_refuses("a\n #| b #| c |# d",
                   "2:2: this #| comment has no end; expected |#");
    assert_refuses("a #;", "1:5: found the end of the file, expected " DATUM);
    assert_refuses("(a #;)", "1:6: found ')', expected " DATUM);
}

static void reads_escapes(void **state UNUSED)
{
    assert_reads("\"a\\\"b\\\\c\\nd\\te\\rf\"", "(\"a\"b\\c\nd\te\rf\")");
    assert_reads("\"\\x41;\\x7e;\\x0000000042;\"", "(\"A~B\")");
    assert_reads("\"over two\nlines\"", "(\"over two\nlines\")");
}

static void refuses_wrong_escapes(void **state UNUSED)
{
    assert_refuses("\"a\\q\"",
                   "1:4: found 'q', expected one of \" \\ n t r x after the "
                   "backslash");
    static const char *const wrong[] = {
        "\"\\x;\"",   "\"\\x0;\"",   "\"\\x80;\"",   "\"\\x41\"",
        "\"\\x-1;\"", "\"\\x 41;\"", "\"\\x0x41;\"", "\"\\xffffffffffffffffffff;\"",
        "\"\\x4"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refuses(wrong[i], "1:4: expected \\xHH; with a number from 01 to 7f");
    assert_refuses("\"\\",
                   "1:3: found the end of the file, expected one of \" \\ n t r x "
                   "after the backslash");
}

static void refuses_what_has_no_end(void **state UNUSED)
{
    assert_refuses("(a\n  (b c)\n", "1:1: this list has no end; expected ')'");
    assert_refuses("(a\n  (b c\n", "2:3: this list has no end; expected ')'");
    assert_refuses("(a \"b\n)\n", "1:4: this string has no end; expected \"");
}

static void refuses_what_is_not_of_the_language(void **state UNUSED)
{
    assert_refuses(")", "1:1: found ')', expected " DATUM);
    assert_refuses("[a]", "1:1: found '[', expected " DATUM);
    assert_refuses("'a", "1:1: found ''', expected " DATUM);
    assert_refuses("#maybe", "1:1: found #maybe, expected #t or #f");
    assert_refuses("#", "1:1: found #, expected #t or #f");
    assert_refuses_bytes("a \0b", 4, "1:3: found the byte 0x00, expected " DATUM);
    assert_refuses_bytes(";a\0b", 4, "1:3: found the byte 0x00, expected " DATUM);
    assert_refuses_bytes("\"a\0b\"", 5,
                         "1:3: found the byte 0x00, expected UTF-8 text");
}

static void refuses_what_is_not_utf8(void **state UNUSED)
{
    assert_refuses("\"a\xFF\"", "1:3: found the byte 0xFF, expected UTF-8 text");
    assert_refuses("\"a\xC3\"", "1:3: found the byte 0xC3, expected UTF-8 text");
    assert_refuses("a\xED\xA0\x80",
                   "1:1: found bytes that are not UTF-8, expected text");
}

static void a_column_counts_characters(void **state UNUSED)
{
    assert_refuses("(\"é\xF0\x9F\x90\x91\" ä [", "1:9: found '[', expected " DATUM);

    AUTO(sexp) struct sexp *sexp = NULL;
    static const char text[] = "\n (é\n\t\"x\" y)";
    assert_int_equal(sexp_parse(text, strlen(text), &sexp, NULL), 0);
    const struct sexp *list = &sexp->items[0];
    assert_int_equal(list->line, 2);
    assert_int_equal(list->column, 2);
    assert_int_equal(list->items[0].line, 2);
    assert_int_equal(list->items[0].column, 3);
    assert_int_equal(list->items[1].line, 3);
    assert_int_equal(list->items[1].column, 2);
    assert_int_equal(list->items[2].column, 6);
}

static void nest(struct strbuf *buf, const char *opening, int levels,
                 const char *closing)
{
    for (int i = 0; i < levels; i++)
        strbuf_puts(buf, opening);
    strbuf_puts(buf, "x");
    for (int i = 0; i < levels; i++)
        strbuf_puts(buf, closing);
}

static int parse_nested(const char *opening, int levels, const char *closing,
                        struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(sexp) struct sexp *sexp = NULL;
    nest(&text, opening, levels, closing);
    return sexp_parse(text.data, text.size, &sexp, err);
}

static void reads_64_levels_and_refuses_65(void **state UNUSED)
{
    struct error err = {0};
    assert_int_equal(parse_nested("(", 64, ")", NULL), 0);
    assert_int_equal(parse_nested("(", 65, ")", &err), -EINVAL);
    assert_string_equal(err.text,
                        "1:65: lists stand in lists more than 64 levels deep");
    assert_int_equal(parse_nested("(a . ", 65, ")", NULL), -EINVAL);
}

static void depth_is_bounded_whatever_makes_it(void **state UNUSED)
{
    assert_int_equal(parse_nested("(", 300000, "", NULL), -EINVAL);
    assert_int_equal(parse_nested("#;", 300000, "", NULL), -EINVAL);
    assert_int_equal(parse_nested("(a . ", 100000, "", NULL), -EINVAL);
    assert_int_equal(parse_nested("#| ", 300000, " |#", NULL), 0);
}

static void reads_a_million_nodes_and_refuses_more(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(sexp) struct sexp *sexp = NULL;
    for (int i = 0; i < 1000000; i++)
        strbuf_puts(&text, "x ");
    assert_int_equal(sexp_parse(text.data, text.size, &sexp, NULL), 0);
    assert_int_equal(sexp->count, 1000000);

    struct sexp *none = NULL;
    struct error err = {0};
    strbuf_puts(&text, "x");
    assert_int_equal(sexp_parse(text.data, text.size, &none, &err), -EINVAL);
    assert_string_equal(err.text,
                        "1:2000001: this file holds more than 1000000 words and lists");
}

static void describes_what_was_found(void **state UNUSED)
{
    static const char text[] = "() (a) b \"c\" #t";
    static const char *const wanted[] = {"an empty list", "a list", "the word b",
                                         "the string \"c\"", "#t"};
    AUTO(sexp) struct sexp *sexp = NULL;
    assert_int_equal(sexp_parse(text, strlen(text), &sexp, NULL), 0);
    for (size_t i = 0; i < sexp->count; i++) {
        char found[80];
        assert_string_equal(sexp_describe(&sexp->items[i], found, sizeof found),
                            wanted[i]);
    }
}

static void says_which_bytes_each_takes(void **state UNUSED)
{
    static const char text[] = "; x\n(a \"\xC3\xA4\" #;(b) (c . d))\n";
    AUTO(sexp) struct sexp *top = NULL;
    assert_int_equal(sexp_parse(text, strlen(text), &top, NULL), 0);
    const struct sexp *list = &top->items[0];
    assert_int_equal(top->to, strlen(text));
    assert_memory_equal(text + list->from, "(a ", 3);
    assert_int_equal(text[list->to], '\n');
    assert_int_equal(list->items[1].to - list->items[1].from, 4);
    assert_int_equal(list->items[2].to - list->items[2].from, strlen("(c . d)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_words_strings_booleans_and_lists),
        cmocka_unit_test(a_dotted_pair_is_a_list),
        cmocka_unit_test(refuses_a_dot_in_the_wrong_place),
        cmocka_unit_test(leaves_comments_out),
        cmocka_unit_test(refuses_comments_without_an_end),
        cmocka_unit_test(reads_escapes),
        cmocka_unit_test(refuses_wrong_escapes),
        cmocka_unit_test(refuses_what_has_no_end),
        cmocka_unit_test(refuses_what_is_not_of_the_language),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(a_column_counts_characters),
        cmocka_unit_test(reads_64_levels_and_refuses_65),
        cmocka_unit_test(depth_is_bounded_whatever_makes_it),
        cmocka_unit_test(reads_a_million_nodes_and_refuses_more),
        cmocka_unit_test(describes_what_was_found),
        cmocka_unit_test(says_which_bytes_each_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
