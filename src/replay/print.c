// SPDX-License-Identifier: GPL-3.0-or-later
/* print - a row an event, and the sums. */
#include "replay/print.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "look/screen.h"
#include "look/table.h"

static const struct table_column columns[] = {
    {"", false},    {"TIME", false},     {"WHAT", false},        {"HOST", false},
    {"TAG", false}, {"SEVERITY", false}, {"THESE RULES", false}, {"TOLD THEN", false},
    {NULL, false},
};

/* ---- for people ---- */

/* "+" would be told besides, "-" would be told no longer. */
static const char *mark_of(const struct event *event)
{
    if (!event->whom[SIDE_THEN])
        return "+";
    return event->whom[SIDE_THESE] ? " " : "-";
}

static void add_event(struct table *table, const struct event *event)
{
    char time[CLOCK_TEXT_SIZE];
    const char *mark = mark_of(event);
    clock_format_local(event->time, CLOCK_SECONDS, time);
    table_add(table, *mark == '+' ? PAINT_GREEN : PAINT_RED, mark);
    table_add(table, PAINT_NONE, time);
    table_add(table, PAINT_NONE, telling_kind_name(event->what));
    table_add(table, PAINT_NONE, event->host);
    table_add(table, PAINT_NONE, event->tag);
    table_add(table, PAINT_NONE, event->severity);
    for (int side = 0; side < SIDES; side++)
        table_add(table, PAINT_NONE, event->whom[side] ? event->whom[side] : "-");
}

static void print_sums(const struct ledger *ledger, const struct period *period)
{
    char since[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    clock_format_local(period->since, CLOCK_MINUTES, since);
    clock_format_local(period->until, CLOCK_MINUTES, until);
    printf("%s to %s: %zu would be told, %zu were; %zu both, %zu only by these rules, "
           "%zu only then\n",
           since, until, ledger->both + ledger->only[SIDE_THESE],
           ledger->both + ledger->only[SIDE_THEN], ledger->both,
           ledger->only[SIDE_THESE], ledger->only[SIDE_THEN]);
}

void print_people(const struct ledger *ledger, const struct period *period)
{
    const struct screen screen = screen_find();
    AUTO(table) struct table *table = table_new(columns);
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < ledger->count; i++)
        add_event(table, ledger->events[i]);
    if (ledger->count > 0)
        table_format(table, &screen, &text);
    fputs(strbuf_text(&text), stdout);
    print_sums(ledger, period);
}

/* ---- as JSON ---- */

static void put_time(const char *name, int64_t time, struct strbuf *json)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(time, text);
    json_field_text(json, name, text);
}

static void put_event(const struct event *event, struct strbuf *json)
{
    json_comma(json);
    json_open(json, '{');
    put_time("time", event->time, json);
    json_field_text(json, "what", telling_kind_name(event->what));
    json_field_text(json, "host", event->host);
    json_field_text(json, "tag", event->tag);
    json_field_text(json, "severity", event->severity);
    json_field_text(json, "text", event->text);
    json_field_text(json, "these", event->whom[SIDE_THESE]);
    json_field_text(json, "then", event->whom[SIDE_THEN]);
    json_close(json, '}');
}

void print_json(const struct ledger *ledger, const struct period *period)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    put_time("since", period->since, &json);
    put_time("until", period->until, &json);
    json_field_number(&json, "tick", period->tick);
    json_name(&json, "events");
    json_open(&json, '[');
    for (size_t i = 0; i < ledger->count; i++)
        put_event(ledger->events[i], &json);
    json_close(&json, ']');
    json_field_number(&json, "both", (int64_t)ledger->both);
    json_field_number(&json, "only_these", (int64_t)ledger->only[SIDE_THESE]);
    json_field_number(&json, "only_then", (int64_t)ledger->only[SIDE_THEN]);
    json_close(&json, '}');
    puts(strbuf_text(&json));
}
