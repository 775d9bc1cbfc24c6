// SPDX-License-Identifier: GPL-3.0-or-later
/* status - how each (host, tag) is now, what is wrong first. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/say.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/ids.h"
#include "look/look.h"
#include "look/table.h"

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

static void print_states(const json_t *answer, bool failed)
{
    const json_t *states = json_object_get(answer, "states");
    struct screen screen = screen_find();
    if (json_array_size(states) == 0) {
        print_none(&screen, failed);
        return;
    }
    AUTO(table) struct table *rows = table_new(columns);
    int64_t now = fetched_time(answer, "now");
    size_t length = longest_tail(states), i;
    json_t *state;
    json_array_foreach(states, i, state) add_row(rows, state, now, length);
    AUTO(strbuf) struct strbuf text = {0};
    table_format(rows, &screen, &text);
    fputs(strbuf_text(&text), stdout);
}

static int run(int argc, char **argv)
{
    struct status_options options = {0};
    int exit_status = look_begin(&look_status, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;

    json_auto_t *answer = NULL;
    struct error err;
    const char *path = options.failed ? "/v1/status?failed=1" : "/v1/status";
    if (fetch_json(options.conf, path, &answer, &err) < 0) {
        say("%s", err.text);
        return EXIT_FAILED;
    }
    if (options.json)
        fetch_print(json_object_get(answer, "states"));
    else
        print_states(answer, options.failed);
    return EXIT_OK;
}

const struct command look_status = {
    .name = "status",
    .arguments = "[OPTIONS]",
    .summary = "how each (host, tag) is, what is wrong first",
    .options = status_rows,
    .run = run,
};
