// SPDX-License-Identifier: GPL-3.0-or-later
/* perfdata - label, value, unit; an item ends at a blank that is not within quotes. */
#include "monitor/perfdata.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "monitor/decimal.h"

#define BLANKS " \t\r\n\f\v"

static const struct {
    const char *name, *base;
    double factor;
} units[] = {
    {"ns", "s", 1e-9},    {"us", "s", 1e-6},    {"µs", "s", 1e-6},
    {"μs", "s", 1e-6},    {"ms", "s", 1e-3},    {"KB", "B", 0x1p10},
    {"kB", "B", 0x1p10},  {"MB", "B", 0x1p20},  {"GB", "B", 0x1p30},
    {"TB", "B", 0x1p40},  {"PB", "B", 0x1p50},  {"EB", "B", 0x1p60},
    {"KiB", "B", 0x1p10}, {"kiB", "B", 0x1p10}, {"MiB", "B", 0x1p20},
    {"GiB", "B", 0x1p30}, {"TiB", "B", 0x1p40}, {"PiB", "B", 0x1p50},
    {"EiB", "B", 0x1p60},
};

void perfdata_clear(struct perfdata *perfdata)
{
    free(perfdata->label);
    *perfdata = (struct perfdata){0};
}

static int fail(const char *item, size_t size, const char *what, struct error *err)
{
    return error_set(err, -EINVAL, "\"%.*s\": %s", (int)(size < 80 ? size : 80), item,
                     what);
}

/* Bytes of the label as it stands there, or 0 where its quote is not closed. */
static size_t quoted_length(const char *text)
{
    const char *at = text + 1;
    while (*at && (*at != '\'' || at[1] == '\''))
        at += *at == '\'' ? 2 : 1;
    return *at ? (size_t)(at + 1 - text) : 0;
}

/* 'it''s' is it's. */
static char *unquote(const char *text, size_t size)
{
    AUTO(strbuf) struct strbuf label = {0};
    for (size_t i = 1; i + 1 < size; i++) {
        strbuf_putc(&label, text[i]);
        i += text[i] == '\'';
    }
    return strbuf_take(&label);
}

/* Bytes of the item: up to a blank that is not within the quotes of its label. */
static size_t item_length(const char *item, size_t *label_length)
{
    *label_length = *item == '\'' ? quoted_length(item) : strcspn(item, "=" BLANKS);
    return *label_length + strcspn(item + *label_length, BLANKS);
}

static bool read_unit(const char *text, struct perfdata *ret)
{
    size_t length = strcspn(text, ";" BLANKS);
    if (length > PERFDATA_UNIT_MAX || strcspn(text, "0123456789.,+-'\"") < length)
        return false;
    memcpy(ret->unit, text, length);
    ret->unit[length] = '\0';
    utf8_tidy(ret->unit, length);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, ret->unit) == 0) {
            ret->value *= units[i].factor;
            snprintf(ret->unit, sizeof ret->unit, "%s", units[i].base);
            break;
        }
    return isfinite(ret->value) && !strchr(ret->unit, ' ');
}

static bool is_undetermined(const char *text)
{
    return *text == 'U' && (text[1] == '\0' || strchr(";" BLANKS, text[1]));
}

static int read_value(const char *text, struct perfdata *ret)
{
    if (is_undetermined(text))
        return 0;
    size_t length = decimal_parse(text, &ret->value);
    ret->is_known = length > 0 && read_unit(text + length, ret);
    return ret->is_known ? 0 : -EINVAL;
}

int perfdata_next(const char *text, size_t *at, struct perfdata *ret, struct error *err)
{
    *at += strspn(text + *at, BLANKS);
    const char *item = text + *at;
    if (!*item)
        return 0;

    size_t label_length;
    size_t length = item_length(item, &label_length);
    *at += length;
    if (label_length == 0)
        return fail(item, length, "a quote is not closed, or there is no label", err);
    if (item[label_length] != '=')
        return fail(item, length, "there is no = behind the label", err);

    AUTO(perfdata) struct perfdata perfdata = {0};
    perfdata.label =
        *item == '\'' ? unquote(item, label_length) : memory_copy(item, label_length);
    if (!perfdata.label[0])
        return fail(item, length, "the label is empty", err);
    if (read_value(item + label_length + 1, &perfdata) < 0)
        return fail(item, length, "the value is no number with a unit", err);
    *ret = perfdata;
    perfdata.label = NULL;
    return 1;
}
