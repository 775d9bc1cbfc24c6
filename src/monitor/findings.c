// SPDX-License-Identifier: GPL-3.0-or-later
/* findings - a list that grows as a look goes on. */
#include "monitor/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void finding_clear(struct finding *finding)
{
    free(finding->part);
    free(finding->host);
    free(finding->text);
    free(finding->subject);
    free(finding->to);
    free(finding->name);
    free(finding->unit);
    rows_clear(&finding->rows);
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        finding_clear(&findings->items[i]);
    free(findings->items);
    *findings = (struct findings){0};
}

/* Grows when count is a power of two. */
void findings_add(struct findings *findings, struct finding *finding)
{
    size_t count = findings->count;
    if ((count & (count - 1)) == 0)
        findings->items = memory_resize(findings->items, (count > 0 ? 2 * count : 1) *
                                                             sizeof *findings->items);
    findings->items[findings->count++] = *finding;
    *finding = (struct finding){0};
}

PRINTF(1, 0)
static char *format_text(const char *format, va_list values)
{
    char text[1024];
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(text, sizeof text, format, values);
    if (length < 0 || (size_t)length < sizeof text) {
        va_end(again);
        return text_copy(length < 0 ? "" : text);
    }
    char *whole = memory_new((size_t)length + 1);
    vsnprintf(whole, (size_t)length + 1, format, again);
    va_end(again);
    return whole;
}

PRINTF(4, 0)
static void add_text(struct findings *findings, struct finding *finding,
                     const char *part, const char *format, va_list values)
{
    finding->part = text_copy(part);
    finding->text = format_text(format, values);
    findings_add(findings, finding);
}

void findings_state(struct findings *findings, const char *part, enum state state,
                    const char *format, ...)
{
    struct finding finding = {.type = FINDING_STATE, .state = state};
    va_list values;
    va_start(values, format);
    add_text(findings, &finding, part, format, values);
    va_end(values);
}

void findings_note(struct findings *findings, const char *part, const char *format, ...)
{
    struct finding finding = {.type = FINDING_NOTE};
    va_list values;
    va_start(values, format);
    add_text(findings, &finding, part, format, values);
    va_end(values);
}

void findings_reading(struct findings *findings, const char *part, const char *name,
                      double value, const char *unit)
{
    if (!isfinite(value))
        return;
    struct finding finding = {
        .type = FINDING_READING,
        .part = text_copy(part),
        .name = text_copy(name),
        .value = value,
        .unit = text_copy(unit),
    };
    findings_add(findings, &finding);
}

static bool is_of(const struct finding *finding, const char *part)
{
    return !part || (finding->part && strcmp(finding->part, part) == 0);
}

enum state findings_worst(const struct findings *findings, const char *part)
{
    enum state worst = STATE_NONE;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->type == FINDING_STATE && finding->state > worst &&
            is_of(finding, part))
            worst = finding->state;
    }
    return worst;
}
