// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - round after round: list the spool, send it load by load, list it again.
 *
 * A load is always made anew from the first file that is not settled: one that is, was
 * delivered or put aside, or cannot be read in this round. */
#include "queue/deliver.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bark/room.h"
#include "bark/spool.h"
#include "bark/trouble.h"
#include "base/clock.h"
#include "base/memory.h"

#define LOAD_COUNT_MAX 500       /* messages */
#define LOAD_SIZE_MAX  (8 << 20) /* bytes, unless one message alone is larger */

/* What is known of one walk through the spool. */
struct round {
    struct delivery *delivery;
    struct texts names; /* NULL where a file is settled */
    size_t first;       /* all before it are settled */
    size_t gone;        /* files that are no more in the spool */
};

/* What is sent by one call. */
struct load {
    struct sending items[LOAD_COUNT_MAX];
    size_t places[LOAD_COUNT_MAX]; /* of each, among the names */
    size_t count, size;            /* messages, bytes */
};

static void load_free(struct load *load)
{
    for (size_t i = 0; i < load->count; i++) {
        free((char *)load->items[i].json);
        sending_clear(&load->items[i]);
    }
    free(load);
}
AUTO_DEFINE(load)

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

/* ---- filling a load ---- */

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

static void add(struct load *load, size_t place, struct strbuf *json)
{
    load->size += json->size;
    load->places[load->count] = place;
    load->items[load->count] = (struct sending){.size = json->size};
    load->items[load->count++].json = strbuf_take(json);
}

static bool has_room(const struct load *load, size_t size)
{
    return load->count == 0 || load->size + size <= LOAD_SIZE_MAX;
}

static void fill(struct round *round, struct load *load)
{
    for (size_t place = round->first;
         place < round->names.count && load->count < LOAD_COUNT_MAX; place++) {
        const char *name = round->names.items[place];
        AUTO(strbuf) struct strbuf json = {0};
        struct error why;
        if (!name)
            continue;
        int rc = spool_read(round->delivery->folder, name, &json, &why);
        if (rc == 0)
            rc = check_object(&json, &why);
        if (rc == 0 && !has_room(load, json.size))
            break;
        if (rc == 0) {
            add(load, place, &json);
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

/* ---- sending it ---- */

static void remove_taken(struct round *round, size_t place)
{
    const char *name = round->names.items[place];
    struct error why;
    int rc = spool_remove(round->delivery->folder, name, &why);
    if (rc == 0 || rc == -ENOENT)
        round->gone++;
    else
        say(round, name, why.text, "it was delivered, and stays");
    round->delivery->taken++;
    settle(round, place);
}

/* Where it cannot be left, the server says so again with its next answers. */
static void leave_want(const struct delivery *delivery)
{
    struct error why;
    if (queue_take_want(delivery->queue) &&
        spool_want_facts(delivery->folder, &why) < 0)
        delivery->say(why.text);
}

static int send_load(struct round *round, struct load *load, struct error *err)
{
    int rc = queue_send(round->delivery->queue, load->items, load->count, err);
    leave_want(round->delivery);
    for (size_t i = 0; i < load->count; i++) {
        const struct sending *item = &load->items[i];
        assert(rc < 0 || item->verdict != SENDING_LEFT);
        if (item->verdict == SENDING_TAKEN)
            remove_taken(round, load->places[i]);
        else if (item->verdict == SENDING_REFUSED)
            reject(round, load->places[i], item->why ? item->why : "it is refused");
    }
    return rc;
}

static int send_round(struct round *round, struct error *err)
{
    int rc = 0;
    while (rc == 0) {
        AUTO(load) struct load *load = memory_new(sizeof *load);
        fill(round, load);
        if (load->count == 0)
            break;
        rc = send_load(round, load, err);
    }
    return rc;
}

/* Those that are not well, then the others; each the oldest first. */
static void put_failures_first(struct texts *names)
{
    if (names->count <= DELIVER_BACKLOG)
        return;
    char **items = memory_new(names->count * sizeof *items);
    size_t count = 0;
    for (int is_light = 0; is_light <= 1; is_light++)
        for (size_t i = 0; i < names->count; i++)
            if (weight_is_light(weight_of_file(names->items[i])) == is_light)
                items[count++] = names->items[i];
    free(names->items);
    names->items = items;
}

/* A round after which no file is gone is the last: the next would do no better. */
static int send_all(struct delivery *delivery, struct error *err)
{
    for (;;) {
        AUTO(texts) struct texts names = {0};
        int rc = spool_list(delivery->folder, &names, err);
        if (rc < 0)
            return rc;
        if (names.count == 0)
            return 0;
        put_failures_first(&names);
        struct round round = {.delivery = delivery, .names = names};
        rc = send_round(&round, err);
        if (rc < 0)
            return rc;
        if (round.gone == 0)
            return error_set(err, -EIO, "%s: its files cannot be read or moved",
                             delivery->folder);
    }
}

/* ---- what is told of the spool itself ---- */

/* A note that the queue refuses is said here; the messages go all the same. */
static int send_note(const struct delivery *delivery, const struct strbuf *json,
                     bool *ret_is_taken, struct error *err)
{
    struct error why;
    int rc = deliver_message(delivery->queue, json, &why);
    if (rc < 0 && rc != -EBADMSG)
        return error_set(err, rc, "%s", why.text);
    if (rc < 0)
        delivery->say(why.text);
    *ret_is_taken = rc == 0;
    return 0;
}

/* Told first, so that nobody takes what follows for all there was. */
static int tell_tally(const struct delivery *delivery, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct tally tally;
    struct error why;
    bool is_taken = false;
    if (room_tally(delivery->folder, &tally, &why) < 0) {
        delivery->say(why.text);
        return 0;
    }
    if (tally.since == 0)
        return 0;
    tally_put_note(&tally, clock_now(), &json);
    int rc = send_note(delivery, &json, &is_taken, err);
    if (rc < 0 || !is_taken)
        return rc;
    trouble_mark(delivery->folder, TALLY_TAG);
    if (room_told(delivery->folder, &tally, &why) < 0)
        delivery->say(why.text);
    return 0;
}

static int tell_end(const struct delivery *delivery, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    bool is_taken = false;
    if (!trouble_is_marked(delivery->folder, TALLY_TAG))
        return 0;
    tally_put_end(clock_now(), &json);
    int rc = send_note(delivery, &json, &is_taken, err);
    if (is_taken)
        trouble_clear(delivery->folder, TALLY_TAG);
    return rc;
}

int deliver_spool(struct delivery *delivery, struct error *err)
{
    int rc = tell_tally(delivery, err);
    if (rc == 0)
        rc = send_all(delivery, err);
    if (rc == 0)
        rc = tell_end(delivery, err);
    return rc;
}

int deliver_message(struct queue *queue, const struct strbuf *json, struct error *err)
{
    int rc = check_object(json, err);
    if (rc < 0)
        return rc;
    struct sending item = {.json = strbuf_text(json), .size = json->size};
    rc = queue_send(queue, &item, 1, err);
    if (rc == 0 && item.verdict == SENDING_REFUSED)
        rc = error_set(err, -EBADMSG, "%s", item.why ? item.why : "it is refused");
    sending_clear(&item);
    return rc;
}
