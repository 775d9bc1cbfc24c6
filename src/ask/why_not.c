// SPDX-License-Identifier: GPL-3.0-or-later
/* why-not - why there is no alert of a host and a tag: how far each rule comes. */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "ask/ask.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "queue/http.h"

struct why_not_options {
    const char *conf;
};

static const struct option_row why_not_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct why_not_options, conf),
     "the configuration to read"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* A name that was mistyped has no alert either; a rule may know of hosts that were
 * never heard. */
static int warn_unknown(const char *conf, const char *host, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/hosts/");
    http_add_segment(&path, host);
    int rc = fetch_json(conf, strbuf_text(&path), &answer, err);
    if (rc == -ENOENT)
        say("why-not: %s", err->text);
    return rc == -ENOENT ? 0 : rc;
}

static char *make_atom(const char *host, const char *tag)
{
    AUTO(strbuf) struct strbuf atom = {0};
    strbuf_puts(&atom, "alert(");
    ask_put_text(&atom, host);
    strbuf_puts(&atom, ", ");
    ask_put_text(&atom, tag);
    strbuf_puts(&atom, ", _, _)");
    return strbuf_take(&atom);
}

static int run(int argc, char **argv)
{
    struct why_not_options options = {0};
    AUTO(asking) struct asking asking = {.question.limit = -1};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&ask_why_not, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (words.count != 2) {
        error_set(&err, -EINVAL, "expected a host and a tag");
        return look_refuse(&ask_why_not, &err);
    }
    int rc = warn_unknown(options.conf, words.items[0], &err);
    if (rc == 0)
        rc = oracle_open_server(options.conf, &asking.oracle, &err);
    if (rc < 0) {
        say("why-not: %s", err.text);
        return EXIT_FAILED;
    }
    AUTO(str) char *atom = make_atom(words.items[0], words.items[1]);
    return ask_one(&asking, atom, WANTED_WHY_NOT) < 0 ? EXIT_FAILED : EXIT_OK;
}

const struct command ask_why_not = {
    .name = "why-not",
    .arguments = "[OPTIONS] HOST TAG",
    .summary = "why there is no alert",
    .options = why_not_rows,
    .run = run,
};
