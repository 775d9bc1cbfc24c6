// SPDX-License-Identifier: GPL-3.0-or-later
/* list - what was barked, the newest last, as a log reads. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/ids.h"
#include "look/limit.h"
#include "look/look.h"
#include "look/table.h"
#include "look/when.h"
#include "queue/http.h"

#define LIMIT_USUAL 100

struct list_options {
    const char *conf, *host, *tag, *since_text, *until_text;
    int64_t limit;
    bool failed, json;
    int64_t since, until; /* ms since 1970 UTC; 0: open */
};

#define AT(member) offsetof(struct list_options, member)

static const struct option_row list_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 7d, 2026-11-01, \"2026-11-01 09:30\""},
    {0, "until", "TIME", OPTION_TEXT, AT(until_text), "until then"},
    {0, "host", "HOST", OPTION_TEXT, AT(host), "of this host"},
    {0, "tag", "TAG", OPTION_TEXT, AT(tag), "of this tag"},
    {0, "failed", NULL, OPTION_FLAG, AT(failed), "only of what is wrong"},
    {0, "limit", "N", OPTION_COUNT, AT(limit), "the newest N, not the newest 100"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"TIME", false}, {"HOST", false},      {"TAG", false},
    {"ERR", false},  {"STATUS", true},     {"TOOK", true},
    {"ID", false},   {"LAST WORD", false}, {NULL, false},
};

static char *make_path(const struct list_options *options)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/messages");
    limit_add(&path, options->limit);
    if (options->host)
        http_add_query(&path, "host", options->host);
    if (options->tag)
        http_add_query(&path, "tag", options->tag);
    if (options->failed)
        http_add_query(&path, "failed", "1");
    fetch_add_time(&path, "since", options->since);
    fetch_add_time(&path, "until", options->until);
    return strbuf_take(&path);
}

static void add_run(struct table *rows, const struct message *message)
{
    char status[32] = "", took[UNITS_TEXT_SIZE] = "";
    if (message->signal > 0)
        snprintf(status, sizeof status, "signal %d", message->signal);
    else if (message->status >= 0)
        snprintf(status, sizeof status, "%d", message->status);
    if (message->elapsed >= 0)
        duration_format((int64_t)(message->elapsed * 1000), took);
    table_add(rows, PAINT_NONE, status);
    table_add(rows, PAINT_NONE, took);
}

/* What it said; where the server does not tell, what was run. */
static void add_last_word(struct table *rows, const json_t *row,
                          const struct message *message)
{
    char word[512];
    message_last_word(message, word, sizeof word);
    const char *told = fetched_text(row, "last_word");
    const char *command = message->command.data ? message->command.data : "";
    table_add(rows, PAINT_NONE, *told ? told : *word ? word : command);
}

static int add_row(struct table *rows, const json_t *row, size_t id_length,
                   struct error *err)
{
    AUTO(fetched) struct fetched fetched = {0};
    int rc = fetched_read(row, &fetched, err);
    if (rc < 0)
        return rc;
    const struct message *message = fetched.message;
    const char *word = message_err_name(message->err);
    char time[CLOCK_TEXT_SIZE];
    clock_format_local(fetched.time, CLOCK_SECONDS, time);
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, message->host);
    table_add(rows, PAINT_NONE, message->tag);
    table_add(rows, screen_paint_of(fetched.state),
              word ? word : message_kind_name(message->kind));
    add_run(rows, message);
    table_add(rows, PAINT_NONE, id_tail(message->id, id_length));
    add_last_word(rows, row, message);
    return 0;
}

static size_t tail_length(const json_t *list)
{
    AUTO(ids) struct ids ids = {0};
    for (size_t i = 0; i < json_array_size(list); i++)
        ids_add(&ids, fetched_text(json_object_get(json_array_get(list, i), "message"),
                                   "id"));
    return ids_tail_length(&ids);
}

static int print_list(const json_t *list, struct error *err)
{
    struct screen screen = screen_find();
    if (json_array_size(list) == 0) {
        if (screen.width > 0)
            puts("no messages");
        return 0;
    }
    AUTO(table) struct table *rows = table_new(columns);
    size_t length = tail_length(list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        int rc = add_row(rows, json_array_get(list, i), length, err);
        if (rc < 0)
            return rc;
    }
    table_print(rows, &screen);
    return 0;
}

static json_t *turn_round(const json_t *messages)
{
    json_t *list = json_array();
    for (size_t i = json_array_size(messages); i > 0; i--)
        json_array_append(list, json_array_get(messages, i - 1));
    return list;
}

static int list(const struct list_options *options, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(str) char *path = make_path(options);
    int rc = fetch_json(options->conf, path, &answer, err);
    if (rc < 0)
        return rc;
    json_t *messages = json_object_get(answer, "messages");
    bool has_more = limit_cut(messages, options->limit);
    json_auto_t *shown = turn_round(messages);
    if (options->json)
        fetch_print(shown);
    else
        rc = print_list(shown, err);
    if (has_more)
        limit_say(options->limit);
    return rc;
}

static int check(struct list_options *options, struct error *err)
{
    int64_t now = clock_now();
    int rc = limit_check(options->limit, err);
    if (rc == 0)
        rc = when_parse_option("--since", options->since_text, now, &options->since,
                               err);
    if (rc == 0)
        rc = when_parse_option("--until", options->until_text, now, &options->until,
                               err);
    return rc;
}

static int run(int argc, char **argv)
{
    struct list_options options = {.limit = LIMIT_USUAL};
    struct error err;
    int exit_status = look_begin(&look_list, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (check(&options, &err) < 0) {
        say("list: %s", err.text);
        return EXIT_USAGE;
    }
    if (list(&options, &err) == 0)
        return EXIT_OK;
    say("%s", err.text);
    return EXIT_FAILED;
}

const struct command look_list = {
    .name = "list",
    .arguments = "[OPTIONS]",
    .summary = "the messages that the server holds, newest last",
    .options = list_rows,
    .run = run,
};
