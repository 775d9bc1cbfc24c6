// SPDX-License-Identifier: GPL-3.0-or-later
/* export - every message of the server on stdout, a line of JSON each, in the order in
 * which they were stored: page by page, so that neither side holds much. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/progress.h"
#include "look/when.h"
#include "queue/http.h"

#define PAGE       1000
#define LINE_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

struct export_options {
    const char *conf, *since_text;
    int64_t since; /* ms since 1970 UTC; 0: of all time */
};

#define AT(member) offsetof(struct export_options, member)

static const struct option_row export_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 7d, 2026-11-01, \"2026-11-01 09:30\""},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static char *make_path(const struct export_options *options, int64_t after)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_printf(&path, "/v1/export?limit=%d&after=%" PRId64, PAGE, after);
    fetch_add_time(&path, "since", options->since);
    return strbuf_take(&path);
}

static int print_page(const json_t *messages, struct error *err)
{
    size_t i;
    const json_t *message;
    json_array_foreach((json_t *)messages, i, message)
    {
        if (json_dumpf(message, stdout, LINE_FLAGS) < 0 || putchar('\n') == EOF)
            break;
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return error_set(err, -EIO, "stdout cannot be written");
    return 0;
}

/* *ret_next: what the next page comes after; 0: there is none. */
static int read_page(const json_t *page, int64_t after, const json_t **ret_messages,
                     int64_t *ret_next, struct error *err)
{
    const json_t *messages = json_object_get(page, "messages");
    const json_t *next = json_object_get(page, "next");
    int64_t number = (int64_t)json_integer_value(next);
    if (!json_is_array(messages) || (json_is_integer(next) && number <= after))
        return error_set(err, -EPROTO, "the answer is no page of messages");
    *ret_messages = messages;
    *ret_next = number;
    return 0;
}

static int export(const struct export_options *options, size_t *ret_count,
                  struct error *err)
{
    AUTO(http) struct http *http = NULL;
    struct progress progress = progress_start();
    int64_t after = 0, next = 1;
    int rc = fetch_open(options->conf, &http, err);
    while (rc == 0 && next > 0) {
        json_auto_t *page = NULL;
        const json_t *messages = NULL;
        AUTO(str) char *path = make_path(options, after);
        rc = fetch_get(http, path, &page, err);
        if (rc == 0)
            rc = read_page(page, after, &messages, &next, err);
        if (rc == 0)
            rc = print_page(messages, err);
        *ret_count += json_array_size(messages);
        after = next;
        progress_tell(&progress, *ret_count);
    }
    progress_end(&progress);
    return rc;
}

static int run(int argc, char **argv)
{
    struct export_options options = {0};
    struct error err;
    size_t count = 0;
    int exit_status = look_begin(&look_export, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (when_parse_option("--since", options.since_text, clock_now(), &options.since,
                          &err) < 0) {
        say("export: %s", err.text);
        return EXIT_USAGE;
    }
    signal(SIGPIPE, SIG_IGN); /* that nobody reads on is a failure to be told */
    if (export(&options, &count, &err) == 0)
        return EXIT_OK;
    if (!ferror(stdout)) /* that is said for every command: see sheepdog-look.c */
        say("export: %s; it ends behind %zu messages, and is not whole", err.text,
            count);
    return EXIT_FAILED;
}

const struct command look_export = {
    .name = "export",
    .arguments = "[OPTIONS]",
    .summary = "every message that the server holds, a line of JSON each",
    .options = export_rows,
    .run = run,
};
