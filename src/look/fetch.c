// SPDX-License-Identifier: GPL-3.0-or-later
/* fetch - the configuration says where; a reader is there to wait for a while. */
#include "look/fetch.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "config/config.h"
#include "queue/http.h"

#define PATIENCE   30000000 /* microseconds */
#define READ_FLAGS (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static int ask(const struct config *config, const char *path, struct http_answer *ret,
               struct error *err)
{
    AUTO(http) struct http *http = NULL;
    int rc = http_open(config, NULL, &http, err);
    if (rc < 0)
        return rc;
    http_set_deadline(http, clock_monotonic() + PATIENCE);
    rc = http_get(http, path, ret, err);
    if (rc == -ECONNREFUSED)
        return error_set(err, rc,
                         "%s: connection refused; is sheepdog-queue-daemon running "
                         "there?",
                         http_url(http));
    return rc;
}

static int fail(const struct config *config, long status, const char *words,
                struct error *err)
{
    static const struct {
        long status;
        int rc;
    } refusals[] = {{400, -EINVAL}, {404, -ENOENT}, {409, -ENOTUNIQ}};
    for (size_t i = 0; words && i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].status == status)
            return error_set(err, refusals[i].rc, "%s", words);
    return error_set(err, -EPROTO, "http://%s:%lld: answers %ld%s%s", config->host,
                     (long long)config->port, status, words ? ": " : "",
                     words ? words : "; is it a sheepdog-queue-daemon?");
}

int fetch_json(const char *config_named, const char *path, struct json_t **ret,
               struct error *err)
{
    AUTO(config) struct config *config = NULL;
    AUTO(http_answer) struct http_answer answer = {0};
    int rc = config_open(config_named, &config, err);
    if (rc == 0)
        rc = ask(config, path, &answer, err);
    if (rc < 0)
        return rc;

    json_auto_t *body =
        json_loadb(strbuf_text(&answer.body), answer.body.size, READ_FLAGS, NULL);
    if (answer.status != 200 || !json_is_object(body))
        return fail(config, answer.status,
                    json_string_value(json_object_get(body, "error")), err);
    *ret = json_incref(body);
    return 0;
}

void fetched_clear(struct fetched *fetched)
{
    message_free(fetched->message);
    *fetched = (struct fetched){0};
}

int64_t fetched_time(const struct json_t *object, const char *name)
{
    int64_t time = 0;
    return clock_parse_utc(fetched_text(object, name), &time, NULL) < 0 ? 0 : time;
}

const char *fetched_text(const struct json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

int fetched_read(const struct json_t *object, struct fetched *ret, struct error *err)
{
    struct message_defaults defaults = {.now = 0};
    json_t *inner = json_object_get(object, "message");
    AUTO(str) char *json = json_dumps(inner, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!json)
        return error_set(err, -EPROTO, "the answer lacks the field \"message\"");

    struct message *message;
    if (message_parse(json, strlen(json), &defaults, &message, err) < 0)
        return error_prefix(err, -EPROTO, "the server's message");
    *ret = (struct fetched){
        .time = fetched_time(object, "time"),
        .came = fetched_time(object, "came"),
        .state = state_find(fetched_text(object, "state")),
        .message = message,
    };
    return 0;
}

void fetch_print(const struct json_t *document)
{
    json_dumpf(document, stdout,
               JSON_INDENT(2) | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
    putchar('\n');
}
