// SPDX-License-Identifier: GPL-3.0-or-later
/* value - each unit, and each type of a column, is a row of a table. */
#include "look/value.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"

#define EXACT_MAX 1e15 /* whole numbers below it are written out */

/* ---- readings ---- */

/* Three digits or four that say something, and no zeros behind them. */
static void format_number(double value, char ret[VALUE_TEXT_SIZE])
{
    double size = fabs(value);
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
    if (size >= EXACT_MAX || (size > 0 && size < 0.001)) {
        snprintf(ret, VALUE_TEXT_SIZE, "%.3g", value);
        return;
    }
    snprintf(ret, VALUE_TEXT_SIZE, "%.*f", decimals, value);
    if (!strchr(ret, '.'))
        return;
    size_t length = strlen(ret);
    while (ret[length - 1] == '0')
        ret[--length] = '\0';
    if (ret[length - 1] == '.')
        ret[length - 1] = '\0';
}

/* With more digits than size_format(): marks of a chart lie close together. */
static void format_size(double value, char ret[VALUE_TEXT_SIZE])
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", NULL};
    int i = 0;
    for (; fabs(value) >= 1024 && names[i + 1]; i++)
        value /= 1024;
    format_number(i == 0 ? round(value) : value, ret);
    size_t length = strlen(ret);
    snprintf(ret + length, VALUE_TEXT_SIZE - length, " %s", names[i]);
}

static void format_rate(double value, char ret[VALUE_TEXT_SIZE])
{
    format_size(value, ret);
    size_t length = strlen(ret);
    snprintf(ret + length, VALUE_TEXT_SIZE - length, "/s");
}

/* Below a second the digits matter, from a minute on the words. */
static void format_seconds(double value, char ret[VALUE_TEXT_SIZE])
{
    double size = fabs(value);
    char text[UNITS_TEXT_SIZE];
    if (size >= 60 && size < EXACT_MAX / 1000) {
        duration_format(llround(size * 1000), text);
        snprintf(ret, VALUE_TEXT_SIZE, "%s%s", value < 0 ? "-" : "", text);
        return;
    }
    bool is_short = size > 0 && size < 1;
    format_number(is_short ? value * 1000 : value, ret);
    size_t length = strlen(ret);
    snprintf(ret + length, VALUE_TEXT_SIZE - length, is_short ? " ms" : " s");
}

const char *value_format(double value, const char *unit, char ret[VALUE_TEXT_SIZE])
{
    static const struct {
        const char *unit;
        void (*format)(double value, char ret[VALUE_TEXT_SIZE]);
    } forms[] = {{"B", format_size}, {"B/s", format_rate}, {"s", format_seconds}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].unit, unit) == 0) {
            forms[i].format(value, ret);
            return ret;
        }
    format_number(value, ret);
    size_t length = strlen(ret);
    snprintf(ret + length, VALUE_TEXT_SIZE - length, "%s%.16s", *unit ? " " : "", unit);
    return ret;
}

/* ---- facts ---- */

static char *number_of(const json_t *value)
{
    if (json_is_integer(value))
        return text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return text_format("%.15g", json_number_value(value));
}

static char *size_of(const json_t *value)
{
    char text[UNITS_TEXT_SIZE];
    return text_copy(size_format((int64_t)json_integer_value(value), text));
}

static char *duration_of(const json_t *value)
{
    char text[UNITS_TEXT_SIZE];
    json_int_t ms = json_integer_value(value);
    duration_format((int64_t)(ms < 0 ? -ms : ms), text);
    return text_format("%s%s", ms < 0 ? "-" : "", text);
}

static char *time_of(const json_t *value)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local((int64_t)json_integer_value(value), CLOCK_SECONDS, text);
    return text_copy(text);
}

static char *flag_of(const json_t *value)
{
    return text_copy(json_integer_value(value) != 0 ? "yes" : "no");
}

static const struct value_type {
    const char *name;
    char *(*format)(const json_t *value); /* of a JSON number */
    bool is_right;
} types[] = {
    {"number", number_of, true}, {"float", number_of, true},
    {"size", size_of, true},     {"duration", duration_of, true},
    {"time", time_of, false},    {"flag", flag_of, false},
};

static const struct value_type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

/* A type that this version does not know is shown as it comes. */
char *value_of_fact(const json_t *value, const char *type)
{
    const struct value_type *known = find_type(type);
    if (!value || json_is_null(value))
        return text_copy("-");
    if (json_is_string(value))
        return text_copy(json_string_value(value));
    if (!json_is_number(value))
        return text_copy("?");
    return known ? known->format(value) : number_of(value);
}

bool value_is_right(const char *type)
{
    const struct value_type *known = find_type(type);
    return known && known->is_right;
}
