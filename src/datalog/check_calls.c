// SPDX-License-Identifier: GPL-3.0-or-later
/* check_calls - what is computed from what: the algebra of units, as tables. */
#include "datalog/check_parts.h"

/* ---- which types meet ---- */

static const struct {
    enum type one, other, both;
} meetings[] = {
    {TYPE_NUMBER, TYPE_SIZE, TYPE_SIZE},
    {TYPE_NUMBER, TYPE_FLOAT, TYPE_FLOAT},
    {TYPE_NUMBER, TYPE_FLAG, TYPE_FLAG},
    {TYPE_TEXT, TYPE_VERSION, TYPE_VERSION},
};

enum type check_meet(enum type one, enum type other)
{
    if (one == other)
        return one;
    for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
        if ((one == meetings[i].one && other == meetings[i].other) ||
            (one == meetings[i].other && other == meetings[i].one))
            return meetings[i].both;
    }
    return TYPE_NONE;
}

/* ---- units ---- */

/* The ways to read an operation; of several that are possible the first is meant. */
static const struct reading {
    enum functor functor;
    enum type left, right, result; /* right TYPE_NONE: it has one argument */
} readings[] = {
    {FUNCTOR_ADD, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_ADD, TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {FUNCTOR_ADD, TYPE_SIZE, TYPE_SIZE, TYPE_SIZE},
    {FUNCTOR_ADD, TYPE_TIME, TYPE_DURATION, TYPE_TIME},
    {FUNCTOR_ADD, TYPE_DURATION, TYPE_DURATION, TYPE_DURATION},
    {FUNCTOR_ADD, TYPE_DURATION, TYPE_TIME, TYPE_TIME},
    {FUNCTOR_SUBTRACT, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_SUBTRACT, TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {FUNCTOR_SUBTRACT, TYPE_SIZE, TYPE_SIZE, TYPE_SIZE},
    {FUNCTOR_SUBTRACT, TYPE_TIME, TYPE_DURATION, TYPE_TIME},
    {FUNCTOR_SUBTRACT, TYPE_TIME, TYPE_TIME, TYPE_DURATION},
    {FUNCTOR_SUBTRACT, TYPE_DURATION, TYPE_DURATION, TYPE_DURATION},
    {FUNCTOR_MULTIPLY, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_MULTIPLY, TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {FUNCTOR_MULTIPLY, TYPE_SIZE, TYPE_NUMBER, TYPE_SIZE},
    {FUNCTOR_MULTIPLY, TYPE_SIZE, TYPE_FLOAT, TYPE_SIZE},
    {FUNCTOR_MULTIPLY, TYPE_DURATION, TYPE_NUMBER, TYPE_DURATION},
    {FUNCTOR_MULTIPLY, TYPE_DURATION, TYPE_FLOAT, TYPE_DURATION},
    {FUNCTOR_MULTIPLY, TYPE_NUMBER, TYPE_SIZE, TYPE_SIZE},
    {FUNCTOR_MULTIPLY, TYPE_FLOAT, TYPE_SIZE, TYPE_SIZE},
    {FUNCTOR_MULTIPLY, TYPE_NUMBER, TYPE_DURATION, TYPE_DURATION},
    {FUNCTOR_MULTIPLY, TYPE_FLOAT, TYPE_DURATION, TYPE_DURATION},
    {FUNCTOR_DIVIDE, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_DIVIDE, TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {FUNCTOR_DIVIDE, TYPE_SIZE, TYPE_NUMBER, TYPE_SIZE},
    {FUNCTOR_DIVIDE, TYPE_SIZE, TYPE_FLOAT, TYPE_SIZE},
    {FUNCTOR_DIVIDE, TYPE_DURATION, TYPE_NUMBER, TYPE_DURATION},
    {FUNCTOR_DIVIDE, TYPE_DURATION, TYPE_FLOAT, TYPE_DURATION},
    {FUNCTOR_DIVIDE, TYPE_SIZE, TYPE_SIZE, TYPE_FLOAT},
    {FUNCTOR_DIVIDE, TYPE_DURATION, TYPE_DURATION, TYPE_FLOAT},
    {FUNCTOR_MODULO, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_MODULO, TYPE_SIZE, TYPE_SIZE, TYPE_SIZE},
    {FUNCTOR_MODULO, TYPE_DURATION, TYPE_DURATION, TYPE_DURATION},
    {FUNCTOR_POWER, TYPE_NUMBER, TYPE_NUMBER, TYPE_NUMBER},
    {FUNCTOR_POWER, TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {FUNCTOR_NEGATE, TYPE_NUMBER, TYPE_NONE, TYPE_NUMBER},
    {FUNCTOR_NEGATE, TYPE_FLOAT, TYPE_NONE, TYPE_FLOAT},
    {FUNCTOR_NEGATE, TYPE_SIZE, TYPE_NONE, TYPE_SIZE},
    {FUNCTOR_NEGATE, TYPE_DURATION, TYPE_NONE, TYPE_DURATION},
};

#define READINGS (sizeof readings / sizeof *readings)

/* Calls that can be read in one way: TYPE_NONE takes whatever there is. */
static const struct signature {
    enum functor functor;
    enum type args[CHECK_ARGUMENTS];
    enum type result;
} signatures[] = {
    {FUNCTOR_BAND, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_BOR, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_BXOR, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_BNOT, {TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_BSHL, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_BSHR, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_LAND, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_LOR, {TYPE_NUMBER, TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_LNOT, {TYPE_NUMBER}, TYPE_NUMBER},
    {FUNCTOR_CAT, {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT}, TYPE_TEXT},
    {FUNCTOR_STRLEN, {TYPE_TEXT}, TYPE_NUMBER},
    {FUNCTOR_SUBSTR, {TYPE_TEXT, TYPE_NUMBER, TYPE_NUMBER}, TYPE_TEXT},
    {FUNCTOR_TO_NUMBER, {TYPE_NONE}, TYPE_NUMBER},
    {FUNCTOR_TO_FLOAT, {TYPE_NONE}, TYPE_FLOAT},
    {FUNCTOR_TO_STRING, {TYPE_NONE}, TYPE_TEXT},
    {FUNCTOR_NOW, {TYPE_NONE}, TYPE_TIME},
    {FUNCTOR_AGO, {TYPE_DURATION}, TYPE_TIME},
};

static const struct signature *find_signature(enum functor functor)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (signatures[i].functor == functor)
            return &signatures[i];
    }
    return NULL;
}

/* Whether a term of that type can stand where another is expected. */
static bool fits(enum type type, enum type expected)
{
    if (type == TYPE_NUMBER)
        return expected == TYPE_NUMBER || expected == TYPE_FLOAT ||
               expected == TYPE_SIZE;
    if (type == TYPE_FLAG)
        return expected == TYPE_NUMBER || expected == TYPE_FLOAT;
    return type == TYPE_NONE || type == expected;
}

static bool is_possible(const struct reading *reading, const struct term *call,
                        bool minds_result)
{
    enum type result = minds_result ? check_type_of(call) : TYPE_NONE;
    return reading->functor == call->functor &&
           fits(check_type_of(call->args[0]), reading->left) &&
           (call->count == 1 || fits(check_type_of(call->args[1]), reading->right)) &&
           (result == TYPE_NONE || check_meet(result, reading->result) != TYPE_NONE);
}

static void keep_common(enum type *kept, enum type type)
{
    if (*kept != type)
        *kept = TYPE_NONE;
}

static bool read_units(const struct term *call, bool is_guess, bool minds_result,
                       struct reading *ret)
{
    const struct reading *first = NULL;
    for (size_t i = 0; i < READINGS; i++) {
        if (!is_possible(&readings[i], call, minds_result))
            continue;
        if (!first) {
            *ret = *(first = &readings[i]);
            bool is_known =
                check_type_of(call->args[0]) != TYPE_NONE &&
                (call->count == 1 || check_type_of(call->args[1]) != TYPE_NONE);
            if (is_guess || is_known)
                return true;
        }
        keep_common(&ret->left, readings[i].left);
        keep_common(&ret->right, readings[i].right);
        keep_common(&ret->result, readings[i].result);
    }
    return first;
}

/* What is known already is expected of nobody: it fits. */
static bool call_units(const struct term *call, bool is_guess, enum type *ret_result,
                       enum type ret_args[])
{
    struct reading reading;
    if (!read_units(call, is_guess, true, &reading) &&
        !read_units(call, is_guess, false, &reading))
        return false;
    *ret_result = reading.result;
    ret_args[0] = check_type_of(call->args[0]) == TYPE_NONE ? reading.left : TYPE_NONE;
    if (call->count > 1)
        ret_args[1] =
            check_type_of(call->args[1]) == TYPE_NONE ? reading.right : TYPE_NONE;
    return true;
}

/* min and max: all of one type. */
static bool call_alike(const struct term *call, enum type *ret_result,
                       enum type ret_args[])
{
    enum type all = TYPE_NONE;
    for (size_t i = 0; i < call->count; i++) {
        enum type type = check_type_of(call->args[i]);
        if (type == TYPE_NONE)
            continue;
        all = all == TYPE_NONE ? type : check_meet(all, type);
        if (all == TYPE_NONE)
            return false;
    }
    *ret_result = all;
    for (size_t i = 0; i < CHECK_ARGUMENTS; i++)
        ret_args[i] = all;
    return true;
}

bool check_call(const struct term *call, bool is_guess, enum type *ret_result,
                enum type ret_args[CHECK_ARGUMENTS])
{
    for (size_t i = 0; i < CHECK_ARGUMENTS; i++)
        ret_args[i] = TYPE_NONE;
    const struct signature *signature = find_signature(call->functor);
    if (!signature)
        return call->functor == FUNCTOR_MIN || call->functor == FUNCTOR_MAX
                   ? call_alike(call, ret_result, ret_args)
                   : call_units(call, is_guess, ret_result, ret_args);
    *ret_result = signature->result;
    for (size_t i = 0; i < CHECK_ARGUMENTS; i++)
        ret_args[i] = signature->args[i];
    return true;
}

/* ---- aggregates ---- */

static const struct {
    enum type target, sum, mean;
} sums[] = {
    {TYPE_NUMBER, TYPE_NUMBER, TYPE_FLOAT},
    {TYPE_FLAG, TYPE_NUMBER, TYPE_FLOAT},
    {TYPE_FLOAT, TYPE_FLOAT, TYPE_FLOAT},
    {TYPE_SIZE, TYPE_SIZE, TYPE_SIZE},
    {TYPE_TIME, TYPE_NONE, TYPE_TIME},
    {TYPE_DURATION, TYPE_DURATION, TYPE_DURATION},
};

enum type check_aggregate(enum aggregate_kind kind, enum type target)
{
    if (kind == AGGREGATE_COUNT)
        return TYPE_NUMBER;
    if (kind == AGGREGATE_MIN || kind == AGGREGATE_MAX)
        return target;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        if (sums[i].target == target)
            return kind == AGGREGATE_SUM      ? sums[i].sum
                   : kind == AGGREGATE_MEDIAN ? target
                                              : sums[i].mean;
    }
    return TYPE_NONE;
}
