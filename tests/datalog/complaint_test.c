// SPDX-License-Identifier: GPL-3.0-or-later
/* complaint - names the line and the column, shows the line, and marks the place. */
#include "datalog/complaint.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static struct source source_of(const char *text)
{
    return (struct source){.name = "low.dl", .text = text, .size = strlen(text)};
}

static void shows(const struct complaint *complaint, const char *expected)
{
    AUTO(strbuf) struct strbuf shown = {0};
    complaint_format(complaint, &shown);
    assert_string_equal(strbuf_text(&shown), expected);
}

static void marks_the_place_in_its_line(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct source source = source_of("// low\nlow(h) :- packge(h).\nrest.\n");
    struct place place = {.source = &source, .start = 17, .size = 6};
    int rc =
        complain(&complaint, &place, -EINVAL, "no relation is called \"%s\"", "packge");
    assert_int_equal(rc, -EINVAL);
    assert_int_equal(complaint.line, 2);
    assert_int_equal(complaint.column, 11);
    assert_string_equal(complaint.excerpt, "low(h) :- packge(h).\n"
                                           "          ^~~~~~\n");
    shows(&complaint, "low.dl:2:11: no relation is called \"packge\"\n"
                      "  low(h) :- packge(h).\n"
                      "            ^~~~~~\n");
}

static void counts_characters_not_bytes(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct source source = source_of("a(\"Schäfer\", ü) \xff.");
    struct place place = {.source = &source, .start = 14, .size = 2};
    complain(&complaint, &place, -EINVAL, "no");
    assert_int_equal(complaint.column, 14);
    assert_string_equal(complaint.excerpt, "a(\"Schäfer\", ü) ?.\n"
                                           "             ^\n");
}

static void marks_a_place_of_many_lines_in_its_first(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct source source = source_of("a(x) :-\n\tb(x).\n");
    struct place place = {.source = &source, .start = 5, .size = 9};
    complain(&complaint, &place, -EINVAL, "no");
    assert_string_equal(complaint.excerpt, "a(x) :-\n     ^~\n");
    place = (struct place){.source = &source, .start = 9, .size = 4};
    complain(&complaint, &place, -EINVAL, "no");
    assert_string_equal(complaint.excerpt, " b(x).\n ^~~~\n");
}

static void marks_the_end_of_a_text(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct source source = source_of("a(x)");
    struct place place = {.source = &source, .start = 4};
    complain(&complaint, &place, -EINVAL, "no");
    assert_string_equal(complaint.excerpt, "a(x)\n    ^\n");
    source = source_of("a(x)\n");
    place.start = 99;
    complain(&complaint, &place, -EINVAL, "no");
    assert_int_equal(complaint.line, 2);
    assert_int_equal(complaint.column, 1);
    assert_string_equal(complaint.excerpt, "\n^\n");
}

static void cuts_a_long_line_around_the_place(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *text = text_format("%0*d%s%0*d", 500, 0, "here", 500, 0);
    struct source source = source_of(text);
    struct place place = {.source = &source, .start = 500, .size = 4};
    complain(&complaint, &place, -EINVAL, "no");
    assert_int_equal(complaint.column, 501);
    const char *mark = strchr(complaint.excerpt, '\n') + 1;
    assert_true(strlen(complaint.excerpt) < 300);
    assert_ptr_equal(strstr(complaint.excerpt, "…"), complaint.excerpt);
    /* "…" is three bytes and one column */
    assert_memory_equal(complaint.excerpt + strspn(mark, " ") + 2, "here", 4);
    assert_string_equal(mark + strspn(mark, " "), "^~~~\n");

    place = (struct place){.source = &source, .start = 0, .size = 1000};
    complain(&complaint, &place, -EINVAL, "no");
    assert_true(strlen(complaint.excerpt) < 300);
}

static void keeps_control_characters_from_terminals(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct source source = source_of("a\x1b[2J(x)");
    struct place place = {.source = &source, .start = 1, .size = 1};
    complain(&complaint, &place, -EINVAL, "found \x1b and \xff");
    assert_string_equal(complaint.what, "found   and ?");
    assert_null(strchr(complaint.excerpt, '\x1b'));
}

static void needs_no_place(void **state UNUSED)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct place nowhere = {0};
    shows(&complaint, "");
    assert_int_equal(complain(&complaint, NULL, -ETIME, "it took too long"), -ETIME);
    shows(&complaint, "it took too long\n");
    complain(&complaint, &nowhere, -EINVAL, "nobody wrote %s", complaint.what);
    shows(&complaint, "nobody wrote it took too long\n");
    assert_null(complaint.name);
    assert_null(complaint.excerpt);
    assert_int_equal(complain(NULL, &nowhere, -EINVAL, "unheard"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_the_place_in_its_line),
        cmocka_unit_test(counts_characters_not_bytes),
        cmocka_unit_test(marks_a_place_of_many_lines_in_its_first),
        cmocka_unit_test(marks_the_end_of_a_text),
        cmocka_unit_test(cuts_a_long_line_around_the_place),
        cmocka_unit_test(keeps_control_characters_from_terminals),
        cmocka_unit_test(needs_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
