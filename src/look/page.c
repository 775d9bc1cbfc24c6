// SPDX-License-Identifier: GPL-3.0-or-later
/* page - section after section, each a table; one that is empty is left out. */
#include "look/page.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "look/fetch.h"
#include "look/herd.h"
#include "look/ids.h"
#include "look/series.h"
#include "look/table.h"
#include "look/value.h"
#include "look/when.h"

#define ROWS_SHOWN 4 /* of a relation that is none of those first */

/* What one looks at first of a machine. */
static const char *const first_relations[] = {"os",  "kernel", "ram",
                                              "cpu", "disk",   "address"};

#define FIRST (sizeof first_relations / sizeof *first_relations)

struct page {
    const json_t *answer;
    const char *host;
    int64_t now;
    const struct screen *screen;
    struct strbuf *buf;
};

static void begin_section(const struct page *page, const char *title)
{
    strbuf_putc(page->buf, '\n');
    screen_add_painted(page->screen, page->buf, PAINT_BOLD, title);
    strbuf_putc(page->buf, '\n');
}

static void put_field(const struct page *page, const char *name, const char *text)
{
    strbuf_printf(page->buf, "  %-7s ", name);
    screen_add_line(page->buf, text, strlen(text));
    strbuf_putc(page->buf, '\n');
}

/* ---- the head ---- */

static void put_seen(const struct page *page, const json_t *host)
{
    char time[CLOCK_TEXT_SIZE], ago[WHEN_TEXT_SIZE], beat[UNITS_TEXT_SIZE];
    int64_t seen = fetched_time(host, "seen");
    int64_t every = json_integer_value(json_object_get(host, "every"));
    clock_format_local(seen, CLOCK_SECONDS, time);
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%s (%s)", time, when_ago(seen, page->now, ago));
    if (every > 0)
        strbuf_printf(&text, ", beats every %s%s", duration_format(every, beat),
                      herd_is_silent(host, page->now) ? ": it is silent" : "");
    put_field(page, "seen", strbuf_text(&text));
}

static void put_head(const struct page *page, const json_t *host)
{
    char since[CLOCK_TEXT_SIZE];
    const char *state = fetched_text(host, "state");
    clock_format_local(fetched_time(host, "since"), CLOCK_MINUTES, since);
    AUTO(strbuf) struct strbuf name = {0};
    screen_add_line(&name, page->host, strlen(page->host));
    screen_add_painted(page->screen, page->buf, PAINT_BOLD, strbuf_text(&name));
    strbuf_putc(page->buf, '\n');
    strbuf_puts(page->buf, "  state   ");
    screen_add_painted(page->screen, page->buf, screen_paint_of(state_find(state)),
                       state);
    strbuf_putc(page->buf, '\n');
    put_seen(page, host);
    put_field(page, "since", since);
}

/* ---- states ---- */

static const struct table_column state_columns[] = {
    {"STATE", false}, {"TAG", false},       {"SINCE", false},
    {"FOR", true},    {"LAST WORD", false}, {NULL, false},
};

static void add_state(struct table *rows, const json_t *state, int64_t now)
{
    char time[CLOCK_TEXT_SIZE], length[UNITS_TEXT_SIZE];
    const char *name = fetched_text(state, "state");
    int64_t since = fetched_time(state, "since");
    clock_format_local(since, CLOCK_MINUTES, time);
    table_add(rows, screen_paint_of(state_find(name)), name);
    table_add(rows, PAINT_NONE, fetched_text(state, "tag"));
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, duration_format(now > since ? now - since : 0, length));
    table_add(rows, PAINT_NONE, fetched_text(state, "last_word"));
}

static int put_states(const struct page *page, const json_t *states,
                      struct error *err UNUSED)
{
    AUTO(table) struct table *rows = table_new(state_columns);
    size_t i;
    json_t *state;
    json_array_foreach(states, i, state) add_state(rows, state, page->now);
    begin_section(page, "states");
    table_format(rows, page->screen, page->buf);
    return 0;
}

/* ---- readings ---- */

static int put_readings(const struct page *page, const json_t *readings,
                        struct error *err UNUSED)
{
    AUTO(table) struct table *rows = series_table(readings, page->now);
    begin_section(page, "readings");
    table_format(rows, page->screen, page->buf);
    return 0;
}

/* ---- facts ---- */

static const struct table_column fact_columns[] = {
    {"RELATION", false}, {"", false}, {NULL, false}};

static char *join_values(const json_t *row, const json_t *columns)
{
    AUTO(strbuf) struct strbuf text = {0};
    size_t i;
    json_t *value;
    json_array_foreach(row, i, value)
    {
        const char *type =
            json_string_value(json_array_get(json_array_get(columns, i), 1));
        AUTO(str) char *part = value_of_fact(value, type ? type : "");
        strbuf_printf(&text, "%s%s", i > 0 ? "  " : "", part);
    }
    return strbuf_take(&text);
}

/* Row by row, the relation named once; or how many there are, and where. */
static void add_relation(const struct page *page, struct table *rows, const char *name,
                         const json_t *relation, size_t shown)
{
    const json_t *list = json_object_get(relation, "rows");
    json_int_t count = json_integer_value(json_object_get(relation, "count"));
    if (count > (json_int_t)shown || count > (json_int_t)json_array_size(list)) {
        AUTO(str)
        char *more =
            text_format("%" JSON_INTEGER_FORMAT " rows: sheepdog facts %s --host %s",
                        count, name, page->host);
        table_add(rows, PAINT_NONE, name);
        table_add(rows, PAINT_NONE, more);
        return;
    }
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row)
    {
        AUTO(str) char *text = join_values(row, json_object_get(relation, "columns"));
        table_add(rows, PAINT_NONE, i == 0 ? name : "");
        table_add(rows, PAINT_NONE, text);
    }
}

static bool is_first(const char *name)
{
    for (size_t i = 0; i < FIRST; i++)
        if (strcmp(first_relations[i], name) == 0)
            return true;
    return false;
}

static int put_facts(const struct page *page, const json_t *facts,
                     struct error *err UNUSED)
{
    AUTO(table) struct table *rows = table_new(fact_columns);
    for (size_t i = 0; i < FIRST; i++) {
        const json_t *relation = json_object_get(facts, first_relations[i]);
        if (relation)
            add_relation(page, rows, first_relations[i], relation, SIZE_MAX >> 1);
    }
    const char *name;
    json_t *relation;
    json_object_foreach((json_t *)facts, name, relation)
    {
        if (!is_first(name))
            add_relation(page, rows, name, relation, ROWS_SHOWN);
    }
    begin_section(page, "facts");
    table_format(rows, page->screen, page->buf);
    return 0;
}

/* ---- messages ---- */

static const struct table_column message_columns[] = {
    {"TIME", false}, {"TAG", false},       {"ERR", false},
    {"ID", false},   {"LAST WORD", false}, {NULL, false},
};

static size_t tail_length(const json_t *messages)
{
    AUTO(ids) struct ids ids = {0};
    size_t i;
    json_t *row;
    json_array_foreach(messages, i, row)
        ids_add(&ids, fetched_text(json_object_get(row, "message"), "id"));
    return ids_tail_length(&ids);
}

static int add_message(struct table *rows, const json_t *row, size_t id_length,
                       struct error *err)
{
    AUTO(fetched) struct fetched fetched = {0};
    int rc = fetched_read(row, &fetched, err);
    if (rc < 0)
        return rc;
    char time[CLOCK_TEXT_SIZE];
    const char *word = message_err_name(fetched.message->err);
    clock_format_local(fetched.time, CLOCK_SECONDS, time);
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, fetched.message->tag);
    table_add(rows, screen_paint_of(fetched.state),
              word ? word : message_kind_name(fetched.message->kind));
    table_add(rows, PAINT_NONE, id_tail(fetched.message->id, id_length));
    table_add(rows, PAINT_NONE, fetched_text(row, "last_word"));
    return 0;
}

/* The newest is the last, as in a log. */
static int put_messages(const struct page *page, const json_t *messages,
                        struct error *err)
{
    AUTO(table) struct table *rows = table_new(message_columns);
    size_t length = tail_length(messages);
    int rc = 0;
    for (size_t i = json_array_size(messages); rc == 0 && i > 0; i--)
        rc = add_message(rows, json_array_get(messages, i - 1), length, err);
    begin_section(page, "last messages");
    table_format(rows, page->screen, page->buf);
    return rc;
}

int page_format(const json_t *answer, const struct screen *screen, struct strbuf *buf,
                struct error *err)
{
    static const struct {
        const char *name;
        int (*put)(const struct page *page, const json_t *list, struct error *err);
    } sections[] = {{"states", put_states},
                    {"readings", put_readings},
                    {"facts", put_facts},
                    {"messages", put_messages}};
    const json_t *host = json_object_get(answer, "host");
    struct page page = {.answer = answer,
                        .host = fetched_text(host, "host"),
                        .now = fetched_time(answer, "now"),
                        .screen = screen,
                        .buf = buf};
    put_head(&page, host);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof sections / sizeof *sections; i++) {
        const json_t *list = json_object_get(answer, sections[i].name);
        if (json_array_size(list) + json_object_size(list) > 0)
            rc = sections[i].put(&page, list, err);
    }
    return rc;
}
