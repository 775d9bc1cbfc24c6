// SPDX-License-Identifier: GPL-3.0-or-later
/* value - what a person reads for a number, and for a fact. */
#include "look/value.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/memory.h"

static void expect(double value, const char *unit, const char *wanted)
{
    char text[VALUE_TEXT_SIZE];
    assert_string_equal(value_format(value, unit, text), wanted);
}

static void sizes_and_times_are_read_in_their_units(void **state UNUSED)
{
    expect(0, "B", "0 B");
    expect(1536, "B", "1.5 KiB");
    expect(-1536, "B", "-1.5 KiB");
    expect(8589934592.0, "B", "8 GiB");
    expect(1048576, "B/s", "1 MiB/s");
    expect(2415919104.0, "B", "2.25 GiB");
    expect(1e300, "B", "8.88e+284 PiB");
    expect(0.0125, "s", "12.5 ms");
    expect(0, "s", "0 s");
    expect(12.5, "s", "12.5 s");
    expect(90, "s", "1 min 30 s");
    expect(-90, "s", "-1 min 30 s");
    expect(200000, "s", "2 d 7 h");
    expect(1e300, "s", "1e+300 s");
}

static void a_number_has_the_digits_that_say_something(void **state UNUSED)
{
    expect(41.5, "%", "41.5 %");
    expect(0.25, "", "0.25");
    expect(0.1 + 0.2, "", "0.3");
    expect(3, "", "3");
    expect(100, "C", "100 C");
    expect(123.456, "", "123.5");
    expect(1234567, "", "1234567");
    expect(0.00012, "", "0.00012");
    expect(-2.5, "", "-2.5");
    expect(1e20, "/s", "1e+20 /s");
}

static void a_unit_of_any_length_fits(void **state UNUSED)
{
    expect(1, "furlongs-per-fortnight", "1 furlongs-per-for");
}

static void expect_fact(json_t *value, const char *type, const char *wanted)
{
    AUTO(str) char *text = value_of_fact(value, type);
    assert_string_equal(text, wanted);
    json_decref(value);
}

static void facts_are_read_by_the_type_of_their_column(void **state UNUSED)
{
    setenv("TZ", "America/Chicago", 1);
    expect_fact(json_string("nginx"), "text", "nginx");
    expect_fact(json_string("1.22.1-9"), "version", "1.22.1-9");
    expect_fact(json_integer(4294967296), "size", "4 GiB");
    expect_fact(json_integer(5400000), "duration", "1 h 30 min");
    expect_fact(json_integer(1795340888000), "time", "2026-11-22 03:48:08");
    expect_fact(json_integer(1), "flag", "yes");
    expect_fact(json_integer(0), "flag", "no");
    expect_fact(json_integer(12), "number", "12");
    expect_fact(json_real(-0.5), "number", "-0.5");
}

static void what_is_not_known_is_said(void **state UNUSED)
{
    expect_fact(json_null(), "size", "-");
    expect_fact(NULL, "text", "-");
    expect_fact(json_true(), "flag", "?");
    expect_fact(json_integer(7), "colour", "7");
    expect_fact(json_string("x"), "colour", "x");
}

static void numbers_stand_at_the_right(void **state UNUSED)
{
    assert_true(value_is_right("number"));
    assert_true(value_is_right("size"));
    assert_true(value_is_right("duration"));
    assert_false(value_is_right("time"));
    assert_false(value_is_right("text"));
    assert_false(value_is_right("colour"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_and_times_are_read_in_their_units),
        cmocka_unit_test(a_number_has_the_digits_that_say_something),
        cmocka_unit_test(a_unit_of_any_length_fits),
        cmocka_unit_test(facts_are_read_by_the_type_of_their_column),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(numbers_stand_at_the_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
