// SPDX-License-Identifier: GPL-3.0-or-later
/* functors - which there are, and what they give. */
#include "datalog/functors.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"

#define WHOLE(n)                                                                       \
    {                                                                                  \
        .type = TYPE_NUMBER, .number = (n)                                             \
    }
#define REAL(x)                                                                        \
    {                                                                                  \
        .type = TYPE_FLOAT, .is_real = true, .real = (x)                               \
    }
#define TEXT(t)                                                                        \
    {                                                                                  \
        .type = TYPE_TEXT, .text = (t)                                                 \
    }
#define RELEASE(t)                                                                     \
    {                                                                                  \
        .type = TYPE_VERSION, .text = (t)                                              \
    }
#define NO_VALUE "no value: "

static const struct {
    enum functor functor;
    struct value args[3];
    size_t count;
    const char *result;
} computed[] = {
    {FUNCTOR_ADD, {WHOLE(2), WHOLE(3)}, 2, "5"},
    {FUNCTOR_ADD, {WHOLE(2), REAL(0.5)}, 2, "2.5"},
    {FUNCTOR_ADD,
     {WHOLE(INT64_MAX), WHOLE(1)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_SUBTRACT, {WHOLE(2), WHOLE(3)}, 2, "-1"},
    {FUNCTOR_SUBTRACT,
     {WHOLE(INT64_MIN), WHOLE(1)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_MULTIPLY, {WHOLE(-4), WHOLE(3)}, 2, "-12"},
    {FUNCTOR_MULTIPLY,
     {WHOLE(INT64_MAX), WHOLE(2)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_MULTIPLY,
     {REAL(1e200), REAL(1e200)},
     2,
     NO_VALUE "the result is not a number that a float can hold"},
    {FUNCTOR_DIVIDE, {WHOLE(7), WHOLE(2)}, 2, "3"},
    {FUNCTOR_DIVIDE, {WHOLE(-7), WHOLE(2)}, 2, "-3"},
    {FUNCTOR_DIVIDE, {WHOLE(7), REAL(2)}, 2, "3.5"},
    {FUNCTOR_DIVIDE, {WHOLE(7), WHOLE(0)}, 2, NO_VALUE "division by zero"},
    {FUNCTOR_DIVIDE, {WHOLE(7), REAL(0)}, 2, NO_VALUE "division by zero"},
    {FUNCTOR_DIVIDE,
     {WHOLE(INT64_MIN), WHOLE(-1)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_RATIO, {WHOLE(7), WHOLE(2)}, 2, "3.5"},
    {FUNCTOR_RATIO, {WHOLE(7), WHOLE(0)}, 2, NO_VALUE "division by zero"},
    {FUNCTOR_MODULO, {WHOLE(-7), WHOLE(3)}, 2, "-1"},
    {FUNCTOR_MODULO, {WHOLE(INT64_MIN), WHOLE(-1)}, 2, "0"},
    {FUNCTOR_MODULO, {REAL(7.5), WHOLE(2)}, 2, "1.5"},
    {FUNCTOR_MODULO, {WHOLE(7), WHOLE(0)}, 2, NO_VALUE "division by zero"},
    {FUNCTOR_POWER, {WHOLE(2), WHOLE(62)}, 2, "4611686018427387904"},
    {FUNCTOR_POWER, {WHOLE(-3), WHOLE(3)}, 2, "-27"},
    {FUNCTOR_POWER, {WHOLE(5), WHOLE(0)}, 2, "1"},
    {FUNCTOR_POWER,
     {WHOLE(2), WHOLE(63)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_POWER,
     {WHOLE(2), WHOLE(-1)},
     2,
     NO_VALUE "a negative exponent, of whole numbers"},
    {FUNCTOR_POWER, {REAL(2), WHOLE(-1)}, 2, "0.5"},
    {FUNCTOR_NEGATE, {WHOLE(5)}, 1, "-5"},
    {FUNCTOR_NEGATE, {REAL(0.5)}, 1, "-0.5"},
    {FUNCTOR_NEGATE,
     {WHOLE(INT64_MIN)},
     1,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_BAND, {WHOLE(12), WHOLE(10)}, 2, "8"},
    {FUNCTOR_BOR, {WHOLE(12), WHOLE(10)}, 2, "14"},
    {FUNCTOR_BXOR, {WHOLE(12), WHOLE(10)}, 2, "6"},
    {FUNCTOR_BNOT, {WHOLE(0)}, 1, "-1"},
    {FUNCTOR_BAND,
     {REAL(1e30), WHOLE(1)},
     2,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_BSHL, {WHOLE(1), WHOLE(4)}, 2, "16"},
    {FUNCTOR_BSHR, {WHOLE(-16), WHOLE(2)}, 2, "-4"},
    {FUNCTOR_LAND, {WHOLE(2), WHOLE(0)}, 2, "0"},
    {FUNCTOR_LOR, {WHOLE(2), WHOLE(0)}, 2, "1"},
    {FUNCTOR_LNOT, {WHOLE(0)}, 1, "1"},
    {FUNCTOR_MIN, {WHOLE(3), REAL(2.5), WHOLE(4)}, 3, "2.5"},
    {FUNCTOR_MAX, {WHOLE(3), REAL(2.5), WHOLE(4)}, 3, "4"},
    {FUNCTOR_MIN, {TEXT("b"), TEXT("a")}, 2, "a"},
    {FUNCTOR_MAX, {RELEASE("1.9"), RELEASE("1.22.1"), RELEASE("1.22")}, 3, "1.22.1"},
    {FUNCTOR_CAT, {TEXT("a"), TEXT(""), TEXT("bc")}, 3, "abc"},
    {FUNCTOR_STRLEN, {TEXT("f\xc3\xbcr")}, 1, "3"},
    {FUNCTOR_STRLEN, {TEXT("")}, 1, "0"},
    {FUNCTOR_SUBSTR, {TEXT("f\xc3\xbcrs"), WHOLE(1), WHOLE(2)}, 3, "\xc3\xbcr"},
    {FUNCTOR_SUBSTR, {TEXT("abc"), WHOLE(2), WHOLE(9)}, 3, "c"},
    {FUNCTOR_SUBSTR, {TEXT("abc"), WHOLE(9), WHOLE(1)}, 3, ""},
    {FUNCTOR_SUBSTR, {TEXT("abc"), WHOLE(-1), WHOLE(1)}, 3, ""},
    {FUNCTOR_TO_NUMBER, {TEXT("42")}, 1, "42"},
    {FUNCTOR_TO_NUMBER, {TEXT("-0x2a")}, 1, "-42"},
    {FUNCTOR_TO_NUMBER, {TEXT("0b101")}, 1, "5"},
    {FUNCTOR_TO_NUMBER, {TEXT("-9223372036854775808")}, 1, "-9223372036854775808"},
    {FUNCTOR_TO_NUMBER,
     {TEXT("9223372036854775808")},
     1,
     NO_VALUE "the result has more than 64 bits"},
    {FUNCTOR_TO_NUMBER, {TEXT("4 2")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_NUMBER, {TEXT(" 42")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_NUMBER, {TEXT("0x")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_NUMBER, {TEXT("--4")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_NUMBER, {TEXT("")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_NUMBER, {REAL(-2.9)}, 1, "-2"},
    {FUNCTOR_TO_FLOAT, {TEXT("2.5")}, 1, "2.5"},
    {FUNCTOR_TO_FLOAT, {TEXT("nan")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_FLOAT, {TEXT("0x1p3")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_FLOAT, {TEXT("")}, 1, NO_VALUE "the text is not a number"},
    {FUNCTOR_TO_FLOAT,
     {TEXT("1e999")},
     1,
     NO_VALUE "the result is not a number that a float can hold"},
    {FUNCTOR_TO_STRING, {WHOLE(-7)}, 1, "-7"},
    {FUNCTOR_TO_STRING, {REAL(0.5)}, 1, "0.5"},
    {FUNCTOR_TO_STRING, {{.type = TYPE_SIZE, .number = 4096}}, 1, "4096"},
};

static void computes_or_says_why_it_cannot(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof computed / sizeof *computed; i++) {
        AUTO(strbuf) struct strbuf result = {0};
        struct value value = {.type = TYPE_NONE};
        const char *what = NULL;
        int rc = functor_compute(computed[i].functor, computed[i].args,
                                 computed[i].count, arena, &value, &what);
        if (rc == 0)
            value_put_plain(&value, &result);
        else
            strbuf_printf(&result, NO_VALUE "%s", what);
        assert_true(rc == 0 || rc == -EDOM);
        assert_int_equal(value.type == TYPE_NONE, rc < 0);
        if (strcmp(strbuf_text(&result), computed[i].result) != 0)
            fail_msg("%s, row %zu: %s and not %s",
                     functor_of(computed[i].functor)->name, i, strbuf_text(&result),
                     computed[i].result);
    }
}

static void finds_by_name_and_number_of_arguments(void **state UNUSED)
{
    assert_int_equal(functor_find("-", 1)->functor, FUNCTOR_NEGATE);
    assert_int_equal(functor_find("-", 2)->functor, FUNCTOR_SUBTRACT);
    assert_int_equal(functor_find("cat", 2)->functor, FUNCTOR_CAT);
    assert_int_equal(functor_find("cat", 9)->functor, FUNCTOR_CAT);
    assert_int_equal(functor_find("now", 0)->functor, FUNCTOR_NOW);
    assert_null(functor_find("-", 3));
    assert_null(functor_find("cat", 1));
    assert_null(functor_find("now", 1));
    assert_null(functor_find("system", 1));
}

static void each_functor_has_its_row_and_a_name_that_is_known(void **state UNUSED)
{
    for (int i = 1; i < FUNCTORS; i++) {
        const struct functor_row *row = functor_of((enum functor)i);
        assert_int_equal(row->functor, i);
        const struct functor_row *written =
            functor_of(row->functor == FUNCTOR_RATIO ? FUNCTOR_DIVIDE : row->functor);
        assert_ptr_equal(functor_find(row->name, (size_t)row->least), written);
        const char *const *name = functor_names();
        while (*name && strcmp(*name, row->name) != 0)
            name++;
        assert_non_null(*name);
    }
    assert_null(functor_of(FUNCTOR_NONE));
    assert_null(functor_of(FUNCTORS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_or_says_why_it_cannot),
        cmocka_unit_test(finds_by_name_and_number_of_arguments),
        cmocka_unit_test(each_functor_has_its_row_and_a_name_that_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
