// SPDX-License-Identifier: GPL-3.0-or-later
/* alerts - what rules say is wrong, the worst first. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/fetch.h"
#include "look/limit.h"
#include "look/look.h"
#include "look/table.h"
#include "look/when.h"
#include "queue/http.h"

#define LIMIT_USUAL 1000

struct alerts_options {
    const char *conf, *since_text, *host, *tag;
    int64_t since; /* of since_text; 0: not said */
    int64_t limit;
    bool all, json;
};

#define AT(member) offsetof(struct alerts_options, member)

static const struct option_row alerts_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "all", NULL, OPTION_FLAG, AT(all), "those that are over, too"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "those too that were over then or later: 7d, 2026-11-01"},
    {0, "host", "HOST", OPTION_TEXT, AT(host), "of this host"},
    {0, "tag", "TAG", OPTION_TEXT, AT(tag), "of this tag"},
    {0, "limit", "N", OPTION_COUNT, AT(limit), "the newest N, not the newest 1000"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"N", true},    {"SEVERITY", false}, {"HOST", false},
    {"TAG", false}, {"SINCE", false},    {"FOR", true},
    {"IS", false},  {"TEXT", false},     {NULL, false},
};

/* ---- the order ---- */

/* What goes on comes before what is over, then the worst, then the newest. */
static int compare(const void *left, const void *right)
{
    const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
    bool a_over = fetched_time(a, "until") != 0, b_over = fetched_time(b, "until") != 0;
    if (a_over != b_over)
        return a_over ? 1 : -1;
    int a_rank = alert_rank(fetched_text(a, "severity"));
    int b_rank = alert_rank(fetched_text(b, "severity"));
    if (!a_over && a_rank != b_rank)
        return a_rank - b_rank;
    json_int_t a_number = json_integer_value(json_object_get(a, "number"));
    json_int_t b_number = json_integer_value(json_object_get(b, "number"));
    return (a_number < b_number) - (a_number > b_number);
}

/* ---- the table ---- */

static const char *mark(const json_t *incident)
{
    bool is_held = json_array_size(json_object_get(incident, "held")) > 0;
    bool is_known = json_is_object(json_object_get(incident, "acknowledged"));
    if (fetched_time(incident, "until") != 0)
        return "over";
    return is_held && is_known ? "held, acked"
           : is_held           ? "held"
           : is_known          ? "acked"
                               : "";
}

static void add_row(struct table *rows, const json_t *incident, int64_t now)
{
    const char *severity = fetched_text(incident, "severity");
    int64_t since = fetched_time(incident, "since");
    int64_t until = fetched_time(incident, "until");
    int64_t end = until != 0 ? until : now;
    char time[CLOCK_TEXT_SIZE], length[UNITS_TEXT_SIZE];
    AUTO(str)
    char *number = text_format("%" JSON_INTEGER_FORMAT,
                               json_integer_value(json_object_get(incident, "number")));
    clock_format_local(since, CLOCK_MINUTES, time);
    table_add(rows, PAINT_NONE, number);
    table_add(rows, until != 0 ? PAINT_NONE : alert_paint(severity), severity);
    table_add(rows, PAINT_NONE, fetched_text(incident, "host"));
    table_add(rows, PAINT_NONE, fetched_text(incident, "tag"));
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, duration_format(end > since ? end - since : 0, length));
    table_add(rows, PAINT_NONE, mark(incident));
    table_add(rows, PAINT_NONE, fetched_text(incident, "text"));
}

/* From cron nothing is said when there is nothing to say. */
static void print_table(const json_t *incidents, int64_t now)
{
    struct screen screen = screen_find();
    AUTO(table) struct table *rows = table_new(columns);
    size_t i;
    const json_t *incident;
    if (json_array_size(incidents) == 0 && screen.width > 0)
        puts("all is well: no alerts");
    if (json_array_size(incidents) == 0)
        return;
    json_array_foreach(incidents, i, incident) add_row(rows, incident, now);
    table_print(rows, &screen);
}

/* ---- the call ---- */

static char *make_path(const struct alerts_options *options)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/incidents");
    limit_add(&path, options->limit);
    if (options->all)
        http_add_query(&path, "all", "1");
    if (options->host)
        http_add_query(&path, "host", options->host);
    if (options->tag)
        http_add_query(&path, "tag", options->tag);
    fetch_add_time(&path, "since", options->since);
    return strbuf_take(&path);
}

static int show(const struct alerts_options *options, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(str) char *path = make_path(options);
    int rc = fetch_json(options->conf, path, &answer, err);
    if (rc < 0)
        return rc;
    json_t *incidents = json_object_get(answer, "incidents");
    bool has_more = limit_cut(incidents, options->limit);
    json_auto_t *sorted = fetched_sort(incidents, compare);
    if (options->json)
        fetch_print(sorted);
    else
        print_table(sorted, fetched_time(answer, "now"));
    if (has_more)
        limit_say(options->limit);
    return 0;
}

static int check(struct alerts_options *options, struct error *err)
{
    int rc = limit_check(options->limit, err);
    if (rc < 0)
        return rc;
    return when_parse_option("--since", options->since_text, clock_now(),
                             &options->since, err);
}

static int run(int argc, char **argv)
{
    struct alerts_options options = {.limit = LIMIT_USUAL};
    struct error err;
    int exit_status = look_begin(&look_alerts, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (check(&options, &err) < 0)
        return look_refuse(&look_alerts, &err);
    return look_end(&look_alerts, show(&options, &err), &err);
}

const struct command look_alerts = {
    .name = "alerts",
    .arguments = "[OPTIONS]",
    .summary = "what the rules say is wrong, the worst first",
    .options = alerts_rows,
    .run = run,
};
