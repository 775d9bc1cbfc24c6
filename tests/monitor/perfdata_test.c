// SPDX-License-Identifier: GPL-3.0-or-later
/* perfdata - each form of an item, and that a wrong one costs no other. */
#include "monitor/perfdata.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"

/* All items as LABEL|VALUE|UNIT, parted by newlines; a wrong one as !WORDS. */
static const char *read_all(const char *text, struct strbuf *ret)
{
    size_t at = 0;
    for (;;) {
        AUTO(perfdata) struct perfdata item = {0};
        struct error err = {0};
        int rc = perfdata_next(text, &at, &item, &err);
        if (rc == 0)
            break;
        if (rc < 0)
            strbuf_printf(ret, "!%s\n", err.text);
        else if (item.is_known)
            strbuf_printf(ret, "%s|%.15g|%s\n", item.label, item.value, item.unit);
        else
            strbuf_printf(ret, "%s|U|\n", item.label);
    }
    assert_int_equal(at, strlen(text));
    return strbuf_text(ret);
}

static void assert_reads(const char *text, const char *wanted)
{
    AUTO(strbuf) struct strbuf found = {0};
    assert_string_equal(read_all(text, &found), wanted);
}

static void reads_label_value_and_unit(void **state UNUSED)
{
    assert_reads("", "");
    assert_reads(" \n\t", "");
    assert_reads("users=4", "users|4|\n");
    assert_reads("/=19312672768B;216442024755;243497277849;0;270552530944",
                 "/|19312672768|B\n");
    assert_reads("load1=0.340;5.000;9.000;0; load5=3.140;4.000;8.000;0; ",
                 "load1|0.34|\nload5|3.14|\n");
}

static void a_label_may_be_quoted(void **state UNUSED)
{
    assert_reads("'C:\\ Used Space'=3.5%", "C:\\ Used Space|3.5|%\n");
    assert_reads("'it''s'=1", "it's|1|\n");
    assert_reads("''''=1", "'|1|\n");
    assert_reads("'a=b;c'=1;2", "a=b;c|1|\n");
    assert_reads("'größe'=1 it's=2", "größe|1|\nit's|2|\n");
    assert_reads("'/'=1 '/var'=2", "/|1|\n/var|2|\n");
}

static void numbers_have_every_form(void **state UNUSED)
{
    assert_reads("a=-1 b=+2 c=.5 d=-.5 e=1. f=0.000000",
                 "a|-1|\nb|2|\nc|0.5|\nd|-0.5|\ne|1|\nf|0|\n");
    assert_reads("a=1e3 b=1.5E-3 c=2e+2B d=1e", "a|1000|\nb|0.0015|\nc|200|B\nd|1|e\n");
    assert_reads("a=18446744073709551616", "a|1.84467440737096e+19|\n");
}

static void a_value_may_be_undetermined(void **state UNUSED)
{
    assert_reads("a=U b=U;1;2 c=1", "a|U|\nb|U|\nc|1|\n");
}

static void times_are_seconds(void **state UNUSED)
{
    assert_reads("a=1s b=250ms c=20us d=5ns e=7µs f=7μs",
                 "a|1|s\nb|0.25|s\nc|2e-05|s\nd|5e-09|s\ne|7e-06|s\nf|7e-06|s\n");
}

static void sizes_are_bytes_by_1024(void **state UNUSED)
{
    assert_reads("a=1B b=1KB c=1kB d=1MB e=1GB f=1TB g=1PB h=1EB",
                 "a|1|B\nb|1024|B\nc|1024|B\nd|1048576|B\ne|1073741824|B\n"
                 "f|1099511627776|B\ng|1.12589990684262e+15|B\n"
                 "h|1.15292150460685e+18|B\n");
    assert_reads("a=1KiB b=0.5kiB c=1MiB d=1GiB e=1TiB f=1PiB g=1EiB",
                 "a|1024|B\nb|512|B\nc|1048576|B\nd|1073741824|B\ne|1099511627776|B\n"
                 "f|1.12589990684262e+15|B\ng|1.15292150460685e+18|B\n");
}

static void other_units_stay_as_they_are(void **state UNUSED)
{
    assert_reads("a=12% b=1234567c c=3C d=5°C e=230V f=1Mb g=2h h=9req/s",
                 "a|12|%\nb|1234567|c\nc|3|C\nd|5|°C\ne|230|V\nf|1|Mb\ng|2|h\n"
                 "h|9|req/s\n");
}

static void thresholds_are_passed_over(void **state UNUSED)
{
    assert_reads("a=1;10:;~:10;0;100 b=2;@10:20;-5:-1;; c=3;;;; d=4;;;;;9 e=5;x;",
                 "a|1|\nb|2|\nc|3|\nd|4|\ne|5|\n");
}

static void blanks_and_newlines_part_items(void **state UNUSED)
{
    assert_reads("  a=1   b=2\t\tc=3\r\nd=4\n\n e=5 ",
                 "a|1|\nb|2|\nc|3|\nd|4|\ne|5|\n");
}

static void a_wrong_item_costs_no_other(void **state UNUSED)
{
    assert_reads("a=1 nothing b=2",
                 "a|1|\n!\"nothing\": there is no = behind the label\nb|2|\n");
    assert_reads("a= b=2", "!\"a=\": the value is no number with a unit\nb|2|\n");
    assert_reads("a=B;1;2 b=2",
                 "!\"a=B;1;2\": the value is no number with a unit\nb|2|\n");
    assert_reads("=1 b=2",
                 "!\"=1\": a quote is not closed, or there is no label\nb|2|\n");
    assert_reads("''=1 b=2", "!\"''=1\": the label is empty\nb|2|\n");
    assert_reads("'a'b=1 c=2", "!\"'a'b=1\": there is no = behind the label\nc|2|\n");
    assert_reads("b=2 'a=1",
                 "b|2|\n!\"'a=1\": a quote is not closed, or there is no label\n");
    assert_reads("a=1,5 b=1.2.3 c=0x10 d=nan e=inf f=--1 g=Ux h=7",
                 "!\"a=1,5\": the value is no number with a unit\n"
                 "!\"b=1.2.3\": the value is no number with a unit\n"
                 "!\"c=0x10\": the value is no number with a unit\n"
                 "!\"d=nan\": the value is no number with a unit\n"
                 "!\"e=inf\": the value is no number with a unit\n"
                 "!\"f=--1\": the value is no number with a unit\n"
                 "!\"g=Ux\": the value is no number with a unit\n"
                 "h|7|\n");
}

static void what_has_no_number_of_ours_is_refused(void **state UNUSED)
{
    assert_reads("a=1e999 b=1e308KB c=1",
                 "!\"a=1e999\": the value is no number with a unit\n"
                 "!\"b=1e308KB\": the value is no number with a unit\nc|1|\n");
    assert_reads(
        "a=1abcdefghijklmnopqrstuvwxyzabcdef b=1\x01x c=\xFF",
        "!\"a=1abcdefghijklmnopqrstuvwxyzabcdef\": the value is no number with "
        "a unit\n!\"b=1 x\": the value is no number with a unit\n"
        "!\"c=?\": the value is no number with a unit\n");
}

static void any_number_of_items_is_read(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    int count = 0;
    for (; text.size < 1 << 20; count++)
        strbuf_printf(&text, "'disk %d'=%dMB;1;2;0;9 ", count, count);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        AUTO(perfdata) struct perfdata item = {0};
        assert_int_equal(perfdata_next(text.data, &at, &item, NULL), 1);
        assert_true(item.value == i * 0x1p20);
    }
    struct perfdata none;
    assert_int_equal(perfdata_next(text.data, &at, &none, NULL), 0);
}

static void a_label_may_be_long(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    memset(strbuf_reserve(&text, 100000), 'l', 100000);
    text.size = 100000;
    strbuf_puts(&text, "=1s");
    AUTO(perfdata) struct perfdata item = {0};
    size_t at = 0;
    assert_int_equal(perfdata_next(text.data, &at, &item, NULL), 1);
    assert_int_equal(strlen(item.label), 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_label_value_and_unit),
        cmocka_unit_test(a_label_may_be_quoted),
        cmocka_unit_test(numbers_have_every_form),
        cmocka_unit_test(a_value_may_be_undetermined),
        cmocka_unit_test(times_are_seconds),
        cmocka_unit_test(sizes_are_bytes_by_1024),
        cmocka_unit_test(other_units_stay_as_they_are),
        cmocka_unit_test(thresholds_are_passed_over),
        cmocka_unit_test(blanks_and_newlines_part_items),
        cmocka_unit_test(a_wrong_item_costs_no_other),
        cmocka_unit_test(what_has_no_number_of_ours_is_refused),
        cmocka_unit_test(any_number_of_items_is_read),
        cmocka_unit_test(a_label_may_be_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
