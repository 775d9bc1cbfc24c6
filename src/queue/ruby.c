// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby - what the Ruby sheepdog keeps in Redis, for its own tools: a list that it
 * pushes each event onto, at the front; before 2022 a set that it adds each to. Nothing
 * is taken away from either.
 *
 * The list: ruby_place knows how far it was read, and one LRANGE gives both, the last
 * entries read, to be recognised, and those that follow. Where they are not recognised
 * the place is looked for from the front; where it is not found the list is another,
 * and all of it is new.
 * The set: it has no order, so what was read is remembered while the queue is open, and
 * given again, with the same ids, when it is opened anew. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "message/message.h"
#include "queue/queue.h"
#include "queue/redis_link.h"
#include "queue/ruby_entry.h"
#include "queue/ruby_place.h"
#include "queue/ruby_seen.h"

#define READ_COUNT   50      /* at once, before it is known how large they are */
#define SEARCH_COUNT 200     /* entries looked at, at once, for the place */
#define POLL_MS      1000    /* between two looks */
#define SCAN_US      1000000 /* of looking through a set, at once */
#define ROUND_MS     60000 /* a set whose size is the same is looked through so often */

extern const struct queue_type queue_ruby;

struct ruby_queue {
    struct queue queue;
    struct redis_link *link;
    char *key;
    struct ruby_place place, next; /* acknowledged; given */

    bool is_set;
    struct ruby_seen *seen;     /* members of the set: acknowledged */
    char *cursor, *cursor_next; /* where its scan goes on; NULL: none is under way */
    long long size;             /* of the set, when the last scan began */
    int64_t next_round;         /* of clock_monotonic() */
};

static struct ruby_queue *ruby_of(struct queue *queue)
{
    return (struct ruby_queue *)queue;
}

static void ruby_close(struct queue *queue)
{
    struct ruby_queue *ruby = ruby_of(queue);
    redis_link_free(ruby->link);
    ruby_seen_free(ruby->seen);
    free(ruby->key);
    free(ruby->cursor);
    free(ruby->cursor_next);
    free(ruby);
}

static int ruby_open(const struct queue_options *options, struct queue **ret,
                     struct error *err)
{
    AUTO(str) char *name = NULL;
    AUTO(redis_link) struct redis_link *link = NULL;
    int rc = queue_place_name(options->place, &name, err);
    if (rc == 0)
        rc = redis_link_new(options->place->url, name, options->config, &link, err);
    if (rc < 0)
        return rc;
    struct ruby_queue *ruby = memory_new(sizeof *ruby);
    *ruby = (struct ruby_queue){
        .queue = {.type = &queue_ruby, .name = TAKE(name), .deadline = INT64_MAX},
        .link = TAKE(link),
        .key = text_copy(options->place->key),
        .seen = ruby_seen_new(),
    };
    ruby_place_parse(options->position, &ruby->place);
    *ret = &ruby->queue;
    return 0;
}

/* Those that are no object are refused; starts are dropped. texts and sent are those of
 * the others, as they go out. */
static void convert(struct sending *items, size_t count, struct strbuf *texts,
                    struct sending *sent)
{
    for (size_t i = 0; i < count; i++) {
        struct error why = {0};
        if (items[i].verdict == SENDING_LEFT) {
            int rc = ruby_entry_write(items[i].json, items[i].size, &texts[i], &why);
            if (rc == -ENOMSG)
                items[i].verdict = SENDING_TAKEN;
            else if (rc < 0) {
                items[i].verdict = SENDING_REFUSED;
                items[i].why = text_copy(why.text);
            }
        }
        sent[i] = (struct sending){.json = strbuf_text(&texts[i]),
                                   .size = texts[i].size,
                                   .verdict = items[i].verdict};
    }
}

static int ruby_send(struct queue *queue, struct sending *items, size_t count,
                     struct error *err)
{
    struct ruby_queue *ruby = ruby_of(queue);
    const char *const push[] = {"LPUSH", ruby->key};
    redis_link_begin(ruby->link, queue->deadline, 0);
    int rc = redis_link_connect(ruby->link, NULL, err);
    if (rc < 0)
        return rc;
    struct strbuf *texts = memory_new((count + 1) * sizeof *texts);
    struct sending *sent = memory_new((count + 1) * sizeof *sent);
    convert(items, count, texts, sent);
    rc = redis_link_send(ruby->link, push, 2, sent, count, err);
    for (size_t i = 0; i < count; i++) {
        items[i].verdict = sent[i].verdict;
        strbuf_clear(&texts[i]);
    }
    free(texts);
    free(sent);
    return rc;
}

/* As our message; as it is, where it cannot be turned into one. */
static void add_event(struct received *received, const redisReply *text, uint64_t hash,
                      unsigned occurrence)
{
    char name[40];
    AUTO(strbuf) struct strbuf message = {0};
    snprintf(name, sizeof name, "%016" PRIx64 ".%u", hash, occurrence);
    if (text->len <= MESSAGE_SIZE_MAX &&
        ruby_entry_read(redis_reply_text(text), text->len, occurrence, &message) == 0)
        received_add(received, message.data, message.size, 0, name);
    else
        received_add(received, redis_reply_text(text), text->len, 0, name);
}

static bool has_room(const struct received *received)
{
    return received->count + READ_COUNT <= RECEIVED_COUNT_MAX &&
           received->size < RECEIVED_SIZE_MAX;
}

/* The newest entry comes first. */
static void hash_some(const redisReply *entries, size_t first, size_t count,
                      uint64_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        const redisReply *text = entries->element[first + i];
        ret[i] = ruby_hash(redis_reply_text(text), text->len);
    }
}

/* In what stands from the front on, so far. Returns whether it was found. */
static bool find_in(struct ruby_place *place, const redisReply *entries, int64_t from,
                    int64_t length)
{
    uint64_t hashes[SEARCH_COUNT];
    size_t count = entries->elements < SEARCH_COUNT ? entries->elements : SEARCH_COUNT;
    bool is_end = from + (int64_t)count >= length;
    hash_some(entries, 0, count, hashes);
    for (size_t i = 0; i < count; i++)
        if ((is_end || count - i >= place->known) &&
            ruby_place_is_at(place, hashes + i, count - i)) {
            ruby_place_move(place, length - from - (int64_t)i);
            return true;
        }
    return false;
}

/* Entries were trimmed at the end, or it is another list. The length that counts is the
 * one of the same moment. */
static int find_place(struct ruby_queue *ruby, struct error *err)
{
    int64_t step = SEARCH_COUNT - (int64_t)ruby->place.known + 1;
    for (int64_t from = 0;; from += step) {
        AUTO(redis_reply) redisReply *reply = NULL;
        redis_link_append(ruby->link, "MULTI");
        redis_link_append(ruby->link, "LLEN %s", ruby->key);
        redis_link_append(ruby->link, "LRANGE %s %lld %lld", ruby->key, (long long)from,
                          (long long)from + SEARCH_COUNT - 1);
        int rc = redis_link_exec(ruby->link, 2, &reply, err);
        if (rc < 0)
            return rc;
        int64_t length = reply->element[0]->integer;
        if (length == 0 || find_in(&ruby->place, reply->element[1], from, length))
            return 0;
        if (from + SEARCH_COUNT >= length)
            break;
    }
    ruby->place = (struct ruby_place){0};
    return 0;
}

/* Whether the entries end with those that we know, as the list's oldest of them do. */
static bool ends_with_known(const struct ruby_place *place, const redisReply *entries)
{
    uint64_t hashes[RUBY_WINDOW];
    if (entries->elements < place->known)
        return false;
    hash_some(entries, entries->elements - place->known, place->known, hashes);
    return place->known == 0 || ruby_place_is_at(place, hashes, place->known);
}

/* The entries behind those that we know. *ret_is_lost: the list is not as it was. */
static int read_some(struct ruby_queue *ruby, struct received *received,
                     bool *ret_is_lost, struct error *err)
{
    struct ruby_place *place = &ruby->next;
    long long known = (long long)place->known, count = (long long)place->count;
    AUTO(redis_reply) redisReply *reply = NULL;
    int rc = redis_link_ask(ruby->link, &reply, err, "LRANGE %s %lld %lld", ruby->key,
                            -(count + READ_COUNT), -(count - known + 1));
    if (rc < 0)
        return rc;
    *ret_is_lost = !ends_with_known(place, reply);
    if (*ret_is_lost)
        return 0;
    for (size_t i = reply->elements - place->known; i > 0; i--) {
        const redisReply *text = reply->element[i - 1];
        uint64_t hash = ruby_hash(redis_reply_text(text), text->len);
        add_event(received, text, hash, ruby_place_add(place, hash));
    }
    return 0;
}

static int read_list(struct ruby_queue *ruby, struct received *received,
                     struct error *err)
{
    bool is_lost = false;
    ruby->next = ruby->place;
    int rc = read_some(ruby, received, &is_lost, err);
    if (rc == 0 && is_lost) {
        rc = find_place(ruby, err);
        ruby->next = ruby->place;
        if (rc == 0)
            rc = read_some(ruby, received, &is_lost, err);
    }
    for (size_t before = 0;
         rc == 0 && received->count > before && has_room(received);) {
        before = received->count;
        rc = read_some(ruby, received, &is_lost, err);
    }
    if (received->count > 0)
        received->position = ruby_place_format(&ruby->next);
    return rc;
}

/* Whether it is time to look through the set, or to go on with that. */
static int begin_round(struct ruby_queue *ruby, bool *ret, struct error *err)
{
    AUTO(redis_reply) redisReply *reply = NULL;
    int rc = redis_link_ask(ruby->link, &reply, err, "SCARD %s", ruby->key);
    if (rc < 0)
        return rc;
    int64_t now = clock_monotonic();
    bool is_due = reply->integer != ruby->size || now >= ruby->next_round;
    if (!ruby->cursor && is_due) {
        ruby->cursor = text_copy("0");
        ruby->size = reply->integer;
        ruby->next_round = now + ROUND_MS * 1000;
    }
    *ret = ruby->cursor;
    return 0;
}

static void add_members(struct ruby_queue *ruby, const redisReply *members,
                        struct received *received)
{
    for (size_t i = 0; i < members->elements; i++) {
        const redisReply *text = members->element[i];
        uint64_t hash = ruby_hash(redis_reply_text(text), text->len);
        if (!ruby_seen_has(ruby->seen, hash))
            add_event(received, text, hash, 0);
    }
}

/* Until something new is found, or for SCAN_US: no call has the time to go round a
 * large one, so the next goes on. */
static int read_set(struct ruby_queue *ruby, struct received *received,
                    struct error *err)
{
    bool is_under_way;
    int rc = begin_round(ruby, &is_under_way, err);
    int64_t end = clock_monotonic() + SCAN_US;
    while (rc == 0 && is_under_way && received->count == 0 && clock_monotonic() < end) {
        AUTO(redis_reply) redisReply *reply = NULL;
        rc = redis_link_ask(ruby->link, &reply, err, "SSCAN %s %s COUNT %d", ruby->key,
                            ruby->cursor, READ_COUNT);
        if (rc == 0 && !redis_reply_is_array(reply, 2))
            rc = error_set(err, -EPROTO, "%s: it gives what was not asked for",
                           ruby->queue.name);
        if (rc < 0)
            break;
        add_members(ruby, reply->element[1], received);
        const char *next = redis_reply_text(reply->element[0]);
        is_under_way = strcmp(next, "0") != 0;
        char *cursor = is_under_way ? text_copy(next) : NULL;
        char **place = received->count > 0 ? &ruby->cursor_next : &ruby->cursor;
        free(*place);
        *place = cursor;
    }
    return rc;
}

/* No key yet is no error: nobody has barked. */
static int look(struct ruby_queue *ruby, struct received *received, struct error *err)
{
    AUTO(redis_reply) redisReply *type = NULL;
    int rc = redis_link_connect(ruby->link, NULL, err);
    if (rc == 0)
        rc = redis_link_ask(ruby->link, &type, err, "TYPE %s", ruby->key);
    const char *word = rc == 0 ? redis_reply_text(type) : "none";
    if (strcmp(word, "none") == 0)
        return rc;
    ruby->is_set = strcmp(word, "set") == 0;
    if (ruby->is_set)
        return read_set(ruby, received, err);
    if (strcmp(word, "list") == 0)
        return read_list(ruby, received, err);
    return error_set(err, -EBADF, "%s: it is a %s, and neither a list nor a set",
                     ruby->queue.name, word);
}

static void rest(int64_t microseconds)
{
    struct timespec pause = {.tv_sec = microseconds / 1000000,
                             .tv_nsec = microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

/* Redis wakes nobody who does not pop: we look now and then. */
static int ruby_receive(struct queue *queue, int wait_ms, struct received *ret,
                        struct error *err)
{
    struct ruby_queue *ruby = ruby_of(queue);
    AUTO(received) struct received received = {0};
    int64_t end = clock_monotonic() + (int64_t)wait_ms * 1000;
    if (end > queue->deadline)
        end = queue->deadline;
    redis_link_begin(ruby->link, queue->deadline, 0);
    int rc = look(ruby, &received, err);
    for (int64_t left; rc == 0 && received.count == 0;) {
        left = end - clock_monotonic();
        if (left > 0)
            rest(left < POLL_MS * 1000 ? left : POLL_MS * 1000);
        if (left <= POLL_MS * 1000)
            break;
        rc = look(ruby, &received, err);
    }
    if (rc < 0)
        return rc;
    *ret = received;
    received = (struct received){0};
    return 0;
}

/* Redis hears nothing of it: it is we who remember. */
static int ruby_ack(struct queue *queue, const struct received *received,
                    struct error *err UNUSED)
{
    struct ruby_queue *ruby = ruby_of(queue);
    if (!ruby->is_set) {
        ruby->place = ruby->next;
        return 0;
    }
    for (size_t i = 0; i < received->count; i++)
        ruby_seen_add(ruby->seen, strtoull(received->items[i].name, NULL, 16));
    free(ruby->cursor);
    ruby->cursor = TAKE(ruby->cursor_next);
    return 0;
}

static const char *const schemes[] = {"redis", "rediss", NULL};

const struct queue_type queue_ruby = {
    .name = "sheepdog-ruby",
    .form = "sheepdog-ruby",
    .schemes = schemes,
    .open = ruby_open,
    .close = ruby_close,
    .send = ruby_send,
    .receive = ruby_receive,
    .ack = ruby_ack,
};
