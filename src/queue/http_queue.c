// SPDX-License-Identifier: GPL-3.0-or-later
/* http_queue - the backend "http": messages go to the door of sheepdog-queue-daemon,
 * many in a request, a line each.
 *
 * A batch is always made anew from those that have no verdict. So after an answer there
 * is only to say which have one now, and how large the next batch may be. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "queue/batch.h"
#include "queue/http.h"
#include "queue/queue.h"

#define PATH "/v1/messages"

extern const struct queue_type queue_http;

struct http_queue {
    struct queue queue;
    struct http *http;
};

/* What is known of one call of send. */
struct posting_round {
    struct http_queue *to;
    struct sending *items;
    size_t count;
    size_t limit; /* messages in the next batch */
    struct error *err;
};

/* What the server means. */
enum verdict {
    VERDICT_TAKEN,
    VERDICT_ONE_IS_REFUSED, /* it says which */
    VERDICT_TOO_MUCH,       /* or one is wrong, and it does not say which */
    VERDICT_WAIT,           /* for as long as it says */
    VERDICT_LATER,
};

struct reply {
    enum verdict verdict;
    size_t index; /* of the one that is refused */
    bool wants_facts;
    char why[512];
};

static int http_queue_open(const struct queue_options *options, struct queue **ret,
                           struct error *err)
{
    struct http *http = NULL;
    int rc = http_open(options->config, options->place->url, &http, err);
    if (rc < 0)
        return rc;
    struct http_queue *opened = memory_new(sizeof *opened);
    opened->http = http;
    opened->queue.type = &queue_http;
    opened->queue.name = text_copy(http_url(http));
    opened->queue.deadline = INT64_MAX;
    *ret = &opened->queue;
    return 0;
}

static void http_queue_close(struct queue *queue)
{
    struct http_queue *opened = (struct http_queue *)queue;
    http_close(opened->http);
    free(opened);
}

/* ---- what the server answers ---- */

/* 403 with the index of a message refuses that one: its host is not ours to speak for.
 * Without, it is we who are refused, and a better token may come. */
static bool can_refuse(long status)
{
    return status == 400 || status == 403 || status == 413;
}

static bool find_index(const json_t *body, size_t sent, size_t *ret)
{
    const json_t *index = json_object_get(body, "index");
    json_int_t value = json_integer_value(index);
    if (!json_is_integer(index) || value < 0 || value >= (json_int_t)sent)
        return false;
    *ret = (size_t)value;
    return true;
}

/* An answer condemns a message only from a server that speaks as ours does, with words
 * under "error"; and 202 counts only when it took as many as were sent: something else
 * may listen on that port. */
static enum verdict judge(const struct http_answer *answer, const json_t *body,
                          size_t sent, size_t *ret_index)
{
    const json_t *taken = json_object_get(body, "taken");
    bool has_words = json_is_string(json_object_get(body, "error"));
    if (answer->status == 202 && json_integer_value(taken) == (json_int_t)sent)
        return VERDICT_TAKEN;
    if (has_words && can_refuse(answer->status) && find_index(body, sent, ret_index))
        return VERDICT_ONE_IS_REFUSED;
    if (answer->status == 413 || (has_words && answer->status == 400))
        return VERDICT_TOO_MUCH;
    if ((answer->status == 429 || answer->status == 503) && answer->retry_after > 0)
        return VERDICT_WAIT;
    return VERDICT_LATER;
}

/* {"taken":3,"wants":["facts"]}; it may come to want what we do not know. */
static bool has_want(const json_t *body, const char *what)
{
    size_t i;
    const json_t *want;
    json_array_foreach(json_object_get(body, "wants"), i, want)
    {
        const char *text = json_string_value(want);
        if (text && strcmp(text, what) == 0)
            return true;
    }
    return false;
}

static struct reply read_answer(const struct http_queue *from,
                                const struct http_answer *answer, size_t sent)
{
    json_auto_t *body =
        json_loadb(strbuf_text(&answer->body), answer->body.size, 0, NULL);
    const char *words = json_string_value(json_object_get(body, "error"));
    struct reply reply = {0};
    const char *refusal = http_refusal(from->http, answer->status);
    char answers[32];
    snprintf(answers, sizeof answers, "answers %ld", answer->status);
    reply.verdict = judge(answer, body, sent, &reply.index);
    reply.wants_facts = reply.verdict == VERDICT_TAKEN && has_want(body, "facts");
    if (reply.verdict >= VERDICT_WAIT)
        snprintf(reply.why, sizeof reply.why, "%s: %s%s%.400s", from->queue.name,
                 refusal ? refusal : answers, words ? ": " : "", words ? words : "");
    else
        snprintf(reply.why, sizeof reply.why, "%.500s", words ? words : "too large");
    return reply;
}

/* ---- sending ---- */

static void fill_batch(const struct posting_round *round, struct batch *batch)
{
    for (size_t i = 0; i < round->count && batch->count < round->limit; i++) {
        const struct sending *item = &round->items[i];
        if (item->verdict != SENDING_LEFT)
            continue;
        if (!batch_has_room(batch, item->size))
            break;
        batch_add(batch, i, item->json, item->size);
    }
}

static void take(struct posting_round *round, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        round->items[batch->places[i]].verdict = SENDING_TAKEN;
    if (round->limit < BATCH_COUNT_MAX)
        round->limit *= 2;
}

static void refuse(struct posting_round *round, size_t place, const char *why)
{
    round->items[place].verdict = SENDING_REFUSED;
    round->items[place].why = text_copy(why);
}

/* As long as the server asks for, where our time allows it. */
static int wait_for(const struct posting_round *round, int64_t seconds, const char *why)
{
    int64_t now = clock_monotonic(), deadline = round->to->queue.deadline;
    if (now >= deadline || seconds >= (deadline - now) / 1000000)
        return error_set(round->err, -EAGAIN, "%s; it asks to wait %lld s", why,
                         (long long)seconds);
    struct timespec left = {.tv_sec = seconds};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
    return 0;
}

static int apply(struct posting_round *round, const struct batch *batch,
                 const struct http_answer *answer)
{
    struct reply reply = read_answer(round->to, answer, batch->count);
    bool is_unknown = answer->status == 401 || answer->status == 403;
    round->to->queue.wants_facts |= reply.wants_facts;
    switch (reply.verdict) {
    case VERDICT_TAKEN:
        take(round, batch);
        return 0;
    case VERDICT_ONE_IS_REFUSED:
        refuse(round, batch->places[reply.index], reply.why);
        return 0;
    case VERDICT_TOO_MUCH:
        if (batch->count == 1)
            refuse(round, batch->places[0], reply.why);
        else
            round->limit = batch->count / 2;
        return 0;
    case VERDICT_WAIT:
        return wait_for(round, answer->retry_after, reply.why);
    case VERDICT_LATER:
        break;
    }
    return error_set(round->err, is_unknown ? -EACCES : -EAGAIN, "%s", reply.why);
}

static int send_batch(struct posting_round *round, const struct batch *batch)
{
    AUTO(http_answer) struct http_answer answer = {0};
    int rc = http_post(round->to->http, PATH, &batch->body, &answer, round->err);
    return rc < 0 ? rc : apply(round, batch, &answer);
}

static int http_queue_send(struct queue *queue, struct sending *items, size_t count,
                           struct error *err)
{
    struct posting_round round = {.to = (struct http_queue *)queue,
                                  .items = items,
                                  .count = count,
                                  .limit = BATCH_COUNT_MAX,
                                  .err = err};
    http_set_deadline(round.to->http, queue->deadline);
    for (;;) {
        AUTO(batch) struct batch batch = {0};
        fill_batch(&round, &batch);
        if (batch.count == 0)
            return 0;
        int rc = send_batch(&round, &batch);
        if (rc < 0)
            return rc;
    }
}

static const char *const schemes[] = {"http", "https", NULL};

const struct queue_type queue_http = {
    .name = "http",
    .schemes = schemes,
    .open = http_queue_open,
    .close = http_queue_close,
    .send = http_queue_send,
};
