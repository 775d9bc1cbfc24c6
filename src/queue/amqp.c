// SPDX-License-Identifier: GPL-3.0-or-later
/* amqp - the durable queue sheepdog.messages of RabbitMQ, on the default exchange.
 *
 *     send:     publish all, persistent and mandatory ──> a confirm for each
 *     receive:  a consumer, its prefetch a batch ──> an ack for all up to the last
 *
 * What a reader had and did not acknowledge the broker gives again. A message without
 * an id of its own gets one made of its property message_id and its body, where it has
 * that property; where it has neither, it may be stored twice: after a crash, or after
 * the store could not be written for longer than the broker waits for a heartbeat. */
#include <amqp.h>
#include <amqp_framing.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "message/message.h"
#include "queue/amqp_link.h"
#include "queue/queue.h"
#include "queue/url.h"

#define PERSISTENT 2
#define SUM_SIZE   8 /* bytes */
#define FILL_US                                                                        \
    1000000 /* how long a batch is filled: each that has begun to come
                              must come whole by the deadline, or all are given again */
#define TIME_MAX (INT64_C(1) << 48) /* ms; what an id has room for */

extern const struct queue_type queue_amqp;

struct amqp {
    struct queue queue; /* first: a queue is within its amqp */
    struct url url;
    char *ca, *reader;
    struct amqp_link *link;        /* NULL: not connected */
    bool is_sending, is_consuming; /* what the channel is ready for */
    uint64_t published;            /* on this channel: the last delivery tag */
};

static struct amqp *amqp_of(struct queue *queue)
{
    return (struct amqp *)queue;
}

/* ---- the connection ---- */

static void disconnect(struct amqp *amqp)
{
    amqp_link_close(TAKE(amqp->link));
    amqp->is_sending = amqp->is_consuming = false;
    amqp->published = 0;
}

static int connect_link(struct amqp *amqp, struct error *err)
{
    if (amqp->link)
        return 0;
    struct amqp_link_options options = {.url = &amqp->url,
                                        .name = amqp->queue.name,
                                        .reader = amqp->reader,
                                        .ca = amqp->ca};
    return amqp_link_open(&options, amqp->queue.deadline, &amqp->link, err);
}

static void amqp_close(struct queue *queue)
{
    struct amqp *amqp = amqp_of(queue);
    disconnect(amqp);
    url_clear(&amqp->url);
    free(amqp->ca);
    free(amqp->reader);
    free(amqp);
}

/* ---- sending ---- */

/* What is published and not confirmed. */
struct confirms {
    struct sending *items;
    size_t *places; /* of each that is published, among the items */
    size_t count, settled, refused;
    uint64_t first; /* the delivery tag of places[0] */
    bool *is_settled;
};

static void confirms_clear(struct confirms *confirms)
{
    free(confirms->places);
    free(confirms->is_settled);
}
AUTO_DEFINE_CLEAR(confirms)

static int begin_sending(struct amqp *amqp, struct error *err)
{
    int rc = connect_link(amqp, err);
    if (rc < 0 || amqp->is_sending)
        return rc;
    amqp_link_limit(amqp->link, amqp->queue.deadline);
    amqp_confirm_select(amqp->link->connection, AMQP_LINK_CHANNEL);
    rc = amqp_link_check_reply(amqp->link, "confirms", err);
    amqp->is_sending = rc == 0;
    return rc;
}

static int fail_late(struct amqp *amqp, struct error *err)
{
    const struct amqp_link *link = amqp->link;
    if (link->is_blocked)
        return error_set(err, -ETIMEDOUT, "%s: the broker takes nothing for now: %s",
                         link->name, link->blocking.text);
    return error_set(err, -ETIMEDOUT, "%s: the broker does not confirm in time",
                     link->name);
}

static int publish(struct amqp *amqp, const struct sending *item, struct error *err)
{
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG,
        .content_type = amqp_cstring_bytes("application/json"),
        .delivery_mode = PERSISTENT,
    };
    amqp_bytes_t body = {.len = item->size, .bytes = (void *)item->json};
    if (clock_monotonic() > amqp->queue.deadline)
        return fail_late(amqp, err);
    int status = amqp_basic_publish(
        amqp->link->connection, AMQP_LINK_CHANNEL, amqp_empty_bytes,
        amqp_cstring_bytes(AMQP_LINK_QUEUE), 1, 0, &properties, body);
    amqp->published++;
    return amqp_link_check(amqp->link, status, "sending", err);
}

static int publish_all(struct amqp *amqp, size_t count, struct confirms *confirms,
                       struct error *err)
{
    int rc = 0;
    confirms->places = memory_new((count + 1) * sizeof *confirms->places);
    confirms->is_settled = memory_new((count + 1) * sizeof *confirms->is_settled);
    confirms->first = amqp->published + 1;
    amqp_link_limit(amqp->link, amqp->queue.deadline);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (confirms->items[i].verdict != SENDING_LEFT)
            continue;
        rc = publish(amqp, &confirms->items[i], err);
        if (rc == 0)
            confirms->places[confirms->count++] = i;
    }
    return rc;
}

static void settle(struct confirms *confirms, size_t index, bool is_taken)
{
    if (confirms->is_settled[index])
        return;
    confirms->is_settled[index] = true;
    confirms->settled++;
    confirms->refused += !is_taken;
    if (is_taken)
        confirms->items[confirms->places[index]].verdict = SENDING_TAKEN;
}

static void settle_to(struct confirms *confirms, uint64_t tag, bool is_multiple,
                      bool is_taken)
{
    if (tag < confirms->first || tag - confirms->first >= confirms->count)
        return;
    size_t last = (size_t)(tag - confirms->first);
    for (size_t i = is_multiple ? 0 : last; i <= last; i++)
        settle(confirms, i, is_taken);
}

/* A message that is returned found no queue, and is confirmed all the same. */
static int heed(struct amqp *amqp, const amqp_frame_t *frame, struct confirms *confirms,
                struct error *err)
{
    const amqp_method_t *method = &frame->payload.method;
    if (frame->frame_type != AMQP_FRAME_METHOD)
        return 0;
    if (method->id == AMQP_BASIC_ACK_METHOD) {
        const amqp_basic_ack_t *ack = method->decoded;
        settle_to(confirms, ack->delivery_tag, ack->multiple, true);
    } else if (method->id == AMQP_BASIC_NACK_METHOD) {
        const amqp_basic_nack_t *nack = method->decoded;
        settle_to(confirms, nack->delivery_tag, nack->multiple, false);
    } else if (method->id == AMQP_BASIC_RETURN_METHOD) {
        return error_set(err, -EAGAIN, "%s: the queue " AMQP_LINK_QUEUE " is not there",
                         amqp->queue.name);
    }
    return 0;
}

static int await_confirms(struct amqp *amqp, struct confirms *confirms,
                          struct error *err)
{
    while (confirms->settled < confirms->count) {
        amqp_frame_t frame;
        int rc = amqp_link_next(amqp->link, amqp->queue.deadline, &frame, err);
        if (rc == 0 && clock_monotonic() >= amqp->queue.deadline)
            return fail_late(amqp, err);
        if (rc > 0)
            rc = heed(amqp, &frame, confirms, err);
        amqp_link_release(amqp->link);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int amqp_send(struct queue *queue, struct sending *items, size_t count,
                     struct error *err)
{
    struct amqp *amqp = amqp_of(queue);
    AUTO(confirms) struct confirms confirms = {.items = items};
    int rc = begin_sending(amqp, err);
    if (rc == 0)
        rc = publish_all(amqp, count, &confirms, err);
    if (rc == 0)
        rc = await_confirms(amqp, &confirms, err);
    if (rc < 0) {
        disconnect(amqp);
        return rc;
    }
    if (confirms.refused > 0)
        return error_set(err, -EAGAIN, "%s: the broker could not keep %zu of %zu",
                         queue->name, confirms.refused, confirms.count);
    return 0;
}

/* ---- receiving ---- */

static int begin_consuming(struct amqp *amqp, struct error *err)
{
    int rc = connect_link(amqp, err);
    if (rc < 0 || amqp->is_consuming)
        return rc;
    amqp_connection_state_t connection = amqp->link->connection;
    const char *reader = amqp->reader ? amqp->reader : "";
    amqp_link_limit(amqp->link, amqp->queue.deadline);
    amqp_basic_qos(connection, AMQP_LINK_CHANNEL, 0, RECEIVED_COUNT_MAX, 0);
    rc = amqp_link_check_reply(amqp->link, "prefetch", err);
    if (rc < 0)
        return rc;
    amqp_basic_consume(connection, AMQP_LINK_CHANNEL,
                       amqp_cstring_bytes(AMQP_LINK_QUEUE), amqp_cstring_bytes(reader),
                       0, 0, 0, amqp_empty_table);
    rc = amqp_link_check_reply(amqp->link, "reading " AMQP_LINK_QUEUE, err);
    amqp->is_consuming = rc == 0;
    return rc;
}

/* A message on its way in: the frames deliver, header, and so many of the body. */
struct delivery {
    uint64_t tag;
    uint64_t left; /* bytes of the body that have not come */
    int64_t time;
    char *name; /* the property message_id; NULL: none */
    struct strbuf body;
};

static void delivery_clear(struct delivery *delivery)
{
    free(delivery->name);
    strbuf_clear(&delivery->body);
}
AUTO_DEFINE_CLEAR(delivery)

/* 1: it begins; 0: nothing came in time. */
static int await_delivery(struct amqp *amqp, int64_t deadline, struct delivery *ret,
                          struct error *err)
{
    for (;;) {
        amqp_frame_t frame;
        int rc = amqp_link_next(amqp->link, deadline, &frame, err);
        if (rc <= 0)
            return rc;
        const amqp_method_t *method = &frame.payload.method;
        if (frame.frame_type != AMQP_FRAME_METHOD)
            continue;
        if (method->id == AMQP_BASIC_CANCEL_METHOD)
            return error_set(err, -EPIPE,
                             "%s: the queue " AMQP_LINK_QUEUE " was removed",
                             amqp->queue.name);
        if (method->id == AMQP_BASIC_DELIVER_METHOD) {
            const amqp_basic_deliver_t *deliver = method->decoded;
            ret->tag = deliver->delivery_tag;
            return 1;
        }
    }
}

static int next_part(struct amqp *amqp, int type, amqp_frame_t *ret, struct error *err)
{
    int rc = amqp_link_next(amqp->link, amqp->queue.deadline, ret, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return error_set(err, -ETIMEDOUT, "%s: a message came in part",
                         amqp->queue.name);
    return ret->frame_type == type
               ? 0
               : error_set(err, -EPROTO, "%s: a message came with parts left out",
                           amqp->queue.name);
}

static int read_header(struct amqp *amqp, struct delivery *delivery, struct error *err)
{
    amqp_frame_t frame;
    int rc = next_part(amqp, AMQP_FRAME_HEADER, &frame, err);
    if (rc < 0)
        return rc;
    const amqp_basic_properties_t *properties = frame.payload.properties.decoded;
    delivery->left = frame.payload.properties.body_size;
    if (properties->_flags & AMQP_BASIC_TIMESTAMP_FLAG &&
        properties->timestamp < TIME_MAX / 1000)
        delivery->time = (int64_t)properties->timestamp * 1000;
    if (properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG &&
        properties->message_id.len > 0)
        delivery->name =
            memory_copy(properties->message_id.bytes, properties->message_id.len);
    return 0;
}

/* Of what is too long to be a message only so much is kept as shows that. */
static int read_body(struct amqp *amqp, struct delivery *delivery, struct error *err)
{
    struct strbuf *body = &delivery->body;
    while (delivery->left > 0) {
        amqp_frame_t frame;
        int rc = next_part(amqp, AMQP_FRAME_BODY, &frame, err);
        if (rc < 0)
            return rc;
        amqp_bytes_t part = frame.payload.body_fragment;
        size_t room = MESSAGE_SIZE_MAX + 1 - body->size;
        strbuf_add(body, part.bytes, part.len < room ? part.len : room);
        delivery->left -= part.len < delivery->left ? part.len : delivery->left;
        amqp_link_release(amqp->link);
    }
    return 0;
}

/* Senders choose that property, and some give the same to all they send: with a sum of
 * the body it names the message. */
static char *make_name(const struct delivery *delivery)
{
    unsigned char sum[crypto_generichash_BYTES];
    char hex[2 * SUM_SIZE + 1];
    if (!delivery->name)
        return NULL;
    crypto_generichash(sum, sizeof sum, (const unsigned char *)delivery->body.data,
                       delivery->body.size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, sum, SUM_SIZE);
    return text_format("%s %s", delivery->name, hex);
}

/* 1, with *ret_tag; 0: nothing came in time. */
static int take_one(struct amqp *amqp, int64_t deadline, struct received *received,
                    uint64_t *ret_tag, struct error *err)
{
    AUTO(delivery) struct delivery delivery = {0};
    int rc = await_delivery(amqp, deadline, &delivery, err);
    if (rc <= 0)
        return rc;
    rc = read_header(amqp, &delivery, err);
    if (rc == 0)
        rc = read_body(amqp, &delivery, err);
    if (rc < 0)
        return rc;
    AUTO(str) char *name = make_name(&delivery);
    received_add(received, strbuf_text(&delivery.body), delivery.body.size,
                 delivery.time, name);
    *ret_tag = delivery.tag;
    amqp_link_release(amqp->link);
    return 1;
}

static int take_batch(struct amqp *amqp, int wait_ms, struct received *ret,
                      struct error *err)
{
    AUTO(received) struct received received = {0};
    uint64_t *tag = received.mark = memory_new(sizeof *tag);
    int64_t deadline = clock_monotonic() + wait_ms * INT64_C(1000);
    if (deadline > amqp->queue.deadline)
        deadline = amqp->queue.deadline;
    int rc = take_one(amqp, deadline, &received, tag, err);
    int64_t end = clock_monotonic() + FILL_US;
    while (rc > 0 && received.count < RECEIVED_COUNT_MAX &&
           received.size < RECEIVED_SIZE_MAX && clock_monotonic() < end)
        rc = take_one(amqp, 0, &received, tag, err);
    if (rc < 0)
        return rc;
    *ret = received;
    received = (struct received){0};
    return 0;
}

static int amqp_receive(struct queue *queue, int wait_ms, struct received *ret,
                        struct error *err)
{
    struct amqp *amqp = amqp_of(queue);
    int rc = begin_consuming(amqp, err);
    if (rc == 0) {
        amqp_link_limit(amqp->link, queue->deadline);
        rc = take_batch(amqp, wait_ms, ret, err);
    }
    if (rc < 0)
        disconnect(amqp);
    return rc;
}

static int amqp_ack(struct queue *queue, const struct received *received,
                    struct error *err)
{
    struct amqp *amqp = amqp_of(queue);
    const uint64_t *tag = received->mark;
    if (received->count == 0)
        return 0;
    if (!amqp->link)
        return error_set(err, -ECONNRESET, "%s: the connection broke", queue->name);
    amqp_link_limit(amqp->link, queue->deadline);
    int status = amqp_basic_ack(amqp->link->connection, AMQP_LINK_CHANNEL, *tag, 1);
    int rc = amqp_link_check(amqp->link, status, "acknowledging", err);
    if (rc < 0)
        disconnect(amqp);
    return rc;
}

/* ---- the type ---- */

static int check_trust(const struct amqp *amqp, const struct config *config,
                       struct error *err)
{
    if (strcmp(amqp->url.scheme, "amqps") != 0 || !*config->pin || *config->ca)
        return 0;
    return error_set(err, -EINVAL,
                     "%s: amqps is verified by a CA: found (pin …), expected (ca FILE)",
                     amqp->queue.name);
}

static int amqp_open(const struct queue_options *options, struct queue **ret,
                     struct error *err)
{
    const struct queue_place *place = options->place;
    AUTO(url) struct url url = {0};
    AUTO(str) char *name = NULL;
    int rc = url_parse(place->url, url_default_port(place->url), &url, err);
    if (rc == 0)
        rc = queue_place_name(place, &name, err);
    if (rc < 0)
        return rc;

    struct amqp *amqp = memory_new(sizeof *amqp);
    amqp->queue =
        (struct queue){.type = &queue_amqp, .name = TAKE(name), .deadline = INT64_MAX};
    amqp->url = url;
    url = (struct url){0};
    amqp->ca = text_copy(options->config->ca);
    amqp->reader = text_copy(options->reader);
    rc = check_trust(amqp, options->config, err);
    if (rc < 0) {
        queue_close(&amqp->queue);
        return rc;
    }
    *ret = &amqp->queue;
    return 0;
}

static const char *const schemes[] = {"amqp", "amqps", NULL};

const struct queue_type queue_amqp = {
    .name = "amqp",
    .schemes = schemes,
    .open = amqp_open,
    .close = amqp_close,
    .send = amqp_send,
    .receive = amqp_receive,
    .ack = amqp_ack,
};
