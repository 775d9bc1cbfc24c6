// SPDX-License-Identifier: GPL-3.0-or-later
/* fetch - the configuration says where; a reader is there to wait for a while. */
#include "look/fetch.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define PATIENCE   30000000 /* microseconds */
#define READ_FLAGS (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

const char *fetch_place(const struct config *config)
{
    const struct queue_place *place = config->queue.items;
    bool is_door = config->queue.count > 0 && !place->form &&
                   (strncmp(place->url, "http://", 7) == 0 ||
                    strncmp(place->url, "https://", 8) == 0);
    return is_door ? place->url : NULL;
}

int fetch_open(const char *config_named, struct http **ret, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    int rc = config_open(config_named, &config, err);
    return rc < 0 ? rc : http_open(config, fetch_place(config), ret, err);
}

static int fail(const struct http *http, long status, const char *words,
                struct error *err)
{
    static const struct {
        long status;
        int rc;
    } refusals[] = {{400, -EINVAL}, {404, -ENOENT}, {409, -ENOTUNIQ}, {422, -EPROTO}};
    const char *refusal = http_refusal(http, status);
    if (refusal)
        return error_set(err, -EACCES, "%s: %s%s%s", http_url(http), refusal,
                         words ? ": " : "", words ? words : "");
    for (size_t i = 0; words && i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].status == status)
            return error_set(err, refusals[i].rc, "%s", words);
    return error_set(err, status == 429 ? -EAGAIN : -EPROTO, "%s: answers %ld%s%s",
                     http_url(http), status, words ? ": " : "",
                     words ? words : "; is it a sheepdog-queue-daemon?");
}

/* rc: how the request went. ret_refusal may be NULL. */
static int read_body(const struct http *http, int rc, const struct http_answer *answer,
                     struct json_t **ret, struct json_t **ret_refusal,
                     struct error *err)
{
    if (rc == -ECONNREFUSED)
        return error_set(err, rc,
                         "%s: connection refused; is sheepdog-queue-daemon running "
                         "there?",
                         http_url(http));
    if (rc == -ECONNRESET && strncmp(http_url(http), "http://", 7) == 0)
        return error_set(err, rc,
                         "%s: the connection ended before the answer; does it speak "
                         "https:// there?",
                         http_url(http));
    if (rc < 0)
        return rc;
    json_auto_t *body =
        json_loadb(strbuf_text(&answer->body), answer->body.size, READ_FLAGS, NULL);
    if (answer->status == 200 && json_is_object(body)) {
        *ret = json_incref(body);
        return 0;
    }
    rc = fail(http, answer->status, json_string_value(json_object_get(body, "error")),
              err);
    if (ret_refusal)
        *ret_refusal = json_incref(body);
    return rc;
}

static int read_answer(const struct http *http, int rc,
                       const struct http_answer *answer, struct json_t **ret,
                       struct error *err)
{
    return read_body(http, rc, answer, ret, NULL, err);
}

int fetch_get(struct http *http, const char *path, struct json_t **ret,
              struct error *err)
{
    AUTO(http_answer) struct http_answer answer = {0};
    http_set_deadline(http, clock_monotonic() + PATIENCE);
    return read_answer(http, http_get(http, path, &answer, err), &answer, ret, err);
}

int fetch_post(struct http *http, const char *path, struct json_t **ret,
               struct error *err)
{
    AUTO(http_answer) struct http_answer answer = {0};
    struct strbuf nothing = {0};
    http_set_deadline(http, clock_monotonic() + PATIENCE);
    return read_answer(http, http_post(http, path, &nothing, &answer, err), &answer,
                       ret, err);
}

int fetch_delete(struct http *http, const char *path, struct json_t **ret,
                 struct error *err)
{
    AUTO(http_answer) struct http_answer answer = {0};
    http_set_deadline(http, clock_monotonic() + PATIENCE);
    return read_answer(http, http_delete(http, path, &answer, err), &answer, ret, err);
}

int fetch_send(struct http *http, const char *path, const struct json_t *body,
               int64_t patience, struct json_t **ret, struct json_t **ret_refusal,
               struct error *err)
{
    AUTO(http_answer) struct http_answer answer = {0};
    AUTO(str) char *text = json_dumps(body, JSON_COMPACT);
    const struct strbuf sent = {.data = text, .size = strlen(text)};
    http_set_deadline(http, clock_monotonic() + patience * 1000);
    int rc = http_post(http, path, &sent, &answer, err);
    return read_body(http, rc, &answer, ret, ret_refusal, err);
}

int fetch_json(const char *config_named, const char *path, struct json_t **ret,
               struct error *err)
{
    AUTO(http) struct http *http = NULL;
    int rc = fetch_open(config_named, &http, err);
    return rc < 0 ? rc : fetch_get(http, path, ret, err);
}

struct json_t *fetched_sort(const struct json_t *list,
                            int (*compare)(const void *, const void *))
{
    size_t count = json_array_size(list);
    json_t **items = memory_new((count + 1) * sizeof(json_t *));
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(list, i);
    qsort(items, count, sizeof *items, compare);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    return sorted;
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

void fetch_add_time(struct strbuf *path, const char *name, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(time, text);
    if (time != 0)
        http_add_query(path, name, text);
}

const char *fetched_text(const struct json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* A list leaves the rows of facts out; without their fields it is no message. */
static void put_rows(json_t *message)
{
    if (strcmp(fetched_text(message, "kind"), "facts") != 0)
        return;
    bool is_change = strcmp(fetched_text(message, "is"), "change") == 0;
    if (!json_object_get(message, "add"))
        json_object_set_new(message, "add", json_array());
    if (is_change && !json_object_get(message, "remove"))
        json_object_set_new(message, "remove", json_array());
}

int fetched_read(const struct json_t *object, struct fetched *ret, struct error *err)
{
    struct message_defaults defaults = {.now = 0};
    json_auto_t *inner = json_copy(json_object_get(object, "message"));
    put_rows(inner);
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
