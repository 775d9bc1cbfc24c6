// SPDX-License-Identifier: GPL-3.0-or-later
/* told - what people were told, by what and when; and what still waits to be told. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/fetch.h"
#include "look/limit.h"
#include "look/look.h"
#include "look/when.h"
#include "queue/http.h"

#define LIMIT_USUAL 100

struct told_options {
    const char *conf, *since_text;
    int64_t since; /* of since_text; 0: not said */
    int64_t limit;
    bool waiting, json;
};

#define AT(member) offsetof(struct told_options, member)

static const struct option_row told_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 7d, 2026-11-01, \"2026-11-01 09:30\""},
    {0, "waiting", NULL, OPTION_FLAG, AT(waiting), "only what is not told yet"},
    {0, "limit", "N", OPTION_COUNT, AT(limit), "the newest N, not the newest 100"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static char *make_path(const struct told_options *options)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/tellings");
    limit_add(&path, options->limit);
    if (options->waiting)
        http_add_query(&path, "waiting", "1");
    fetch_add_time(&path, "since", options->since);
    return strbuf_take(&path);
}

static void print_table(const json_t *tellings, bool waiting)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    if (json_array_size(tellings) == 0 && screen.width > 0)
        puts(waiting ? "nothing waits to be told" : "nothing was told");
    alert_format_tellings(tellings, true, &screen, &text);
    fputs(strbuf_text(&text), stdout);
}

static int show(const struct told_options *options, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(str) char *path = make_path(options);
    int rc = fetch_json(options->conf, path, &answer, err);
    if (rc < 0)
        return rc;
    json_t *tellings = json_object_get(answer, "tellings");
    bool has_more = limit_cut(tellings, options->limit);
    if (options->json)
        fetch_print(tellings);
    else
        print_table(tellings, options->waiting);
    if (has_more)
        limit_say(options->limit);
    return 0;
}

static int check(struct told_options *options, struct error *err)
{
    int rc = limit_check(options->limit, err);
    if (rc < 0)
        return rc;
    return when_parse_option("--since", options->since_text, clock_now(),
                             &options->since, err);
}

static int run(int argc, char **argv)
{
    struct told_options options = {.limit = LIMIT_USUAL};
    struct error err;
    int exit_status = look_begin(&look_told, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (check(&options, &err) < 0)
        return look_refuse(&look_told, &err);
    return look_end(&look_told, show(&options, &err), &err);
}

const struct command look_told = {
    .name = "told",
    .arguments = "[OPTIONS]",
    .summary = "who was told of what, and what waits to be told",
    .options = told_rows,
    .run = run,
};
