// SPDX-License-Identifier: GPL-3.0-or-later
/* redis - a Redis stream, read by one group of consumers: each reader is a consumer by
 * its own name, and what it was given is pending with it until it acknowledges.
 *
 *     XADD sheepdog:messages * message {"tag":"backup","status":1}
 *
 * is all that a sender does. What was acknowledged is deleted, so the stream holds what
 * waits. Redis 6.2 or newer. */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "queue/queue.h"
#include "queue/redis_link.h"

#define STREAM "sheepdog:messages"
#define GROUP  "handlers"
#define FIELD  "message"

/* Read so many at once, and then once more while the batch has room and is not being
 * filled for so long: nobody knows how large an entry is before it is here. */
#define READ_COUNT 50
#define FILL_US    1000000

/* A consumer that has shown no sign for so many times claim_after is removed. */
#define GONE_AFTER 10

#define FAREWELL_MS 500

struct redis_queue {
    struct queue queue;
    struct redis_link *link;
    char *reader;        /* NULL: it only sends */
    int64_t claim_after; /* ms */
    int64_t claim_time;  /* of clock_monotonic(): when to look for others' entries */
    int64_t fill_end;    /* likewise: when a batch is long enough under way */
    char *claim_cursor;  /* where that goes on; NULL: from the start */
    bool has_pending;    /* some of ours may be pending from before: they come first */
    bool is_unanswered;  /* a batch was given and not acknowledged */
    bool has_warned;
};

extern const struct queue_type queue_redis;

static struct redis_queue *redis_of(struct queue *queue)
{
    return (struct redis_queue *)queue;
}

static int redis_open(const struct queue_options *options, struct queue **ret,
                      struct error *err)
{
    AUTO(str) char *name = NULL;
    struct redis_link *link = NULL;
    int rc = queue_place_name(options->place, &name, err);
    if (rc == 0)
        rc = redis_link_new(options->place->url, name, options->config, &link, err);
    if (rc < 0)
        return rc;
    struct redis_queue *redis = memory_new(sizeof *redis);
    *redis = (struct redis_queue){
        .queue.type = &queue_redis,
        .queue.name = TAKE(name),
        .queue.deadline = INT64_MAX,
        .link = link,
        .reader = text_copy(options->reader),
        .claim_after = options->config->claim_after,
    };
    *ret = &redis->queue;
    return 0;
}

static int redis_send(struct queue *queue, struct sending *items, size_t count,
                      struct error *err)
{
    static const char *const add[] = {"XADD", STREAM, "*", FIELD};
    struct redis_queue *redis = redis_of(queue);
    redis_link_begin(redis->link, queue->deadline, 0);
    int rc = redis_link_connect(redis->link, NULL, err);
    return rc < 0 ? rc : redis_link_send(redis->link, add, 4, items, count, err);
}

/* "1700000000123-0" is named so because it came then. */
static int64_t time_of(const char *id)
{
    return strtoll(id, NULL, 10);
}

/* The names and the values of an entry that is none of ours, one a line. */
static void add_foreign(struct received *received, const redisReply *fields,
                        const char *id)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < fields->elements; i++) {
        strbuf_add(&text, fields->element[i]->str, fields->element[i]->len);
        strbuf_putc(&text, i % 2 == 0 ? ' ' : '\n');
    }
    received_add(received, strbuf_text(&text), text.size, time_of(id), id);
}

static void add_entry(struct received *received, const redisReply *fields,
                      const char *id)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2)
        if (strcmp(redis_reply_text(fields->element[i]), FIELD) == 0) {
            const redisReply *value = fields->element[i + 1];
            received_add(received, redis_reply_text(value), value->len, time_of(id),
                         id);
            return;
        }
    add_foreign(received, fields, id);
}

/* "" where it is none. */
static const char *id_of(const redisReply *entry)
{
    return redis_reply_is_array(entry, 2) ? redis_reply_text(entry->element[0]) : "";
}

/* An entry that was deleted while it was pending has an id and nothing else: there is
 * only its being pending left to be ended. Where it is claimed, Redis 6 gives not even
 * the id, which is among those pending then. */
static int add_entries(struct redis_queue *redis, const redisReply *entries,
                       struct received *received, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < entries->elements; i++) {
        const redisReply *entry = entries->element[i];
        const char *id = id_of(entry);
        if (entry->type == REDIS_REPLY_NIL) {
            redis->has_pending = true;
            continue;
        }
        if (*id == '\0' || received->count == RECEIVED_COUNT_MAX)
            return error_set(err, -EPROTO, "%s: it gives what was not asked for",
                             redis->queue.name);
        if (redis_reply_is_array(entry->element[1], 1))
            add_entry(received, entry->element[1], id);
        else
            rc = redis_link_ask(redis->link, NULL, err, "XACK %s %s %s", STREAM, GROUP,
                                id);
    }
    return rc;
}

/* The entries of our one stream in what XREADGROUP answers; NULL: none came. */
static const redisReply *entries_of(const redisReply *reply)
{
    if (!redis_reply_is_array(reply, 1) || !redis_reply_is_array(reply->element[0], 2))
        return NULL;
    const redisReply *entries = reply->element[0]->element[1];
    return redis_reply_is_array(entries, 1) ? entries : NULL;
}

static bool has_room(const struct redis_queue *redis, const struct received *received)
{
    return received->count + READ_COUNT <= RECEIVED_COUNT_MAX &&
           received->size < RECEIVED_SIZE_MAX &&
           (received->count == 0 || clock_monotonic() < redis->fill_end);
}

/* Ours from before, oldest first: given again. None: there are no more of them. Perhaps
 * they are large, and did not all come in time: the first is asked for alone. */
static int read_pending(struct redis_queue *redis, struct received *received,
                        struct error *err)
{
    AUTO(str) char *after = text_copy("0");
    for (int count = 1; has_room(redis, received);
         count = count < READ_COUNT / 2 ? count * 2 : READ_COUNT) {
        AUTO(redis_reply) redisReply *reply = NULL;
        int rc = redis_link_ask(redis->link, &reply, err,
                                "XREADGROUP GROUP %s %s COUNT %d STREAMS %s %s", GROUP,
                                redis->reader, count, STREAM, after);
        if (rc < 0)
            return rc;
        const redisReply *entries = entries_of(reply);
        if (!entries)
            break;
        rc = add_entries(redis, entries, received, err);
        if (rc < 0)
            return rc;
        free(after);
        after = text_copy(id_of(entries->element[entries->elements - 1]));
    }
    redis->has_pending = received->count > 0;
    return 0;
}

/* What others took and have not acknowledged for so long becomes ours. */
static int claim(struct redis_queue *redis, struct received *received,
                 struct error *err)
{
    AUTO(redis_reply) redisReply *reply = NULL;
    int rc =
        redis_link_ask(redis->link, &reply, err, "XAUTOCLAIM %s %s %s %lld %s COUNT %d",
                       STREAM, GROUP, redis->reader, (long long)redis->claim_after,
                       redis->claim_cursor ? redis->claim_cursor : "0-0", READ_COUNT);
    if (rc < 0 || !redis_reply_is_array(reply, 2))
        return rc;
    free(redis->claim_cursor);
    redis->claim_cursor = text_copy(redis_reply_text(reply->element[0]));
    return add_entries(redis, reply->element[1], received, err);
}

/* A member of the map that XINFO gives for a consumer; -1: it has none. */
static long long number_of(const redisReply *consumer, const char *name)
{
    for (size_t i = 0; i + 1 < consumer->elements; i += 2)
        if (strcmp(redis_reply_text(consumer->element[i]), name) == 0)
            return consumer->element[i + 1]->integer;
    return -1;
}

static const char *name_of(const redisReply *consumer)
{
    for (size_t i = 0; i + 1 < consumer->elements; i += 2)
        if (strcmp(redis_reply_text(consumer->element[i]), "name") == 0)
            return redis_reply_text(consumer->element[i + 1]);
    return "";
}

/* Readers' names are never used again, so each that is gone would stay for ever. One
 * that only slept is made anew by its next read. Never one with entries: they would be
 * lost with it. */
static int remove_gone(struct redis_queue *redis, struct error *err)
{
    AUTO(redis_reply) redisReply *reply = NULL;
    redis_link_append(redis->link, "XINFO CONSUMERS %s %s", STREAM, GROUP);
    int rc = redis_link_answer(redis->link, &reply, err);
    for (size_t i = 0; rc == 0 && redis_reply_is_array(reply, 1) && i < reply->elements;
         i++) {
        const redisReply *consumer = reply->element[i];
        AUTO(redis_reply) redisReply *ignored = NULL;
        if (number_of(consumer, "pending") != 0 ||
            number_of(consumer, "idle") < GONE_AFTER * redis->claim_after ||
            strcmp(name_of(consumer), redis->reader) == 0)
            continue;
        redis_link_append(redis->link, "XGROUP DELCONSUMER %s %s %s", STREAM, GROUP,
                          name_of(consumer));
        rc = redis_link_answer(redis->link, &ignored, err);
    }
    return rc;
}

/* Now and then, until all that is pending was looked at. */
static int look_at_others(struct redis_queue *redis, struct received *received,
                          struct error *err)
{
    if (clock_monotonic() < redis->claim_time)
        return 0;
    int rc = claim(redis, received, err);
    bool is_round = redis->claim_cursor && strcmp(redis->claim_cursor, "0-0") == 0;
    if (rc < 0 || !is_round)
        return rc;
    redis->claim_time = clock_monotonic() + redis->claim_after * 1000 / 2;
    return remove_gone(redis, err);
}

/* wait_ms 0: not at all, which Redis would take for ever. */
static int ask_new(struct redis_queue *redis, int wait_ms, redisReply **ret,
                   struct error *err)
{
    if (wait_ms <= 0)
        return redis_link_ask(redis->link, ret, err,
                              "XREADGROUP GROUP %s %s COUNT %d STREAMS %s >", GROUP,
                              redis->reader, READ_COUNT, STREAM);
    return redis_link_ask(redis->link, ret, err,
                          "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s >",
                          GROUP, redis->reader, READ_COUNT, wait_ms, STREAM);
}

static int read_new(struct redis_queue *redis, int wait_ms, struct received *received,
                    struct error *err)
{
    int rc = 0;
    bool is_full = true; /* so that there may be more */
    while (rc == 0 && is_full && has_room(redis, received)) {
        AUTO(redis_reply) redisReply *reply = NULL;
        rc = ask_new(redis, received->count > 0 ? 0 : wait_ms, &reply, err);
        const redisReply *entries = rc == 0 ? entries_of(reply) : NULL;
        is_full = entries && entries->elements >= READ_COUNT;
        if (entries)
            rc = add_entries(redis, entries, received, err);
    }
    return rc;
}

/* What Redis keeps in memory alone it loses; where we may not ask we say nothing. */
static int warn_if_volatile(struct redis_queue *redis, struct error *err)
{
    static const struct {
        const char *sign, *words;
    } dangers[] = {
        {"aof_enabled:0",
         "appendonly is off: what waits there is lost when Redis ends"},
        {"maxmemory_policy:allkeys",
         "maxmemory-policy lets Redis drop what waits there when its memory is full"},
    };
    AUTO(redis_reply) redisReply *reply = NULL;
    redis_link_append(redis->link, "INFO");
    int rc = redis_link_answer(redis->link, &reply, err);
    if (rc < 0 || reply->type != REDIS_REPLY_STRING || redis->has_warned)
        return rc;
    for (size_t i = 0; i < sizeof dangers / sizeof *dangers; i++)
        if (strstr(reply->str, dangers[i].sign))
            log_warning("redis: %s: %s", redis->queue.name, dangers[i].words);
    redis->has_warned = true;
    return 0;
}

static int make_group(struct redis_queue *redis, struct error *err)
{
    AUTO(redis_reply) redisReply *reply = NULL;
    redis_link_append(redis->link, "XGROUP CREATE %s %s 0 MKSTREAM", STREAM, GROUP);
    int rc = redis_link_answer(redis->link, &reply, err);
    if (rc < 0 || redis_reply_is_error(reply, "BUSYGROUP"))
        return rc;
    return redis_link_check(redis->link, reply, err);
}

/* Connects, unless connected; then what we were given before comes first. */
static int arrive(struct redis_queue *redis, struct error *err)
{
    bool is_new;
    int rc = redis_link_connect(redis->link, &is_new, err);
    if (rc < 0 || !is_new)
        return rc;
    redis->has_pending = true;
    rc = warn_if_volatile(redis, err);
    return rc < 0 ? rc : make_group(redis, err);
}

/* What has come when something fails is good, and makes room: else a line that is too
 * slow for all that is asked for would bring the same for ever. The rest is pending. */
static int read_batch(struct redis_queue *redis, int wait_ms, struct received *received,
                      struct error *err)
{
    redis->fill_end = clock_monotonic() + FILL_US;
    int rc = redis->has_pending ? read_pending(redis, received, err) : 0;
    if (rc == 0 && received->count == 0)
        rc = look_at_others(redis, received, err);
    if (rc == 0 && received->count == 0)
        rc = read_new(redis, wait_ms, received, err);
    redis->has_pending |= rc < 0;
    return received->count > 0 ? 0 : rc;
}

static int until_deadline(const struct queue *queue, int wait_ms)
{
    int64_t left = (queue->deadline - clock_monotonic()) / 1000;
    return left < wait_ms ? (int)(left > 0 ? left : 0) : wait_ms;
}

static int redis_receive(struct queue *queue, int wait_ms, struct received *ret,
                         struct error *err)
{
    struct redis_queue *redis = redis_of(queue);
    assert(redis->reader);
    AUTO(received) struct received received = {0};
    wait_ms = until_deadline(queue, wait_ms);
    redis_link_begin(redis->link, queue->deadline, wait_ms);
    redis->has_pending |= redis->is_unanswered;
    redis->is_unanswered = true;
    int rc = arrive(redis, err);
    if (rc == 0)
        rc = read_batch(redis, wait_ms, &received, err);
    if (rc == -ENOENT) /* somebody deleted the stream, and our group with it */
        return make_group(redis, err);
    if (rc < 0)
        return rc;
    redis->is_unanswered = received.count > 0;
    *ret = received;
    received = (struct received){0};
    return 0;
}

static void append_with_ids(struct redis_queue *redis, const char *const *words,
                            int count, const struct received *received)
{
    const char *all[3 + RECEIVED_COUNT_MAX];
    for (int i = 0; i < count; i++)
        all[i] = words[i];
    for (size_t i = 0; i < received->count; i++)
        all[count++] = received->items[i].name;
    redis_link_append_words(redis->link, count, all);
}

/* Both or neither: what is acknowledged and still there would stay for ever. */
static int redis_ack(struct queue *queue, const struct received *received,
                     struct error *err)
{
    static const char *const ack[] = {"XACK", STREAM, GROUP};
    static const char *const delete[] = {"XDEL", STREAM};
    struct redis_queue *redis = redis_of(queue);
    redis_link_begin(redis->link, queue->deadline, 0);
    int rc = received->count > 0 ? arrive(redis, err) : 0;
    if (rc < 0 || received->count == 0)
        return rc;
    redis_link_append(redis->link, "MULTI");
    append_with_ids(redis, ack, 3, received);
    append_with_ids(redis, delete, 2, received);
    rc = redis_link_exec(redis->link, 2, NULL, err);
    redis->is_unanswered = rc < 0;
    return rc;
}

/* With nothing pending, our name is not needed any more. */
static void take_leave(struct redis_queue *redis)
{
    int64_t deadline = clock_monotonic() + FAREWELL_MS * 1000;
    AUTO(redis_reply) redisReply *reply = NULL;
    if (!redis->reader || redis->has_pending || redis->is_unanswered ||
        !redis_link_is_connected(redis->link))
        return;
    redis_link_begin(redis->link, deadline, 0);
    redis_link_append(redis->link, "XGROUP DELCONSUMER %s %s %s", STREAM, GROUP,
                      redis->reader);
    if (redis_link_answer(redis->link, &reply, NULL) < 0)
        return; /* the other readers remove it in time */
}

static void redis_close(struct queue *queue)
{
    struct redis_queue *redis = redis_of(queue);
    take_leave(redis);
    redis_link_free(redis->link);
    free(redis->reader);
    free(redis->claim_cursor);
    free(redis);
}

static const char *const schemes[] = {"redis", "rediss", NULL};

const struct queue_type queue_redis = {
    .name = "redis",
    .schemes = schemes,
    .open = redis_open,
    .close = redis_close,
    .send = redis_send,
    .receive = redis_receive,
    .ack = redis_ack,
};
