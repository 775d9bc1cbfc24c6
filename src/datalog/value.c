// SPDX-License-Identifier: GPL-3.0-or-later
/* value - one table of types; three ways to write a value, each readable again. */
#include "datalog/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

/* The times that four digits of a year can say. */
#define TIME_FIRST INT64_C(-62167219200000)
#define TIME_END   INT64_C(253402300800000)

static const char *const names[TYPES] = {
    [TYPE_NONE] = "",
    [TYPE_TEXT] = "text",
    [TYPE_VERSION] = "version",
    [TYPE_NUMBER] = "number",
    [TYPE_FLOAT] = "float",
    [TYPE_SIZE] = "size",
    [TYPE_DURATION] = "duration",
    [TYPE_TIME] = "time",
    [TYPE_FLAG] = "flag",
};

static const struct alias {
    const char *name;
    enum type type;
} aliases[] = {
    {"symbol", TYPE_TEXT},
    {"unsigned", TYPE_NUMBER},
};

const char *type_name(enum type type)
{
    return names[type];
}

enum type type_find(const char *name)
{
    for (int type = TYPE_NONE + 1; type < TYPES; type++)
        if (strcmp(names[type], name) == 0)
            return (enum type)type;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].type;
    return TYPE_NONE;
}

bool type_is_text(enum type type)
{
    return type == TYPE_TEXT || type == TYPE_VERSION;
}

void type_put_json(enum type type, const char *column, struct strbuf *json)
{
    json_comma(json);
    json_open(json, '[');
    json_text(json, column, strlen(column));
    json_comma(json);
    json_text(json, type_name(type), strlen(type_name(type)));
    json_close(json, ']');
}

/* The fewest digits that read back the same, and always a point or an exponent. */
static void put_real(double real, struct strbuf *buf)
{
    char text[40];
    int digits = 15;
    do
        snprintf(text, sizeof text, "%.*g", digits, real);
    while (strtod(text, NULL) != real && !isnan(real) && ++digits <= 17);
    strbuf_puts(buf, text);
    if (isfinite(real) && !strpbrk(text, ".e"))
        strbuf_puts(buf, ".0");
}

static void put_sql_number(const struct value *value, struct strbuf *sql)
{
    if (!value->is_real)
        strbuf_printf(sql, "%" PRId64, value->number);
    else if (isnan(value->real))
        strbuf_puts(sql, "NULL");
    else if (isinf(value->real))
        strbuf_puts(sql, value->real < 0 ? "-9e999" : "9e999");
    else
        put_real(value->real, sql);
}

static void put_sql_text(const char *text, struct strbuf *sql)
{
    strbuf_putc(sql, '\'');
    for (const char *quote; (quote = strchr(text, '\'')); text = quote + 1) {
        strbuf_add(sql, text, (size_t)(quote - text));
        strbuf_puts(sql, "''");
    }
    strbuf_puts(sql, text);
    strbuf_putc(sql, '\'');
}

void value_put_sql(const struct value *value, struct strbuf *sql)
{
    if (value->type == TYPE_NONE) {
        strbuf_puts(sql, "NULL");
    } else if (type_is_text(value->type)) {
        put_sql_text(value->text, sql);
    } else if (value->is_moving) {
        strbuf_printf(sql, "(" VALUE_SHIFT " + %" PRId64 ")", value->number);
    } else {
        bool is_negative = value->is_real ? signbit(value->real) : value->number < 0;
        strbuf_puts(sql, is_negative ? "(" : "");
        put_sql_number(value, sql);
        strbuf_puts(sql, is_negative ? ")" : "");
    }
}

void value_put_plain(const struct value *value, struct strbuf *buf)
{
    if (value->type == TYPE_NONE)
        return;
    if (type_is_text(value->type))
        strbuf_puts(buf, value->text);
    else if (value->is_real)
        put_real(value->real, buf);
    else
        strbuf_printf(buf, "%" PRId64, value->number);
}

static void put_quoted(const char *text, struct strbuf *buf)
{
    static const char meant[] = "\"\\\n\t\r", letters[] = "\"\\ntr";
    strbuf_putc(buf, '"');
    for (; *text; text++) {
        const char *at = strchr(meant, *text);
        unsigned char c = (unsigned char)*text;
        if (at)
            strbuf_printf(buf, "\\%c", letters[at - meant]);
        else if (c < 0x20 || c == 0x7F)
            strbuf_printf(buf, "\\x%02x", (unsigned)c);
        else
            strbuf_putc(buf, *text);
    }
    strbuf_putc(buf, '"');
}

struct unit {
    const char *name;
    uint64_t factor;
};

static uint64_t put_sign(int64_t number, struct strbuf *buf)
{
    strbuf_puts(buf, number < 0 ? "-" : "");
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

/* 1d2h30m */
static void put_duration(int64_t ms, struct strbuf *buf)
{
    static const struct unit units[] = {
        {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
    };
    uint64_t left = put_sign(ms, buf);
    if (left == 0)
        strbuf_puts(buf, "0s");
    for (size_t i = 0; left > 0; left %= units[i++].factor)
        if (left >= units[i].factor)
            strbuf_printf(buf, "%" PRIu64 "%s", left / units[i].factor, units[i].name);
}

/* In the largest unit of which it is a whole number. */
static void put_size(int64_t bytes, struct strbuf *buf)
{
    static const struct unit units[] = {
        {"T", UINT64_C(1) << 40}, {"G", 1 << 30}, {"M", 1 << 20},
        {"K", 1 << 10},           {"B", 1},
    };
    uint64_t size = put_sign(bytes, buf);
    size_t i = size == 0 ? 4 : 0;
    while (size % units[i].factor != 0)
        i++;
    strbuf_printf(buf, "%" PRIu64 "%s", size / units[i].factor, units[i].name);
}

static void put_time(int64_t time, struct strbuf *buf)
{
    char text[CLOCK_TEXT_SIZE];
    if (time < TIME_FIRST || time >= TIME_END) {
        strbuf_printf(buf, "%" PRId64, time);
        return;
    }
    clock_format_utc(time, text);
    char *fraction = strstr(text, ".000Z");
    strbuf_add(buf, text, fraction ? (size_t)(fraction - text) : strlen(text));
    strbuf_puts(buf, fraction ? "Z" : "");
}

void value_put_source(const struct value *value, struct strbuf *buf)
{
    static void (*const writers[TYPES])(int64_t, struct strbuf *) = {
        [TYPE_SIZE] = put_size,
        [TYPE_DURATION] = put_duration,
        [TYPE_TIME] = put_time,
    };
    if (value->type == TYPE_NONE)
        strbuf_putc(buf, '_');
    else if (type_is_text(value->type))
        put_quoted(value->text, buf);
    else if (!value->is_real && writers[value->type])
        writers[value->type](value->number, buf);
    else
        value_put_plain(value, buf);
}
