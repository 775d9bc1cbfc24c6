// SPDX-License-Identifier: GPL-3.0-or-later
/* units - a number and a unit, repeated; each kind of unit is a table. */
#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_LIMIT 0x1p52 /* ms: as microseconds, added to a clock, it still fits */
#define SIZE_LIMIT     0x1p62 /* bytes */

struct unit {
    const char *name;
    double factor;
};

/* Longer names first: the first that fits is taken. */
static const struct unit durations[] = {
    {"ms", 1},          {"min", 60e3},        {"s", 1e3},
    {"m", 60e3},        {"h", 3600e3},        {"d", 86400e3},
    {"w", 7 * 86400e3}, {"y", 365 * 86400e3}, {NULL, 0},
};

static const struct unit sizes[] = {
    {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}, {"K", 0x1p10},
    {"M", 0x1p20},   {"G", 0x1p30},   {"T", 0x1p40},   {"B", 1},        {NULL, 0},
};

static const struct unit *unit_find(const struct unit *units, const char *text)
{
    for (; units->name; units++)
        if (strncmp(text, units->name, strlen(units->name)) == 0)
            return units;
    return NULL;
}

/* Digits with at most one point; strtod would take signs, exponents and "inf" too, and
 * the wrapper, which reads its settings beside each job, would feel it. */
static const char *parse_number(const char *text, double *ret)
{
    double value = 0, scale = 1;
    const char *end = text;
    for (; isdigit((unsigned char)*end); end++)
        value = value * 10 + (*end - '0');
    if (*end == '.' && isdigit((unsigned char)end[1]))
        for (end++; isdigit((unsigned char)*end); end++, scale *= 10)
            value = value * 10 + (*end - '0');
    if (end == text || end - text > 20)
        return NULL;
    *ret = value / scale;
    return end;
}

static int parse(const char *text, const struct unit *units, double limit, double *ret)
{
    const char *at = text;
    bool first = true; /* a number may stand without a unit only when it is alone */
    *ret = 0;
    do {
        double number;
        at = parse_number(at, &number);
        if (!at)
            return -EINVAL;
        const struct unit *unit = unit_find(units, at);
        if (!unit && !(first && *at == '\0'))
            return -EINVAL;
        first = false;
        *ret += number * (unit ? unit->factor : units == durations ? 1e3 : 1);
        at += unit ? strlen(unit->name) : 0;
    } while (*at != '\0');
    return *ret < limit ? 0 : -ERANGE;
}

int duration_parse(const char *text, int64_t *ret_ms, struct error *err)
{
    double value;
    int rc = parse(text, durations, DURATION_LIMIT, &value);
    if (rc == -ERANGE)
        return error_set(err, rc, "\"%.40s\" is too long a duration", text);
    if (rc < 0)
        return error_set(err, rc,
                         "\"%.40s\" is no duration; expected one such as \"90s\", "
                         "\"1h30m\" or \"7d\"",
                         text);
    *ret_ms = llround(value);
    return 0;
}

int size_parse(const char *text, int64_t *ret_bytes, struct error *err)
{
    double value;
    int rc = parse(text, sizes, SIZE_LIMIT, &value);
    if (rc == -ERANGE)
        return error_set(err, rc, "\"%.40s\" is too large a size", text);
    if (rc < 0)
        return error_set(err, rc,
                         "\"%.40s\" is no size; expected one such as \"512\", \"64K\" "
                         "or \"4G\"",
                         text);
    *ret_bytes = llround(value);
    return 0;
}

const char *duration_format(int64_t ms, char ret[UNITS_TEXT_SIZE])
{
    long long s = (long long)(ms / 1000);
    if (ms < 1000)
        snprintf(ret, UNITS_TEXT_SIZE, "%lld ms", (long long)ms);
    else if (s < 60)
        snprintf(ret, UNITS_TEXT_SIZE, "%.1f s", (double)(ms / 100) / 10);
    else if (s < 3600)
        snprintf(ret, UNITS_TEXT_SIZE, "%lld min %lld s", s / 60, s % 60);
    else if (s < 86400)
        snprintf(ret, UNITS_TEXT_SIZE, "%lld h %lld min", s / 3600, s % 3600 / 60);
    else
        snprintf(ret, UNITS_TEXT_SIZE, "%lld d %lld h", s / 86400, s % 86400 / 3600);
    return ret;
}

const char *size_format(int64_t bytes, char ret[UNITS_TEXT_SIZE])
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", NULL};
    double value = (double)bytes;
    int i = 0;
    for (; value >= 1024 && names[i + 1]; i++)
        value /= 1024;
    bool whole = value >= 100 || value == floor(value);
    snprintf(ret, UNITS_TEXT_SIZE, "%.*f %s", whole ? 0 : 1, value, names[i]);
    return ret;
}
