// SPDX-License-Identifier: GPL-3.0-or-later
/* scan - numbers, names and signs of a calendar's text, and what is wrong with it. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "calendar/parts.h"

#define NUMBER_LIMIT 100000000

/* From 1 on; a column is a character. */
static int column(const struct scan *scan)
{
    int count = 1;
    for (const char *at = scan->text; at < scan->at; at++)
        count += ((unsigned char)*at & 0xC0) != 0x80;
    return count;
}

/* What stands there: a number, letters, or one sign. */
static int word_size(const char *at)
{
    int size = 0;
    while (isalnum((unsigned char)at[size]))
        size++;
    while (size == 0 || ((unsigned char)at[size] & 0xC0) == 0x80)
        size++;
    return size < 20 ? size : 20;
}

int scan_fail(const struct scan *scan, const char *format, ...)
{
    char expected[200], found[32] = "the end";
    va_list values;
    va_start(values, format);
    vsnprintf(expected, sizeof expected, format, values);
    va_end(values);
    if (*scan->at == ' ' || *scan->at == '\t')
        snprintf(found, sizeof found, "a blank");
    else if (*scan->at)
        snprintf(found, sizeof found, "%.*s", word_size(scan->at), scan->at);
    return error_set(scan->err, -EINVAL, "\"%.100s\": column %d: found %s, expected %s",
                     scan->text, column(scan), found, expected);
}

int scan_fail_span(const struct scan *scan, const struct span *span)
{
    return scan_fail(scan, "%s from %d to %d", span->what, span->min, span->max);
}

bool scan_char(struct scan *scan, char c)
{
    if (*scan->at != c)
        return false;
    scan->at++;
    return true;
}

void scan_blanks(struct scan *scan)
{
    while (*scan->at == ' ' || *scan->at == '\t')
        scan->at++;
}

bool scan_number(struct scan *scan, int *ret)
{
    int value = 0;
    const char *end = scan->at;
    for (; isdigit((unsigned char)*end); end++) {
        value = value * 10 + (*end - '0');
        if (value >= NUMBER_LIMIT)
            return false;
    }
    if (end == scan->at)
        return false;
    scan->at = end;
    *ret = value;
    return true;
}

int scan_word(struct scan *scan, const char *const *words)
{
    size_t size = 0;
    while (isalpha((unsigned char)scan->at[size]))
        size++;
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == size && strncasecmp(words[i], scan->at, size) == 0) {
            scan->at += size;
            return i;
        }
    return -1;
}

void field_add(struct field *field, int first, int last, int step)
{
    field->items =
        memory_resize(field->items, (field->count + 1) * sizeof *field->items);
    field->items[field->count++] =
        (struct range){.first = first, .last = last, .step = step};
}

int field_next(const struct field *field, int from, int max)
{
    int nearest = field->count == 0 && from <= max ? from : -1;
    for (size_t i = 0; i < field->count; i++) {
        const struct range *range = &field->items[i];
        int behind = from > range->first ? from - range->first : 0;
        int value =
            range->first + (behind + range->step - 1) / range->step * range->step;
        if (value <= range->last && value <= max && (nearest < 0 || value < nearest))
            nearest = value;
    }
    return nearest;
}
