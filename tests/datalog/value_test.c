// SPDX-License-Identifier: GPL-3.0-or-later
/* value - what is written is read back as it was, and is one literal in SQL. */
#include "datalog/value.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "datalog/parse.h"

typedef void put_fn(const struct value *value, struct strbuf *buf);

static void puts_as(put_fn *put, const struct value *value, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    put(value, &text);
    assert_string_equal(strbuf_text(&text), expected);
}

static struct value number_of(enum type type, int64_t number)
{
    return (struct value){.type = type, .number = number};
}

static struct value real_of(double real)
{
    return (struct value){.type = TYPE_FLOAT, .is_real = true, .real = real};
}

static struct value text_of(const char *text)
{
    return (struct value){.type = TYPE_TEXT, .text = text};
}

static void a_type_is_found_by_its_name(void **state UNUSED)
{
    for (int type = TYPE_NONE + 1; type < TYPES; type++)
        assert_int_equal(type_find(type_name((enum type)type)), type);
    assert_int_equal(type_find("symbol"), TYPE_TEXT);
    assert_int_equal(type_find("unsigned"), TYPE_NUMBER);
    assert_int_equal(type_find("sheep"), TYPE_NONE);
    assert_int_equal(type_find(""), TYPE_NONE);
    assert_string_equal(type_name(TYPE_NONE), "");
    assert_true(type_is_text(TYPE_VERSION));
    assert_false(type_is_text(TYPE_TIME));
}

static void a_text_stays_one_literal_of_sql(void **state UNUSED)
{
    const struct value plain = text_of("sheep"), quoted = text_of("'; DROP -- ''\n\""),
                       version = {.type = TYPE_VERSION, .text = "1.0"}, none = {0};
    puts_as(value_put_sql, &plain, "'sheep'");
    puts_as(value_put_sql, &quoted, "'''; DROP -- ''''\n\"'");
    puts_as(value_put_sql, &version, "'1.0'");
    puts_as(value_put_sql, &none, "NULL");
}

static void a_negative_number_stands_in_parentheses(void **state UNUSED)
{
    const struct value seven = number_of(TYPE_NUMBER, 7),
                       least = number_of(TYPE_DURATION, INT64_MIN),
                       half = real_of(-0.5), one = real_of(1),
                       huge = real_of(1e300 * 1e300);
    puts_as(value_put_sql, &seven, "7");
    puts_as(value_put_sql, &least, "(-9223372036854775808)");
    puts_as(value_put_sql, &half, "(-0.5)");
    puts_as(value_put_sql, &one, "1.0");
    puts_as(value_put_sql, &huge, "9e999");
}

static void a_real_reads_back_the_same(void **state UNUSED)
{
    static const double reals[] = {0.1, 1.0 / 3, 1e23, DBL_MIN, DBL_MAX, -2.5, 1e15, 0};
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        AUTO(strbuf) struct strbuf text = {0};
        const struct value value = real_of(reals[i]);
        value_put_plain(&value, &text);
        assert_true(strtod(text.data, NULL) == reals[i]);
        assert_non_null(strpbrk(text.data, ".e"));
    }
}

static void plain_values_have_no_quotes_and_units(void **state UNUSED)
{
    const struct value text = text_of("a \"b\""), size = number_of(TYPE_SIZE, 1024),
                       none = {0};
    puts_as(value_put_plain, &text, "a \"b\"");
    puts_as(value_put_plain, &size, "1024");
    puts_as(value_put_plain, &none, "");
}

static void a_source_has_units_and_escapes(void **state UNUSED)
{
    static const struct {
        enum type type;
        int64_t number;
        const char *expected;
    } rows[] = {
        {TYPE_NUMBER, -3, "-3"},
        {TYPE_FLAG, 1, "1"},
        {TYPE_DURATION, 0, "0s"},
        {TYPE_DURATION, 250, "250ms"},
        {TYPE_DURATION, 5400000, "1h30m"},
        {TYPE_DURATION, 86400000 + 1001, "1d1s1ms"},
        {TYPE_DURATION, -2592000000, "-30d"},
        {TYPE_SIZE, 0, "0B"},
        {TYPE_SIZE, 1000, "1000B"},
        {TYPE_SIZE, 4294967296, "4G"},
        {TYPE_SIZE, 1536 * 1024, "1536K"},
        {TYPE_SIZE, INT64_MIN, "-8388608T"},
        {TYPE_TIME, 0, "1970-01-01T00:00:00Z"},
        {TYPE_TIME, 1793527200123, "2026-11-01T10:00:00.123Z"},
        {TYPE_TIME, INT64_MAX, "9223372036854775807"},
        {TYPE_NONE, 0, "_"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct value value = number_of(rows[i].type, rows[i].number);
        puts_as(value_put_source, &value, rows[i].expected);
    }
    const struct value text = text_of("\"\\\n\t\r\x01\x7fü");
    puts_as(value_put_source, &text, "\"\\\"\\\\\\n\\t\\r\\x01\\x7fü\"");
}

/* Writes it, reads it as a fact, and compares. */
static void reads_back(const struct value *value)
{
    AUTO(program) struct program *program = program_new();
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "a(");
    value_put_source(value, &text);
    strbuf_puts(&text, ").");
    int rc = parse_text(program, "x", text.data, text.size, PARSE_RULES, NULL);
    if (rc < 0)
        fail_msg("%s", text.data);
    const struct value *found =
        &program->predicates[0]->rules[0]->head->written[0].term->value;
    assert_int_equal(found->type, value->type);
    if (type_is_text(value->type))
        assert_string_equal(found->text, value->text);
    else
        assert_true(found->number == value->number && found->real == value->real);
}

static void a_source_is_read_back_the_same(void **state UNUSED)
{
    const struct value values[] = {
        text_of("\"\\\n\t\r\x01\x7fü'"),
        text_of(""),
        real_of(0.1),
        real_of(-1e300),
        number_of(TYPE_NUMBER, INT64_MIN),
        number_of(TYPE_NUMBER, INT64_MAX),
        number_of(TYPE_DURATION, 123456789),
        number_of(TYPE_DURATION, -5),
        number_of(TYPE_SIZE, 12345),
        number_of(TYPE_TIME, 1793527200123),
        number_of(TYPE_TIME, -1),
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        reads_back(&values[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_is_found_by_its_name),
        cmocka_unit_test(a_text_stays_one_literal_of_sql),
        cmocka_unit_test(a_negative_number_stands_in_parentheses),
        cmocka_unit_test(a_real_reads_back_the_same),
        cmocka_unit_test(plain_values_have_no_quotes_and_units),
        cmocka_unit_test(a_source_has_units_and_escapes),
        cmocka_unit_test(a_source_is_read_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
