// SPDX-License-Identifier: GPL-3.0-or-later
/* verdict - a value and its threshold are shown in one form, so that nobody has to
 * reckon which is the greater one. */
#include "monitor/verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define VALUE_TEXT_SIZE 48
#define WHOLE_MAX       1e15

static const char *format_size(double value, const char *unit, char ret[])
{
    char size[UNITS_TEXT_SIZE];
    snprintf(ret, VALUE_TEXT_SIZE, "%s%s",
             size_format((int64_t)fmin(fmax(value, 0), 0x1p62), size), unit + 1);
    return ret;
}

static const char *format_duration(double value, const char *unit UNUSED, char ret[])
{
    char duration[UNITS_TEXT_SIZE];
    snprintf(ret, VALUE_TEXT_SIZE, "%s%s", value < 0 ? "-" : "",
             duration_format(llround(fmin(fabs(value), 0x1p40) * 1000), duration));
    return ret;
}

static const char *format_tenths(double value, const char *unit, char ret[])
{
    snprintf(ret, VALUE_TEXT_SIZE, "%.1f %s", value,
             strcmp(unit, "C") == 0 ? "°C" : unit);
    return ret;
}

/* Units that are read in a form of their own; other words stand behind the value. */
static const struct unit_form {
    const char *unit;
    const char *(*format)(double value, const char *unit, char ret[]);
} unit_forms[] = {
    {"%", format_tenths}, {"C", format_tenths},   {"B", format_size},
    {"B/s", format_size}, {"s", format_duration}, {NULL, NULL},
};

static const struct unit_form *unit_form_find(const char *unit)
{
    for (const struct unit_form *form = unit_forms; form->unit; form++)
        if (strcmp(form->unit, unit) == 0)
            return form;
    return NULL;
}

static bool is_whole(double value)
{
    return !isfinite(value) || (value == floor(value) && fabs(value) < WHOLE_MAX);
}

/* Of the value and of what it is held against, both alike. */
static const char *format_number(const struct threshold *threshold, double number,
                                 char ret[])
{
    const struct unit_form *form = unit_form_find(threshold->unit);
    if (form)
        return form->format(number, threshold->unit, ret);
    bool all_whole = is_whole(threshold->value) && is_whole(threshold->warn) &&
                     is_whole(threshold->fail);
    snprintf(ret, VALUE_TEXT_SIZE, "%.*f", all_whole ? 0 : 2, number);
    return ret;
}

static bool is_beyond(const struct threshold *threshold, double bound)
{
    if (isnan(bound))
        return false;
    return threshold->is_low_bad ? threshold->value <= bound
                                 : threshold->value >= bound;
}

static enum state judge(const struct threshold *threshold)
{
    if (is_beyond(threshold, threshold->fail))
        return STATE_FAIL;
    return is_beyond(threshold, threshold->warn) ? STATE_WARNING : STATE_OK;
}

static void add_value(struct strbuf *text, const struct threshold *threshold)
{
    char value[VALUE_TEXT_SIZE];
    strbuf_printf(text, "%s%s%s", threshold->what, threshold->what[0] ? " " : "",
                  format_number(threshold, threshold->value, value));
    if (threshold->unit[0] && !unit_form_find(threshold->unit))
        strbuf_printf(text, " %s", threshold->unit);
    if (threshold->detail)
        strbuf_printf(text, " (%s)", threshold->detail);
}

static void add_bound(struct strbuf *text, const struct threshold *threshold,
                      enum state state)
{
    double bound = threshold->warn;
    if (state == STATE_FAIL || isnan(bound))
        bound = threshold->fail;
    char formatted[VALUE_TEXT_SIZE];
    format_number(threshold, bound, formatted);
    if (state == STATE_OK)
        strbuf_printf(text, ", %s %s", threshold->is_low_bad ? "above" : "below",
                      formatted);
    else
        strbuf_printf(text, ", %s from %s%s", state_name(state), formatted,
                      threshold->is_low_bad ? " down" : "");
}

void verdict_add_state(struct verdict *verdict, enum state state, const char *text)
{
    if (state_is_wrong(verdict->state) && !state_is_wrong(state))
        return;
    if (state_is_wrong(state) && !state_is_wrong(verdict->state))
        strbuf_shorten(&verdict->text, 0);
    strbuf_printf(&verdict->text, "%s%s", verdict->text.size > 0 ? "; " : "", text);
    if (state > verdict->state)
        verdict->state = state;
}

void verdict_add(struct verdict *verdict, const struct threshold *threshold)
{
    if (!isfinite(threshold->value) ||
        (isnan(threshold->warn) && isnan(threshold->fail)))
        return;
    AUTO(strbuf) struct strbuf text = {0};
    enum state state = judge(threshold);
    add_value(&text, threshold);
    add_bound(&text, threshold, state);
    verdict_add_state(verdict, state, strbuf_text(&text));
}

void verdict_say(const struct verdict *verdict, struct findings *findings,
                 const char *part)
{
    if (verdict->state != STATE_NONE)
        findings_state(findings, part, verdict->state, "%s",
                       strbuf_text(&verdict->text));
}

void verdict_clear(struct verdict *verdict)
{
    strbuf_clear(&verdict->text);
    *verdict = (struct verdict){0};
}
