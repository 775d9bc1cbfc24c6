// SPDX-License-Identifier: GPL-3.0-or-later
/* operators - Soufflé's table of precedences, from the loosest to the tightest. */
#include "datalog/operators.h"

#include <stddef.h>
#include <string.h>

static const struct operator operators[] = {
    {.sign = "lor", .functor = FUNCTOR_LOR, .precedence = 1},
    {.sign = "lxor", .precedence = 2, .lacked = "write a != b of two flags"},
    {.sign = "land", .functor = FUNCTOR_LAND, .precedence = 3},
    {.sign = "bor", .functor = FUNCTOR_BOR, .precedence = 4},
    {.sign = "bxor", .functor = FUNCTOR_BXOR, .precedence = 5},
    {.sign = "band", .functor = FUNCTOR_BAND, .precedence = 6},
    {.sign = "bshl", .functor = FUNCTOR_BSHL, .precedence = 7},
    {.sign = "bshr", .functor = FUNCTOR_BSHR, .precedence = 7},
    {.sign = "bshru", .precedence = 7, .lacked = "numbers have a sign; use bshr"},
    {.sign = "+", .functor = FUNCTOR_ADD, .precedence = 8},
    {.sign = "-", .functor = FUNCTOR_SUBTRACT, .precedence = 8},
    {.sign = "*", .functor = FUNCTOR_MULTIPLY, .precedence = 9},
    {.sign = "/", .functor = FUNCTOR_DIVIDE, .precedence = 9},
    {.sign = "/", .functor = FUNCTOR_RATIO, .precedence = 9},
    {.sign = "%", .functor = FUNCTOR_MODULO, .precedence = 9},
    {.sign = "-", .functor = FUNCTOR_NEGATE, .precedence = 10, .is_prefix = true},
    {.sign = "bnot", .functor = FUNCTOR_BNOT, .precedence = 10, .is_prefix = true},
    {.sign = "lnot", .functor = FUNCTOR_LNOT, .precedence = 10, .is_prefix = true},
    {.sign = "^", .functor = FUNCTOR_POWER, .precedence = 11, .is_right = true},
    {.sign = NULL},
};

static const char *const signs[] = {
    [COMPARISON_EQUAL] = "=",   [COMPARISON_UNEQUAL] = "!=",
    [COMPARISON_LESS] = "<",    [COMPARISON_LESS_EQUAL] = "<=",
    [COMPARISON_GREATER] = ">", [COMPARISON_GREATER_EQUAL] = ">=",
};

const struct test_row test_rows[] = {
    [TEST_MATCH] = {"match", TEST_MATCH, "a pattern and a text"},
    [TEST_GLOB] = {"glob", TEST_GLOB, "a pattern and a text"},
    [TEST_CONTAINS] = {"contains", TEST_CONTAINS, "the part and the text"},
    {NULL, 0, NULL},
};

const struct aggregate_row aggregate_rows[] = {
    [AGGREGATE_COUNT] = {"count", AGGREGATE_COUNT},
    [AGGREGATE_SUM] = {"sum", AGGREGATE_SUM},
    [AGGREGATE_MIN] = {"min", AGGREGATE_MIN},
    [AGGREGATE_MAX] = {"max", AGGREGATE_MAX},
    [AGGREGATE_MEAN] = {"mean", AGGREGATE_MEAN},
    [AGGREGATE_MEDIAN] = {"median", AGGREGATE_MEDIAN},
    {NULL, 0},
};

const struct operator* operator_find(const char *sign, bool is_prefix)
{
    for (const struct operator* at = operators; at->sign; at++)
        if (at->is_prefix == is_prefix && strcmp(at->sign, sign) == 0)
            return at;
    return NULL;
}

const struct operator* operator_of(enum functor functor)
{
    if (functor == FUNCTOR_NONE)
        return NULL;
    for (const struct operator* at = operators; at->sign; at++)
        if (at->functor == functor)
            return at;
    return NULL;
}

const char *comparison_sign(enum comparison comparison)
{
    return signs[comparison];
}

bool comparison_find(const char *sign, enum comparison *ret)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i], sign) == 0) {
            *ret = (enum comparison)i;
            return true;
        }
    return false;
}
