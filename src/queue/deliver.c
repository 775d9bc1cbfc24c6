// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - round after round: list the spool, send it batch by batch, list it again.
 *
 * A batch is always made anew from the first file that is not settled. So after an
 * answer there is only to say which files are settled now, and how large the next batch
 * may be. */
#include "queue/deliver.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bark/spool.h"
#include "base/memory.h"
#include "queue/batch.h"

#define PATH "/v1/messages"

/* What is known of one walk through the spool. */
struct round {
    const struct delivery *delivery;
    struct texts names; /* NULL where a file is settled */
    size_t first;       /* all before it are settled */
    size_t limit;       /* messages in the next batch */
    size_t gone;        /* files that are no more in the spool */
    struct error *err;
};

/* What the server means. */
enum verdict {
    VERDICT_TAKEN,
    VERDICT_ONE_IS_WRONG, /* it says which */
    VERDICT_TOO_MUCH,     /* or one is wrong, and it does not say which */
    VERDICT_LATER,
};

struct reply {
    enum verdict verdict;
    size_t index; /* of the one that is wrong */
    char why[512];
};

static void settle(struct round *round, size_t place)
{
    free(round->names.items[place]);
    round->names.items[place] = NULL;
    while (round->first < round->names.count && !round->names.items[round->first])
        round->first++;
}

static void say(const struct round *round, const char *name, const char *why,
                const char *what_now)
{
    AUTO(str) char *sentence = text_format("%s: %s; %s", name, why, what_now);
    round->delivery->say(sentence);
}

/* Where it cannot be put aside it stays, and is only left out of this round. */
static void reject(struct round *round, size_t place, const char *why)
{
    const char *name = round->names.items[place];
    struct error cause;
    if (spool_reject(round->delivery->folder, name, &cause) == 0) {
        say(round, name, why, "it is put aside among the rejected");
        round->gone++;
    } else {
        say(round, name, why, cause.text);
    }
    settle(round, place);
}

/* One that cannot be read now may be good: it stays, and is left out of this round. */
static void leave(struct round *round, size_t place, const char *why)
{
    say(round, round->names.items[place], why, "it stays");
    settle(round, place);
}

/* A file that was cut short, or that holds two objects, would confuse the others. */
static int check_object(const struct strbuf *json, struct error *err)
{
    json_error_t why;
    json_auto_t *object = json_loadb(strbuf_text(json), json->size,
                                     JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
    if (json->size == 0)
        return error_set(err, -EBADMSG, "the file is empty");
    if (!object)
        return error_set(err, -EBADMSG, "line %d, column %d: %s", why.line, why.column,
                         why.text);
    if (!json_is_object(object))
        return error_set(err, -EBADMSG, "it is not a JSON object");
    return 0;
}

static void fill_batch(struct round *round, struct batch *batch)
{
    for (size_t place = round->first;
         place < round->names.count && batch->count < round->limit; place++) {
        const char *name = round->names.items[place];
        AUTO(strbuf) struct strbuf json = {0};
        struct error why;
        if (!name)
            continue;
        int rc = spool_read(round->delivery->folder, name, &json, &why);
        if (rc == 0)
            rc = check_object(&json, &why);
        if (rc == 0 && !batch_has_room(batch, json.size))
            break;
        if (rc == 0) {
            batch_add(batch, place, &json);
        } else if (rc == -ENOENT) {
            settle(round, place);
            round->gone++;
        } else if (rc == -EBADMSG || rc == -EFBIG) {
            reject(round, place, why.text);
        } else {
            leave(round, place, why.text);
        }
    }
}

/* The server's own words, where they are its own: {"error":…}. NULL: none. */
static const char *words_of(const json_t *body)
{
    return json_string_value(json_object_get(body, "error"));
}

/* 400 condemns a message only from a server that speaks as ours does; and 202 counts
 * only when it took as many as were sent: something else may listen on that port. */
static struct reply read_answer(const struct http *http,
                                const struct http_answer *answer, size_t sent)
{
    json_auto_t *body =
        json_loadb(strbuf_text(&answer->body), answer->body.size, 0, NULL);
    const char *words = words_of(body);
    const json_t *taken = json_object_get(body, "taken");
    const json_t *index = json_object_get(body, "index");
    struct reply reply = {.verdict = VERDICT_LATER};

    bool is_refused = words && (answer->status == 400 || answer->status == 413);
    bool has_index = json_is_integer(index) && json_integer_value(index) >= 0 &&
                     json_integer_value(index) < (json_int_t)sent;
    if (answer->status == 202 && json_integer_value(taken) == (json_int_t)sent) {
        reply.verdict = VERDICT_TAKEN;
    } else if (is_refused && has_index) {
        reply.verdict = VERDICT_ONE_IS_WRONG;
        reply.index = (size_t)json_integer_value(index);
    } else if (is_refused || answer->status == 413) {
        reply.verdict = VERDICT_TOO_MUCH;
    }
    if (reply.verdict == VERDICT_LATER)
        snprintf(reply.why, sizeof reply.why, "%s: answers %ld%s%.400s", http_url(http),
                 answer->status, words ? ": " : "", words ? words : "");
    else
        snprintf(reply.why, sizeof reply.why, "%.500s", words ? words : "too large");
    return reply;
}

static void remove_taken(struct round *round, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        size_t place = batch->places[i];
        const char *name = round->names.items[place];
        struct error why;
        if (spool_remove(round->delivery->folder, name, &why) == 0)
            round->gone++;
        else
            say(round, name, why.text, "it was delivered, and stays");
        settle(round, place);
    }
}

static int apply(struct round *round, const struct batch *batch,
                 const struct reply *reply)
{
    switch (reply->verdict) {
    case VERDICT_TAKEN:
        remove_taken(round, batch);
        if (round->limit < BATCH_COUNT_MAX)
            round->limit *= 2;
        return 0;
    case VERDICT_ONE_IS_WRONG:
        reject(round, batch->places[reply->index], reply->why);
        return 0;
    case VERDICT_TOO_MUCH:
        if (batch->count == 1)
            reject(round, batch->places[0], reply->why);
        else
            round->limit = batch->count / 2;
        return 0;
    case VERDICT_LATER:
        break;
    }
    return error_set(round->err, -EAGAIN, "%s", reply->why);
}

static int send_batch(struct round *round, const struct batch *batch)
{
    struct http *http = round->delivery->http;
    AUTO(http_answer) struct http_answer answer = {0};
    int rc = http_post(http, PATH, &batch->body, &answer, round->err);
    if (rc < 0)
        return rc;
    struct reply reply = read_answer(http, &answer, batch->count);
    return apply(round, batch, &reply);
}

static int send_round(struct round *round)
{
    round->limit = BATCH_COUNT_MAX;
    int rc = 0;
    while (rc == 0) {
        AUTO(batch) struct batch batch = {0};
        fill_batch(round, &batch);
        if (batch.count == 0)
            break;
        rc = send_batch(round, &batch);
    }
    return rc;
}

/* A round after which no file is gone is the last: the next would do no better. */
int deliver_spool(const struct delivery *delivery, struct error *err)
{
    for (;;) {
        AUTO(texts) struct texts names = {0};
        int rc = spool_list(delivery->folder, &names, err);
        if (rc < 0)
            return rc;
        if (names.count == 0)
            return 0;
        struct round round = {.delivery = delivery, .names = names, .err = err};
        rc = send_round(&round);
        if (rc < 0)
            return rc;
        if (round.gone == 0)
            return error_set(err, -EIO, "%s: its files cannot be read or moved",
                             delivery->folder);
    }
}

int deliver_message(struct http *http, const struct strbuf *json, struct error *err)
{
    AUTO(http_answer) struct http_answer answer = {0};
    int rc = check_object(json, err);
    if (rc == 0)
        rc = http_post(http, PATH, json, &answer, err);
    if (rc < 0)
        return rc;
    struct reply reply = read_answer(http, &answer, 1);
    if (reply.verdict == VERDICT_TAKEN)
        return 0;
    return error_set(err, reply.verdict == VERDICT_LATER ? -EAGAIN : -EBADMSG, "%s",
                     reply.why);
}
