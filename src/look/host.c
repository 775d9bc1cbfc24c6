// SPDX-License-Identifier: GPL-3.0-or-later
/* host - the machines of the herd, and all that is known of one, on a page. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/herd.h"
#include "look/look.h"
#include "look/page.h"
#include "look/table.h"
#include "look/when.h"
#include "queue/http.h"

struct host_options {
    const char *conf;
    bool json;
};

#define AT(member) offsetof(struct host_options, member)

static const struct option_row host_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"STATE", false}, {"HOST", false}, {"TAGS", true},
    {"BEAT", true},   {"SEEN", false}, {NULL, false},
};

static void add_row(struct table *rows, const json_t *host, int64_t now)
{
    const char *state = fetched_text(host, "state");
    int64_t every = json_integer_value(json_object_get(host, "every"));
    char ago[WHEN_TEXT_SIZE], beat[UNITS_TEXT_SIZE] = "-";
    AUTO(str)
    char *tags = text_format("%" JSON_INTEGER_FORMAT,
                             json_integer_value(json_object_get(host, "tags")));
    bool is_silent = herd_is_silent(host, now);
    AUTO(str)
    char *seen = text_format("%s%s", when_ago(fetched_time(host, "seen"), now, ago),
                             is_silent ? ": silent" : "");
    if (every > 0)
        duration_format(every, beat);
    table_add(rows, screen_paint_of(state_find(state)), state);
    table_add(rows, PAINT_NONE, fetched_text(host, "host"));
    table_add(rows, PAINT_NONE, tags);
    table_add(rows, PAINT_NONE, beat);
    table_add(rows, is_silent ? PAINT_YELLOW : PAINT_NONE, seen);
}

static void print_hosts(const json_t *answer)
{
    struct screen screen = screen_find();
    const json_t *hosts = json_object_get(answer, "hosts");
    if (json_array_size(hosts) == 0) {
        if (screen.width > 0)
            puts("no host was heard yet");
        return;
    }
    AUTO(table) struct table *rows = table_new(columns);
    int64_t now = fetched_time(answer, "now");
    size_t i;
    json_t *host;
    json_array_foreach(hosts, i, host) add_row(rows, host, now);
    table_print(rows, &screen);
}

static int list_hosts(const struct host_options *options, struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_json(options->conf, "/v1/hosts", &answer, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(json_object_get(answer, "hosts"));
    else
        print_hosts(answer);
    return 0;
}

static int show_host(const struct host_options *options, const char *name,
                     struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/hosts/");
    http_add_segment(&path, name);
    int rc = fetch_json(options->conf, strbuf_text(&path), &answer, err);
    if (rc < 0)
        return rc;
    if (options->json) {
        fetch_print(answer);
        return 0;
    }
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    rc = page_format(answer, &screen, &text, err);
    fputs(strbuf_text(&text), stdout);
    return rc;
}

static int run(int argc, char **argv)
{
    struct host_options options = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_host, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (words.count > 1) {
        error_set(&err, -EINVAL, "found \"%.60s\", expected one host", words.items[1]);
        return look_refuse(&look_host, &err);
    }
    int rc = words.count == 0 ? list_hosts(&options, &err)
                              : show_host(&options, words.items[0], &err);
    return look_end(&look_host, rc, &err);
}

const struct command look_host = {
    .name = "host",
    .arguments = "[OPTIONS] [HOST]",
    .summary = "the hosts of the herd; or all that is known of one",
    .options = host_rows,
    .run = run,
};
