// SPDX-License-Identifier: GPL-3.0-or-later
/* alert - a headline and fields, as a message has them; what was told, as a table. */
#include "look/alert.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "look/fetch.h"
#include "look/table.h"
#include "look/when.h"
#include "queue/http.h"

#define NUMBER_LENGTH_MAX 7

static const struct {
    const char *severity;
    int rank;
    enum paint paint;
} ranks[] = {
    {"fail", 0, PAINT_RED},       {NULL, 1, PAINT_RED}, /* any other */
    {"warning", 2, PAINT_YELLOW}, {"unknown", 3, PAINT_YELLOW},
    {"check", 4, PAINT_NONE},
};

static size_t find_rank(const char *severity)
{
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        if (ranks[i].severity && strcmp(ranks[i].severity, severity) == 0)
            return i;
    return 1;
}

int alert_rank(const char *severity)
{
    return ranks[find_rank(severity)].rank;
}

enum paint alert_paint(const char *severity)
{
    return ranks[find_rank(severity)].paint;
}

bool alert_is_number(const char *word)
{
    size_t length = strlen(word);
    return length > 0 && length <= NUMBER_LENGTH_MAX &&
           strspn(word, "0123456789") == length;
}

char *alert_path(const char *number)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/incidents/");
    http_add_segment(&path, number);
    return strbuf_take(&path);
}

/* ---- one ---- */

static void put(struct strbuf *buf, const char *name, const char *text)
{
    if (!*text)
        return;
    strbuf_printf(buf, "  %-9s ", name);
    screen_add_line(buf, text, strlen(text));
    strbuf_putc(buf, '\n');
}

static void put_time(struct strbuf *buf, const char *name, int64_t time, int64_t now)
{
    char text[CLOCK_TEXT_SIZE], ago[WHEN_TEXT_SIZE];
    if (time == 0)
        return;
    clock_format_local(time, CLOCK_SECONDS, text);
    AUTO(str) char *words = text_format("%s (%s)", text, when_ago(time, now, ago));
    put(buf, name, words);
}

static void put_headline(struct strbuf *buf, const json_t *incident,
                         const struct screen *screen)
{
    const char *severity = fetched_text(incident, "severity");
    const char *parts[] = {fetched_text(incident, "host"),
                           fetched_text(incident, "tag")};
    AUTO(strbuf) struct strbuf word = {0};
    strbuf_printf(buf, "alert %" JSON_INTEGER_FORMAT ": ",
                  json_integer_value(json_object_get(incident, "number")));
    screen_add_line(&word, severity, strlen(severity));
    screen_add_painted(screen, buf, alert_paint(severity), strbuf_text(&word));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        strbuf_putc(buf, ' ');
        screen_add_line(buf, *parts[i] ? parts[i] : "(the server)",
                        *parts[i] ? strlen(parts[i]) : strlen("(the server)"));
    }
    strbuf_putc(buf, '\n');
}

static void put_acknowledged(struct strbuf *buf, const json_t *incident)
{
    const json_t *acknowledged = json_object_get(incident, "acknowledged");
    char until[CLOCK_TEXT_SIZE];
    if (!json_is_object(acknowledged))
        return;
    clock_format_local(fetched_time(acknowledged, "until"), CLOCK_MINUTES, until);
    AUTO(str)
    char *words = text_format("%s, until %s: %s", fetched_text(acknowledged, "by"),
                              until, fetched_text(acknowledged, "reason"));
    put(buf, "known to", words);
}

void alert_format(const struct json_t *answer, const struct screen *screen,
                  struct strbuf *buf)
{
    int64_t now = fetched_time(answer, "now");
    int64_t since = fetched_time(answer, "since");
    int64_t changed = fetched_time(answer, "changed");
    size_t i;
    const json_t *held;
    put_headline(buf, answer, screen);
    put(buf, "text", fetched_text(answer, "text"));
    put_time(buf, "since", since, now);
    put_time(buf, "changed", changed == since ? 0 : changed, now);
    put_time(buf, "over", fetched_time(answer, "until"), now);
    json_array_foreach(json_object_get(answer, "held"), i, held)
        put(buf, "held", json_string_value(held) ? json_string_value(held) : "");
    put_acknowledged(buf, answer);
    put(buf, "message", fetched_text(answer, "message"));
}

/* ---- what was told ---- */

static const struct table_column columns_of_one[] = {
    {"TIME", false}, {"WHAT", false}, {"SEVERITY", false}, {"BY", false},
    {"TO", false},   {"TOLD", false}, {NULL, false},
};

static const struct table_column columns_of_all[] = {
    {"TIME", false}, {"WHAT", false}, {"SEVERITY", false}, {"HOST", false},
    {"TAG", false},  {"N", true},     {"BY", false},       {"TO", false},
    {"TOLD", false}, {NULL, false},
};

static void add_place(struct table *rows, const json_t *telling)
{
    const json_t *incident = json_object_get(telling, "incident");
    AUTO(str)
    char *number = json_is_integer(incident) ? text_format("%" JSON_INTEGER_FORMAT,
                                                           json_integer_value(incident))
                                             : text_copy("");
    table_add(rows, PAINT_NONE, fetched_text(telling, "host"));
    table_add(rows, PAINT_NONE, fetched_text(telling, "tag"));
    table_add(rows, PAINT_NONE, number);
}

/* When it was; that another one tells it; or that it waits, and why the last try
 * failed. */
static void add_told(struct table *rows, const json_t *telling)
{
    char time[CLOCK_TEXT_SIZE];
    int64_t told = fetched_time(telling, "told");
    int64_t tries = json_integer_value(json_object_get(telling, "tries"));
    bool is_given_up = json_object_get(json_object_get(telling, "body"), "instead");
    clock_format_local(told != 0 ? told : fetched_time(telling, "due"), CLOCK_SECONDS,
                       time);
    AUTO(str)
    char *words = is_given_up  ? text_format("%s, given up: by a sum to another", time)
                  : told != 0  ? text_copy(time)
                  : tries == 0 ? text_format("waits until %s", time)
                               : text_format("waits until %s; %" PRId64 " failed: %s",
                                             time, tries, fetched_text(telling, "why"));
    table_add(rows, told != 0 && !is_given_up ? PAINT_NONE : PAINT_YELLOW, words);
}

static void add_telling(struct table *rows, const json_t *telling, bool with_tag)
{
    char time[CLOCK_TEXT_SIZE];
    const char *severity = fetched_text(json_object_get(telling, "body"), "severity");
    clock_format_local(fetched_time(telling, "made"), CLOCK_SECONDS, time);
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, fetched_text(telling, "what"));
    table_add(rows, *severity ? alert_paint(severity) : PAINT_NONE, severity);
    if (with_tag)
        add_place(rows, telling);
    table_add(rows, PAINT_NONE, fetched_text(telling, "notifier"));
    table_add(rows, PAINT_NONE, fetched_text(telling, "address"));
    add_told(rows, telling);
}

void alert_format_tellings(const struct json_t *tellings, bool with_tag,
                           const struct screen *screen, struct strbuf *buf)
{
    if (json_array_size(tellings) == 0)
        return;
    AUTO(table)
    struct table *rows = table_new(with_tag ? columns_of_all : columns_of_one);
    for (size_t i = json_array_size(tellings); i > 0; i--)
        add_telling(rows, json_array_get(tellings, i - 1), with_tag);
    table_format(rows, screen, buf);
}
