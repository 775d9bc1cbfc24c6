// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_compute - each functor as a function of values. Whole numbers stay whole as
 * long as no real takes part, and end where 64 bits do. */
#include "datalog/functors.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/version.h"

struct computation {
    const struct value *args;
    size_t count;
    struct arena *arena;
    struct value *ret;
    const char **ret_what;
};

/* ---- results ---- */

static int give_number(struct computation *computation, int64_t number)
{
    *computation->ret = (struct value){.type = TYPE_NUMBER, .number = number};
    return 0;
}

static int refuse(struct computation *computation, const char *what)
{
    *computation->ret_what = what;
    return -EDOM;
}

static int refuse_range(struct computation *computation)
{
    return refuse(computation, "the result has more than 64 bits");
}

static int give_real(struct computation *computation, double real)
{
    if (!isfinite(real))
        return refuse(computation, "the result is not a number that a float can hold");
    *computation->ret =
        (struct value){.type = TYPE_FLOAT, .is_real = true, .real = real};
    return 0;
}

static int give_text(struct computation *computation, const char *text)
{
    *computation->ret = (struct value){.type = TYPE_TEXT, .text = text};
    return 0;
}

/* ---- arguments ---- */

static bool is_any_real(const struct computation *computation)
{
    for (size_t i = 0; i < computation->count; i++) {
        if (computation->args[i].is_real)
            return true;
    }
    return false;
}

static double real_of(const struct value *value)
{
    return value->is_real ? value->real : (double)value->number;
}

/* A real loses its fraction. False: it does not fit. */
static bool find_whole(const struct value *value, int64_t *ret)
{
    if (!value->is_real) {
        *ret = value->number;
        return true;
    }
    if (!(value->real > -0x1p63 && value->real < 0x1p63))
        return false;
    *ret = (int64_t)value->real;
    return true;
}

static bool is_true(const struct value *value)
{
    return real_of(value) != 0;
}

/* ---- arithmetic ---- */

static int add(struct computation *computation)
{
    const struct value *args = computation->args;
    int64_t number;
    if (is_any_real(computation))
        return give_real(computation, real_of(&args[0]) + real_of(&args[1]));
    if (__builtin_add_overflow(args[0].number, args[1].number, &number))
        return refuse_range(computation);
    return give_number(computation, number);
}

static int subtract(struct computation *computation)
{
    const struct value *args = computation->args;
    int64_t number;
    if (is_any_real(computation))
        return give_real(computation, real_of(&args[0]) - real_of(&args[1]));
    if (__builtin_sub_overflow(args[0].number, args[1].number, &number))
        return refuse_range(computation);
    return give_number(computation, number);
}

static int multiply(struct computation *computation)
{
    const struct value *args = computation->args;
    int64_t number;
    if (is_any_real(computation))
        return give_real(computation, real_of(&args[0]) * real_of(&args[1]));
    if (__builtin_mul_overflow(args[0].number, args[1].number, &number))
        return refuse_range(computation);
    return give_number(computation, number);
}

static int divide(struct computation *computation)
{
    const struct value *args = computation->args;
    if (!is_true(&args[1]))
        return refuse(computation, "division by zero");
    if (is_any_real(computation))
        return give_real(computation, real_of(&args[0]) / real_of(&args[1]));
    if (args[1].number == -1 && args[0].number == INT64_MIN)
        return refuse_range(computation);
    return give_number(computation, args[0].number / args[1].number);
}

static int ratio(struct computation *computation)
{
    const struct value *args = computation->args;
    if (!is_true(&args[1]))
        return refuse(computation, "division by zero");
    return give_real(computation, real_of(&args[0]) / real_of(&args[1]));
}

static int modulo(struct computation *computation)
{
    const struct value *args = computation->args;
    if (!is_true(&args[1]))
        return refuse(computation, "division by zero");
    if (is_any_real(computation))
        return give_real(computation, fmod(real_of(&args[0]), real_of(&args[1])));
    if (args[1].number == -1)
        return give_number(computation, 0);
    return give_number(computation, args[0].number % args[1].number);
}

/* By squares; the last square is not needed, and may be too large. */
static int power(struct computation *computation)
{
    const struct value *args = computation->args;
    if (is_any_real(computation))
        return give_real(computation, pow(real_of(&args[0]), real_of(&args[1])));
    int64_t square = args[0].number, exponent = args[1].number, product = 1;
    if (exponent < 0)
        return refuse(computation, "a negative exponent, of whole numbers");
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && __builtin_mul_overflow(product, square, &product))
            return refuse_range(computation);
        if (exponent > 1 && __builtin_mul_overflow(square, square, &square))
            return refuse_range(computation);
    }
    return give_number(computation, product);
}

static int negate(struct computation *computation)
{
    const struct value *value = &computation->args[0];
    if (value->is_real)
        return give_real(computation, -value->real);
    if (value->number == INT64_MIN)
        return refuse_range(computation);
    return give_number(computation, -value->number);
}

/* ---- bits and truth ---- */

static int compute_bits(struct computation *computation,
                        uint64_t (*combine)(uint64_t, uint64_t))
{
    int64_t left, right = 0;
    if (!find_whole(&computation->args[0], &left) ||
        (computation->count > 1 && !find_whole(&computation->args[1], &right)))
        return refuse_range(computation);
    return give_number(computation, (int64_t)combine((uint64_t)left, (uint64_t)right));
}

static uint64_t and_bits(uint64_t left, uint64_t right)
{
    return left & right;
}

static uint64_t or_bits(uint64_t left, uint64_t right)
{
    return left | right;
}

static uint64_t xor_bits(uint64_t left, uint64_t right)
{
    return left ^ right;
}

static uint64_t not_bits(uint64_t bits, uint64_t right UNUSED)
{
    return ~bits;
}

static uint64_t shift_left(uint64_t bits, uint64_t by)
{
    return bits << (by & 63);
}

static uint64_t shift_right(uint64_t bits, uint64_t by)
{
    return (uint64_t)((int64_t)bits >> (by & 63));
}

static int band(struct computation *computation)
{
    return compute_bits(computation, and_bits);
}

static int bor(struct computation *computation)
{
    return compute_bits(computation, or_bits);
}

static int bxor(struct computation *computation)
{
    return compute_bits(computation, xor_bits);
}

static int bnot(struct computation *computation)
{
    return compute_bits(computation, not_bits);
}

static int bshl(struct computation *computation)
{
    return compute_bits(computation, shift_left);
}

static int bshr(struct computation *computation)
{
    return compute_bits(computation, shift_right);
}

static int land(struct computation *computation)
{
    return give_number(computation, is_true(&computation->args[0]) &&
                                        is_true(&computation->args[1]));
}

static int lor(struct computation *computation)
{
    return give_number(computation, is_true(&computation->args[0]) ||
                                        is_true(&computation->args[1]));
}

static int lnot(struct computation *computation)
{
    return give_number(computation, !is_true(&computation->args[0]));
}

/* ---- the smallest and the largest ---- */

static int compare(const struct value *one, const struct value *other)
{
    if (one->type == TYPE_VERSION || other->type == TYPE_VERSION)
        return version_compare(one->text, strlen(one->text), other->text,
                               strlen(other->text));
    if (type_is_text(one->type))
        return strcmp(one->text, other->text);
    if (!one->is_real && !other->is_real)
        return (one->number > other->number) - (one->number < other->number);
    double left = real_of(one), right = real_of(other);
    return (left > right) - (left < right);
}

static int give_outermost(struct computation *computation, int sign)
{
    const struct value *found = &computation->args[0];
    for (size_t i = 1; i < computation->count; i++) {
        if (compare(&computation->args[i], found) * sign > 0)
            found = &computation->args[i];
    }
    *computation->ret = *found;
    return 0;
}

static int min(struct computation *computation)
{
    return give_outermost(computation, -1);
}

static int max(struct computation *computation)
{
    return give_outermost(computation, 1);
}

/* ---- texts ---- */

static int cat(struct computation *computation)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < computation->count; i++)
        strbuf_puts(&text, computation->args[i].text);
    return give_text(computation, arena_text(computation->arena, strbuf_text(&text)));
}

/* Bytes of the first character; a byte that begins none is one by itself. */
static size_t step(const char *text)
{
    size_t length = utf8_length(text, strlen(text) < 4 ? strlen(text) : 4);
    return length > 0 ? length : 1;
}

static int length_of_text(struct computation *computation)
{
    int64_t count = 0;
    for (const char *at = computation->args[0].text; *at; at += step(at))
        count++;
    return give_number(computation, count);
}

/* What lies outside of the text is not there. */
static int substr(struct computation *computation)
{
    int64_t start, length;
    if (!find_whole(&computation->args[1], &start) ||
        !find_whole(&computation->args[2], &length) || start < 0 || length < 0)
        return give_text(computation, "");
    const char *from = computation->args[0].text;
    for (; *from && start > 0; start--)
        from += step(from);
    const char *end = from;
    for (; *end && length > 0; length--)
        end += step(end);
    return give_text(computation,
                     arena_copy(computation->arena, from, (size_t)(end - from)));
}

/* ---- from one type to another ---- */

static const char no_number[] = "the text is not a number";

/* Written as constants are, with a sign: 42, -7, 0x2a, 0b101. */
static int to_number(struct computation *computation)
{
    const struct value *value = &computation->args[0];
    int64_t number;
    if (!type_is_text(value->type))
        return find_whole(value, &number) ? give_number(computation, number)
                                          : refuse_range(computation);
    const char *digits = value->text + (*value->text == '-' || *value->text == '+');
    int base = 10;
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'b'))
        base = digits[1] == 'x' ? 16 : 2;
    digits += base == 10 ? 0 : 2;
    char *end;
    errno = 0;
    unsigned long long size = strtoull(digits, &end, base);
    bool is_negative = *value->text == '-';
    if (!strchr("0123456789abcdefABCDEF", *digits) || end == digits || *end)
        return refuse(computation, no_number);
    if (errno == ERANGE || size > (uint64_t)INT64_MAX + is_negative)
        return refuse_range(computation);
    return give_number(computation, (int64_t)(is_negative ? -size : size));
}

static int to_float(struct computation *computation)
{
    const struct value *value = &computation->args[0];
    if (!type_is_text(value->type))
        return give_real(computation, real_of(value));
    char *end;
    double real = strtod(value->text, &end);
    size_t size = strspn(value->text, "+-.0123456789eE");
    if (end == value->text || *end || value->text[size])
        return refuse(computation, no_number);
    return give_real(computation, real);
}

static int to_string(struct computation *computation)
{
    struct value value = computation->args[0];
    if (!type_is_text(value.type))
        value.type = value.is_real ? TYPE_FLOAT : TYPE_NUMBER;
    AUTO(strbuf) struct strbuf text = {0};
    value_put_plain(&value, &text);
    return give_text(computation, arena_text(computation->arena, strbuf_text(&text)));
}

static int (*const functions[FUNCTORS])(struct computation *computation) = {
    [FUNCTOR_ADD] = add,
    [FUNCTOR_SUBTRACT] = subtract,
    [FUNCTOR_MULTIPLY] = multiply,
    [FUNCTOR_DIVIDE] = divide,
    [FUNCTOR_RATIO] = ratio,
    [FUNCTOR_MODULO] = modulo,
    [FUNCTOR_POWER] = power,
    [FUNCTOR_NEGATE] = negate,
    [FUNCTOR_BAND] = band,
    [FUNCTOR_BOR] = bor,
    [FUNCTOR_BXOR] = bxor,
    [FUNCTOR_BNOT] = bnot,
    [FUNCTOR_BSHL] = bshl,
    [FUNCTOR_BSHR] = bshr,
    [FUNCTOR_LAND] = land,
    [FUNCTOR_LOR] = lor,
    [FUNCTOR_LNOT] = lnot,
    [FUNCTOR_MIN] = min,
    [FUNCTOR_MAX] = max,
    [FUNCTOR_CAT] = cat,
    [FUNCTOR_STRLEN] = length_of_text,
    [FUNCTOR_SUBSTR] = substr,
    [FUNCTOR_TO_NUMBER] = to_number,
    [FUNCTOR_TO_FLOAT] = to_float,
    [FUNCTOR_TO_STRING] = to_string,
};

int functor_compute(enum functor functor, const struct value *args, size_t count,
                    struct arena *arena, struct value *ret, const char **ret_what)
{
    struct computation computation = {
        .args = args, .count = count, .arena = arena, .ret = ret, .ret_what = ret_what};
    return functions[functor](&computation);
}
