// SPDX-License-Identifier: GPL-3.0-or-later
/* status - how each (host, tag) is now, what is wrong first. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/say.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/herd.h"
#include "look/ids.h"
#include "look/look.h"
#include "look/table.h"
#include "look/when.h"

struct status_options {
    const char *conf;
    bool failed, json;
};

#define AT(member) offsetof(struct status_options, member)

static const struct option_row status_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "failed", NULL, OPTION_FLAG, AT(failed),
     "only what is wrong: fail, warning, unknown"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"STATE", false}, {"HOST", false}, {"TAG", false},       {"SINCE", false},
    {"FOR", true},    {"ID", false},   {"LAST WORD", false}, {NULL, false},
};

static void add_row(struct table *rows, const json_t *state, int64_t now,
                    size_t id_length)
{
    int64_t since = fetched_time(state, "since");
    const char *name = fetched_text(state, "state");
    char time[CLOCK_TEXT_SIZE], length[UNITS_TEXT_SIZE];
    clock_format_local(since, CLOCK_MINUTES, time);
    table_add(rows, screen_paint_of(state_find(name)), name);
    table_add(rows, PAINT_NONE, fetched_text(state, "host"));
    table_add(rows, PAINT_NONE, fetched_text(state, "tag"));
    table_add(rows, PAINT_NONE, time);
    table_add(rows, PAINT_NONE, duration_format(now > since ? now - since : 0, length));
    table_add(rows, PAINT_NONE, id_tail(fetched_text(state, "id"), id_length));
    table_add(rows, PAINT_NONE, fetched_text(state, "last_word"));
}

static size_t longest_tail(const json_t *states)
{
    AUTO(ids) struct ids ids = {0};
    size_t i;
    json_t *state;
    json_array_foreach(states, i, state) ids_add(&ids, fetched_text(state, "id"));
    return ids_tail_length(&ids);
}

/* To a terminal a person looks; to anything else, mail from cron above all, nothing is
 * said when there is nothing to say. */
static void print_none(const struct screen *screen, bool failed)
{
    if (screen->width > 0)
        puts(failed ? "all is well: nothing is wrong" : "nothing has barked yet");
}

/* Of a host of which no tag has a state, the host itself. */
static json_t *find_untagged(const json_t *hosts)
{
    json_t *found = json_array();
    size_t i;
    json_t *host;
    json_array_foreach(hosts, i, host)
    {
        if (json_integer_value(json_object_get(host, "tags")) > 0)
            continue;
        json_array_append_new(
            found, json_pack("{sO, ss, ss, sO, ss}", "host",
                             json_object_get(host, "host"), "state", "none", "tag", "-",
                             "since", json_object_get(host, "since"), "last_word",
                             "it was heard, and nothing is watched there"));
    }
    return found;
}

static void print_states(const json_t *answer, const json_t *hosts, bool failed)
{
    const json_t *states = json_object_get(answer, "states");
    json_auto_t *untagged = failed ? json_array() : find_untagged(hosts);
    struct screen screen = screen_find();
    if (json_array_size(states) + json_array_size(untagged) == 0) {
        print_none(&screen, failed);
        return;
    }
    AUTO(table) struct table *rows = table_new(columns);
    int64_t now = fetched_time(answer, "now");
    size_t length = longest_tail(states), i;
    json_t *state;
    json_array_foreach(states, i, state) add_row(rows, state, now, length);
    json_array_foreach(untagged, i, state) add_row(rows, state, now, length);
    table_print(rows, &screen);
}

/* What a silent host said last may be true no more. */
static void say_silent(const json_t *answer)
{
    int64_t now = fetched_time(answer, "now");
    json_auto_t *silent = herd_silent(answer);
    const char *name;
    json_t *host;
    json_object_foreach(silent, name, host)
    {
        char ago[WHEN_TEXT_SIZE], every[UNITS_TEXT_SIZE];
        AUTO(strbuf) struct strbuf harmless = {0};
        screen_add_line(&harmless, name, strlen(name));
        duration_format(json_integer_value(json_object_get(host, "every")), every);
        say("%s is silent: it was heard %s, and beats every %s", strbuf_text(&harmless),
            when_ago(fetched_time(host, "seen"), now, ago), every);
    }
}

static int show(const struct status_options *options, struct error *err)
{
    AUTO(http) struct http *http = NULL;
    json_auto_t *answer = NULL, *herd = NULL;
    const char *path = options->failed ? "/v1/status?failed=1" : "/v1/status";
    int rc = fetch_open(options->conf, &http, err);
    if (rc == 0)
        rc = fetch_get(http, path, &answer, err);
    if (rc == 0 && !options->json)
        rc = fetch_get(http, "/v1/hosts", &herd, err);
    if (rc < 0)
        return rc;
    if (options->json) {
        fetch_print(json_object_get(answer, "states"));
        return 0;
    }
    print_states(answer, json_object_get(herd, "hosts"), options->failed);
    say_silent(herd);
    return 0;
}

static int run(int argc, char **argv)
{
    struct status_options options = {0};
    struct error err;
    int exit_status = look_begin(&look_status, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (show(&options, &err) == 0)
        return EXIT_OK;
    say("%s", err.text);
    return EXIT_FAILED;
}

const struct command look_status = {
    .name = "status",
    .arguments = "[OPTIONS]",
    .summary = "how each (host, tag) is, what is wrong first",
    .options = status_rows,
    .run = run,
};
