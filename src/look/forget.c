// SPDX-License-Identifier: GPL-3.0-or-later
/* forget - a host that is no more, or one of its tags, leaves the server. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/when.h"
#include "queue/http.h"

struct forget_options {
    const char *conf;
    bool is_sure;
};

#define AT(member) offsetof(struct forget_options, member)

static const struct option_row forget_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "yes", NULL, OPTION_FLAG, AT(is_sure), "without being asked"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* What is to be forgotten. */
struct victim {
    const char *host, *tag; /* tag NULL: the host as a whole */
};

/* "forget host NAME" is said too; a host that is called host is meant by one word. */
static int read_words(const struct words *words, struct victim *ret, struct error *err)
{
    size_t first = words->count > 1 && strcmp(words->items[0], "host") == 0;
    if (words->count == 0)
        return error_set(err, -EINVAL, "which host? sheepdog host lists them");
    if (words->count > first + 2)
        return error_set(err, -EINVAL, "found \"%.60s\", expected a host and one tag",
                         words->items[first + 2]);
    ret->host = words->items[first];
    ret->tag = words->count > first + 1 ? words->items[first + 1] : NULL;
    return 0;
}

static char *make_path(const char *host, const char *tag)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/hosts/");
    http_add_segment(&path, host);
    if (tag)
        http_add_query(&path, "tag", tag);
    return strbuf_take(&path);
}

/* ---- asking first ---- */

static bool says_yes(void)
{
    char answer[16];
    return fgets(answer, sizeof answer, stdin) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

/* Of the server's words there are but times and numbers in it. */
static bool is_wanted(const struct victim *victim, const json_t *answer)
{
    char ago[WHEN_TEXT_SIZE];
    const json_t *host = json_object_get(answer, "host");
    when_ago(fetched_time(host, "seen"), fetched_time(answer, "now"), ago);
    if (victim->tag)
        fprintf(stderr, "%s was heard %s. Forget all of its tag %s? [y/N] ",
                victim->host, ago, victim->tag);
    else
        fprintf(stderr,
                "%s was heard %s, and has %" JSON_INTEGER_FORMAT
                " tags. Forget all of it: messages, states, facts and readings? [y/N] ",
                victim->host, ago, json_integer_value(json_object_get(host, "tags")));
    fflush(stderr);
    return says_yes();
}

/* A host that is unknown is told before anybody is asked. */
static int ask(struct http *http, const struct victim *victim, struct error *err)
{
    json_auto_t *answer = NULL;
    AUTO(str) char *path = make_path(victim->host, NULL);
    int rc = fetch_get(http, path, &answer, err);
    if (rc < 0)
        return rc;
    return is_wanted(victim, answer)
               ? 0
               : error_set(err, -ECANCELED, "nothing was forgotten");
}

/* ---- forgetting ---- */

/* The server does much in several goes. */
static int forget(struct http *http, const struct victim *victim, struct error *err)
{
    AUTO(str) char *path = make_path(victim->host, victim->tag);
    int64_t rows = 0;
    bool has_more;
    do {
        json_auto_t *answer = NULL;
        int rc = fetch_delete(http, path, &answer, err);
        if (rc == -ENOENT && rows > 0)
            break;
        if (rc < 0)
            return rc;
        rows += json_integer_value(json_object_get(answer, "forgotten"));
        has_more = json_is_true(json_object_get(answer, "more"));
    } while (has_more);
    if (rows == 0)
        return error_set(err, -ENOENT, "nothing is known of its tag %.80s",
                         victim->tag);
    printf("%" PRId64 " rows were forgotten\n", rows);
    return 0;
}

static int run(int argc, char **argv)
{
    struct forget_options options = {0};
    struct victim victim = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_forget, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    int rc = read_words(&words, &victim, &err);
    if (rc == 0 && !options.is_sure && !isatty(STDIN_FILENO))
        rc = error_set(&err, -EINVAL, "without a terminal to ask at, --yes is needed");
    if (rc < 0)
        return look_refuse(&look_forget, &err);

    AUTO(http) struct http *http = NULL;
    rc = fetch_open(options.conf, &http, &err);
    if (rc == 0 && !options.is_sure)
        rc = ask(http, &victim, &err);
    if (rc == 0)
        rc = forget(http, &victim, &err);
    return look_end(&look_forget, rc, &err);
}

const struct command look_forget = {
    .name = "forget",
    .arguments = "[OPTIONS] HOST [TAG]",
    .summary = "remove all that is known of a host, or of a tag of it",
    .options = forget_rows,
    .run = run,
};
