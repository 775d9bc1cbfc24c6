// SPDX-License-Identifier: GPL-3.0-or-later
/* post - messages come in: parsed, put into the queue as one parcel, and answered when
 * the parcel is: 202 means that they are on disk. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/routes.h"

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

/* A token of one host speaks for no other. */
static bool check_hosts(struct request *request)
{
    const char *own = request->caller.host;
    const struct message_list *messages = &request->parcel.messages;
    size_t i = 0;
    while (own[0] && i < messages->count && strcmp(messages->items[i]->host, own) == 0)
        i++;
    if (!own[0] || i == messages->count)
        return true;
    AUTO(str)
    char *what = text_format("a message of host %s, with a token of host %s",
                             messages->items[i]->host, own);
    refuse_message(request, MHD_HTTP_FORBIDDEN, (int)i, what);
    request_log_refusal(request, what);
    return false;
}

/* The queue's answer, on the loop: rc 0 when all of the parcel is on disk. */
static void on_answer(struct parcel *parcel, int rc)
{
    struct request *request = parcel->sender;
    request->lobby->write_rc = rc;
    if (rc < 0)
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the store cannot be written: %s; send it again later",
                       strerror(-rc));
    else
        request_reply_taken(request, parcel->messages.count);
    message_list_clear(&parcel->messages);
    request_wake(request);
}

static void push(struct request *request)
{
    struct lobby *lobby = request->lobby;
    struct parcel *parcel = &request->parcel;
    int rc = intake_push(lobby->parts.intake, parcel);
    if (rc < 0) {
        message_list_clear(&parcel->messages);
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the queue is full; send it again later");
        return;
    }
    request_wait(request);
    lobby->parts.pushed(lobby->parts.context);
}

void post_messages(struct request *request, struct store *store UNUSED)
{
    struct error why = {0};
    struct parcel *parcel = &request->parcel;
    const char *own = request->caller.host;
    struct message_defaults defaults = {.now = clock_now(),
                                        .host = own[0] ? own : request->lobby->host};
    parcel->came = defaults.now;
    parcel->size = request->body.size;
    parcel->answer = on_answer;
    parcel->sender = request;

    int index;
    int rc = message_parse_all(strbuf_text(&request->body), request->body.size,
                               &defaults, &parcel->messages, &index, &why);
    if (rc < 0)
        refuse_message(request,
                       rc == -EFBIG ? MHD_HTTP_CONTENT_TOO_LARGE : MHD_HTTP_BAD_REQUEST,
                       index, why.text);
    else if (check_hosts(request))
        push(request);
    else
        message_list_clear(&parcel->messages);
}
