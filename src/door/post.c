// SPDX-License-Identifier: GPL-3.0-or-later
/* post - messages come in: parsed, put into the queue as one posting, and answered when
 * that is written: 202 means that they are on disk. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/routes.h"

/* In memory a message is far larger than the shortest JSON of one. */
#define MESSAGES_MAX 10000

static void refuse_message(struct request *request, unsigned status, int index,
                           const char *why)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "error", why);
    if (index >= 0)
        json_field_number(&json, "index", index);
    json_close(&json, '}');
    request_reply(request, status, &json);
}

static bool refuse_host(struct request *request, int index, const char *host)
{
    AUTO(str)
    char *what = text_format("a message of host %s, with a token of host %s", host,
                             request->caller.host);
    refuse_message(request, MHD_HTTP_FORBIDDEN, index, what);
    request_log_refusal(request, what);
    return false;
}

/* Its last byte is the brace that ends the object, which is not empty. */
static void add_host(struct unread *unread, const char *host)
{
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_add(&json, unread->bytes, unread->size - 1);
    json_field_text(&json, "host", host);
    json_close(&json, '}');
    free(unread->bytes);
    unread->size = json.size;
    unread->bytes = strbuf_take(&json);
}

/* A person may have it read once more, by a version that knows it; nothing says then
 * whose token it came with. */
static bool check_unread(struct request *request, struct unread *unread)
{
    const char *own = request->caller.host;
    json_auto_t *object = json_loadb(unread->bytes, unread->size, JSON_ALLOW_NUL, NULL);
    const json_t *host = json_object_get(object, "host");
    if (host && !json_is_string(host))
        return refuse_host(request, -1, "that is no text");
    if (host && strcmp(json_string_value(host), own) != 0)
        return refuse_host(request, -1, json_string_value(host));
    if (!host)
        add_host(unread, own);
    return true;
}

/* A token of one host speaks for no other. */
static bool check_hosts(struct request *request)
{
    const char *own = request->caller.host;
    const struct message_list *messages = &request->posting.messages;
    struct unread_list *unread = &request->posting.unread;
    if (!own[0])
        return true;
    for (size_t i = 0; i < messages->count; i++)
        if (strcmp(messages->items[i]->host, own) != 0)
            return refuse_host(request, (int)i, messages->items[i]->host);
    for (size_t i = 0; i < unread->count; i++)
        if (!check_unread(request, &unread->items[i]))
            return false;
    return true;
}

/* The queue's answer, on the loop: rc 0 when all of the posting is on disk. */
static void on_answer(struct posting *posting, int rc)
{
    struct request *request = posting->sender;
    if (rc < 0)
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the queue cannot be written: %s; send it again later",
                       strerror(-rc));
    else
        request_reply_taken(request);
    request_wake(request);
}

/* Not while the whole of them comes. */
static bool wants_facts(const struct request *request)
{
    const struct message_list *messages = &request->posting.messages;
    const char *own = request->caller.host;
    struct wants *wants = request->lobby->parts.wants;
    if (!wants || messages->count == 0)
        return false;
    for (size_t i = 0; i < messages->count; i++)
        if (messages->items[i]->facts &&
            messages->items[i]->facts->extent != FACTS_CHANGE)
            return false;
    return wants_ask(wants, own[0] ? own : messages->items[0]->host,
                     request->posting.came);
}

static bool put(struct request *request)
{
    struct posting *posting = &request->posting;
    struct embedded *embedded = request->lobby->parts.embedded;
    bool is_quick = embedded_is_quick(embedded);
    request->count = posting->messages.count + posting->unread.count;
    request->wants_facts = wants_facts(request);
    int rc = embedded_put(embedded, posting);
    request->lobby->posted += rc == 0;
    if (rc == 0 && !is_quick)
        request_wait(request);
    if (rc < 0)
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the queue is full; send it again later");
    return rc == 0;
}

/* A message of a newer version is no reason to refuse it: a person will see it. */
static void on_unknown(void *context, const char *json, size_t size, const char *reason)
{
    struct posting *posting = context;
    unread_list_add(&posting->unread, &(struct unread){.bytes = (char *)json,
                                                       .size = size,
                                                       .reason = (char *)reason});
}

static void clear(struct posting *posting)
{
    message_list_clear(&posting->messages);
    unread_list_clear(&posting->unread);
}

void post_messages(struct request *request, struct store *store UNUSED)
{
    struct error why = {0};
    const char *own = request->caller.host;
    struct posting *posting = &request->posting;
    posting->came = clock_now();
    posting->answer = on_answer;
    posting->sender = request;
    struct message_defaults defaults = {.now = posting->came,
                                        .host = own[0] ? own : request->lobby->host,
                                        .unknown = on_unknown,
                                        .context = posting,
                                        .count_max = MESSAGES_MAX};
    int index;
    int rc = message_parse_all(strbuf_text(&request->body), request->body.size,
                               &defaults, &posting->messages, &index, &why);
    if (rc < 0)
        refuse_message(request,
                       rc == -EFBIG ? MHD_HTTP_CONTENT_TOO_LARGE : MHD_HTTP_BAD_REQUEST,
                       index, why.text);
    if (rc < 0 || !check_hosts(request) || !put(request))
        clear(posting);
}
