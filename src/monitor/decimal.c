// SPDX-License-Identifier: GPL-3.0-or-later
/* decimal - strtod, of what looks like a number to us; no program of ours changes
 * LC_NUMERIC. */
#include "monitor/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* e10, E-3; 0 where no digit follows: the e is then part of a unit. */
static size_t exponent_length(const char *text)
{
    if (*text != 'e' && *text != 'E')
        return 0;
    size_t sign = text[1] == '-' || text[1] == '+';
    size_t length = digits(text + 1 + sign);
    return length > 0 ? 1 + sign + length : 0;
}

size_t decimal_parse(const char *text, double *ret)
{
    size_t length = *text == '-' || *text == '+';
    size_t whole = digits(text + length), fraction = 0;
    length += whole;
    if (text[length] == '.') {
        fraction = digits(text + length + 1);
        length += 1 + fraction;
    }
    if (whole + fraction == 0)
        return 0;
    length += exponent_length(text + length);

    char *end;
    double value = strtod(text, &end);
    if (end != text + length || !isfinite(value))
        return 0;
    *ret = value;
    return length;
}
