// SPDX-License-Identifier: GPL-3.0-or-later
/* digest - what the server would put into a digest now. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/screen.h"
#include "look/when.h"

struct digest_options {
    const char *conf, *since_text;
    bool json;
};

#define AT(member) offsetof(struct digest_options, member)

static const struct option_row digest_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 7d, 2026-11-01; else of the last day"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int show(const struct digest_options *options, int64_t since, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(strbuf) struct strbuf path = {0}, text = {0};
    strbuf_puts(&path, "/v1/digest");
    fetch_add_time(&path, "since", since);
    int rc = fetch_json(options->conf, strbuf_text(&path), &answer, err);
    if (rc < 0)
        return rc;
    const char *words = fetched_text(answer, "text");
    screen_add_lines(&text, words, strlen(words));
    if (options->json)
        fetch_print(answer);
    else
        fputs(strbuf_text(&text), stdout);
    return 0;
}

static int run(int argc, char **argv)
{
    struct digest_options options = {0};
    struct error err;
    int64_t since = 0;
    int exit_status = look_begin(&look_digest, argc, argv, &options, NULL);
    if (exit_status >= 0)
        return exit_status;
    if (when_parse_option("--since", options.since_text, clock_now(), &since, &err) < 0)
        return look_refuse(&look_digest, &err);
    return look_end(&look_digest, show(&options, since, &err), &err);
}

const struct command look_digest = {
    .name = "digest",
    .arguments = "[OPTIONS]",
    .summary = "what a digest says: what is new, still wrong, over, late",
    .options = digest_rows,
    .run = run,
};
