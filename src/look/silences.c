// SPDX-License-Identifier: GPL-3.0-or-later
/* silences - what is not to be told: a list, and the end of one before its time. */
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
#include "look/look.h"
#include "look/table.h"

struct silences_options {
    const char *conf;
    int64_t end; /* the number of one; -1: not said */
    bool all, json;
};

#define AT(member) offsetof(struct silences_options, member)

static const struct option_row silences_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "all", NULL, OPTION_FLAG, AT(all), "those that are over, too"},
    {0, "end", "N", OPTION_NUMBER, AT(end), "end that one now"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const struct table_column columns[] = {
    {"N", true},     {"HOST", false},   {"TAG", false},
    {"FROM", false}, {"UNTIL", false},  {"WHEN", false},
    {"BY", false},   {"REASON", false}, {NULL, false},
};

/* Of a silence that is not all the time between. */
static char *describe_when(const json_t *silence, int64_t now)
{
    char length[UNITS_TEXT_SIZE];
    const char *calendar = fetched_text(silence, "calendar");
    const char *recovery = json_is_true(json_object_get(silence, "until_recovery"))
                               ? "until recovery"
                               : "";
    int64_t from = fetched_time(silence, "from"),
            until = fetched_time(silence, "until");
    if (until <= now)
        return text_copy("over");
    if (!*calendar)
        return text_copy(from > now ? "to come" : recovery);
    duration_format(json_integer_value(json_object_get(silence, "length")), length);
    return text_format("%s, %s each%s%s", calendar, length, *recovery ? ", " : "",
                       recovery);
}

static void add_row(struct table *rows, const json_t *silence, int64_t now)
{
    char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
    AUTO(str)
    char *number = text_format("%" JSON_INTEGER_FORMAT,
                               json_integer_value(json_object_get(silence, "number")));
    AUTO(str) char *when = describe_when(silence, now);
    clock_format_local(fetched_time(silence, "from"), CLOCK_MINUTES, from);
    clock_format_local(fetched_time(silence, "until"), CLOCK_MINUTES, until);
    table_add(rows, PAINT_NONE, number);
    table_add(rows, PAINT_NONE, fetched_text(silence, "host"));
    table_add(rows, PAINT_NONE, fetched_text(silence, "tag"));
    table_add(rows, PAINT_NONE, from);
    table_add(rows, PAINT_NONE, until);
    table_add(rows, PAINT_NONE, when);
    table_add(rows, PAINT_NONE, fetched_text(silence, "by"));
    table_add(rows, PAINT_NONE, fetched_text(silence, "reason"));
}

static void print_table(const json_t *silences, int64_t now)
{
    struct screen screen = screen_find();
    AUTO(table) struct table *rows = table_new(columns);
    if (json_array_size(silences) == 0 && screen.width > 0)
        puts("no silences");
    if (json_array_size(silences) == 0)
        return;
    for (size_t i = json_array_size(silences); i > 0; i--)
        add_row(rows, json_array_get(silences, i - 1), now);
    table_print(rows, &screen);
}

static int list(const struct silences_options *options, struct error *err)
{
    json_auto_t *answer = NULL;
    int rc =
        fetch_json(options->conf, options->all ? "/v1/silences?all=1" : "/v1/silences",
                   &answer, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(json_object_get(answer, "silences"));
    else
        print_table(json_object_get(answer, "silences"), fetched_time(answer, "now"));
    return 0;
}

static int end(const struct silences_options *options, struct error *err)
{
    AUTO(http) struct http *http = NULL;
    json_auto_t *answer = NULL;
    AUTO(str) char *path = text_format("/v1/silences/%" PRId64, options->end);
    int rc = fetch_open(options->conf, &http, err);
    if (rc == 0)
        rc = fetch_delete(http, path, &answer, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(answer);
    else
        printf("silence %" PRId64 " has ended; what is still wrong is told now\n",
               options->end);
    return 0;
}

static int run(int argc, char **argv)
{
    struct silences_options options = {.end = -1};
    struct error err;
    int exit_status = look_begin(&look_silences, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (options.end >= 0 && options.all) {
        error_set(&err, -EINVAL, "--end, --all: which one?");
        return look_refuse(&look_silences, &err);
    }
    int rc = options.end >= 0 ? end(&options, &err) : list(&options, &err);
    return look_end(&look_silences, rc, &err);
}

const struct command look_silences = {
    .name = "silences",
    .arguments = "[OPTIONS]",
    .summary = "what is not to be told, until when, and why",
    .options = silences_rows,
    .run = run,
};
