// SPDX-License-Identifier: GPL-3.0-or-later
/* decimal - how much of a text is a number, and which. */
#include "monitor/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

static void reads_each_form(void **state UNUSED)
{
    static const struct {
        const char *text;
        size_t length;
        double value;
    } cases[] = {
        {"0", 1, 0},       {"12", 2, 12},         {"-0.5", 4, -0.5},
        {"+3", 2, 3},      {".5", 2, 0.5},        {"-.5%", 3, -0.5},
        {"1.", 2, 1},      {"1.5e3", 5, 1500},    {"2E-2s", 4, 0.02},
        {"1e+2", 4, 100},  {"007", 3, 7},         {"3KB", 1, 3},
        {"1e", 1, 1},      {"1exabyte", 1, 1},    {"1e+", 1, 1},
        {"1.2.3", 3, 1.2}, {"5e-324", 6, 5e-324}, {"1 2", 1, 1},
        {"4;5", 1, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = -1;
        if (decimal_parse(cases[i].text, &value) != cases[i].length)
            fail_msg("%s: not %zu bytes", cases[i].text, cases[i].length);
        assert_true(value == cases[i].value);
    }
}

static void what_is_none_leaves_the_result(void **state UNUSED)
{
    static const char *const texts[] = {"",    "-",   "+.",  ".",    "e5",
                                        " 1",  "nan", "inf", "-inf", "1e999",
                                        "--1", "%",   "0x10"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = 42;
        assert_int_equal(decimal_parse(texts[i], &value), 0);
        assert_true(value == 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_form),
        cmocka_unit_test(what_is_none_leaves_the_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
