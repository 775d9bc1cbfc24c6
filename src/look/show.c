// SPDX-License-Identifier: GPL-3.0-or-later
/* show - one message: for a person, as JSON, or just the bytes that the job printed. Or
 * one alert, which is known by its number. */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/describe.h"
#include "look/fetch.h"
#include "look/look.h"
#include "queue/http.h"

struct show_options {
    const char *conf, *raw;
    bool json;
};

#define AT(member) offsetof(struct show_options, member)

static const struct option_row show_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "raw", "STREAM", OPTION_TEXT, AT(raw),
     "stdout or stderr: the bytes that were captured, and nothing else"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const char *const streams[] = {"stdout", "stderr", NULL};

static int check_options(const struct show_options *options, struct error *err)
{
    char hint[80];
    if (!options->raw)
        return 0;
    if (options->json)
        return error_set(err, -EINVAL, "--raw and --json exclude each other");
    if (strcmp(options->raw, streams[0]) == 0 || strcmp(options->raw, streams[1]) == 0)
        return 0;
    return error_set(
        err, -EINVAL, "--raw: found \"%.40s\", expected stdout or stderr%s",
        options->raw, suggest_text(options->raw, streams, hint, sizeof hint));
}

/* Ids are in lower case; whoever copied one from elsewhere need not care. */
static char *make_path(const char *part)
{
    AUTO(str) char *lower = text_copy(part);
    for (char *at = lower; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/messages/");
    http_add_segment(&path, lower);
    return strbuf_take(&path);
}

static int print_raw(const struct message *message, const char *stream,
                     struct error *err)
{
    bool is_stdout = strcmp(stream, streams[0]) == 0;
    const struct output *output = is_stdout ? &message->out : &message->errors;
    if (!output->kept.data)
        return error_set(err, -ENODATA, "%s of %s was not kept", stream, message->id);
    fwrite(output->kept.data, 1, output->kept.size, stdout);
    if (output->cut > 0)
        say("%llu bytes were left out behind the first %zu",
            (unsigned long long)output->cut, output->cut_at);
    return 0;
}

static void print_description(const struct fetched *fetched)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    describe(fetched, clock_now(), &screen, &text);
    fwrite(text.data, 1, text.size, stdout);
}

static int show_alert(const struct show_options *options, const char *number,
                      struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(str) char *path = alert_path(number);
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    int rc = fetch_json(options->conf, path, &answer, err);
    if (rc == -ENOENT)
        return error_prefix(err, rc, "%s; a message is named by at least 8 characters",
                            err->text);
    if (rc < 0)
        return rc;
    const json_t *tellings = json_object_get(answer, "tellings");
    if (options->json) {
        fetch_print(answer);
        return 0;
    }
    alert_format(answer, &screen, &text);
    strbuf_puts(&text, json_array_size(tellings) > 0 ? "\n" : "");
    alert_format_tellings(tellings, false, &screen, &text);
    fwrite(text.data, 1, text.size, stdout);
    return 0;
}

static int show(const struct show_options *options, const char *part, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(fetched) struct fetched fetched = {0};
    AUTO(str) char *path = make_path(part);
    int rc = fetch_json(options->conf, path, &answer, err);
    if (rc == 0 && options->json) {
        fetch_print(answer);
        return 0;
    }
    if (rc == 0)
        rc = fetched_read(answer, &fetched, err);
    if (rc == 0 && options->raw)
        rc = print_raw(fetched.message, options->raw, err);
    else if (rc == 0)
        print_description(&fetched);
    return rc;
}

static int run(int argc, char **argv)
{
    struct show_options options = {0};
    const char *part;
    int exit_status = look_begin(&look_show, argc, argv, &options, &part);
    if (exit_status >= 0)
        return exit_status;
    struct error err;
    int rc = check_options(&options, &err);
    exit_status = rc < 0 ? EXIT_USAGE : EXIT_FAILED;
    if (rc == 0)
        rc = alert_is_number(part) && !options.raw ? show_alert(&options, part, &err)
                                                   : show(&options, part, &err);
    if (rc == 0)
        return EXIT_OK;
    say("show: %s", err.text);
    return exit_status;
}

const struct command look_show = {
    .name = "show",
    .arguments = "[OPTIONS] ID | N",
    .summary = "one message, by a part of its id; or one alert, by its number",
    .options = show_rows,
    .run = run,
};
