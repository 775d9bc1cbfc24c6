// SPDX-License-Identifier: GPL-3.0-or-later
/* queue - where messages wait between those who bark and the handler: one contract,
 * several backends, chosen by a URL. The list is queues.c.
 *
 *     http:// https://    the door of sheepdog-queue-daemon     sends
 *     redis:// rediss://  a Redis stream                        sends and receives
 *     amqp:// amqps://    RabbitMQ                              sends and receives
 *     (sheepdog-ruby "redis://…" "KEY")   what the Ruby sheepdog keeps   both
 *
 * Comes from: deliver.h (sends), handler/source.h (receives).
 *
 * Every queue delivers at least once, and the store makes that once, by the message's
 * id. A queue is used by one thread at a time. Errors begin with the queue's name, and
 * never hold a password or a token. */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

struct queue_type;

/* What each backend's own struct begins with. */
struct queue {
    const struct queue_type *type;
    char *name;       /* see queue_name() */
    int64_t deadline; /* of clock_monotonic(), for each call; INT64_MAX: none */

    /* Set by send, where the server says in its answer that it lacks facts of this
     * host, and wants them whole: http alone can. See queue_take_want(). */
    bool wants_facts;
};

/* How a server proves who it is, and we to it. All is lent while the queue is open. */
struct queue_options {
    const struct queue_place *place;
    const struct config *config; /* token, ca, pin; host and port where the place's url
                                    is NULL */
    const char *reader;   /* our name among those that receive, unique on the queue;
                             NULL: it only sends */
    const char *position; /* how far it was read, as received->position said last;
                             NULL: it is read for the first time */
};

/* One message to be sent: an object of JSON, on a line or on several. */
enum sending_verdict {
    SENDING_LEFT,    /* not taken as far as we know: to be sent again */
    SENDING_TAKEN,   /* durable: the queue has it on disk, as far as it is set so */
    SENDING_REFUSED, /* it will never be taken; see why */
};

struct sending {
    const char *json; /* lent */
    size_t size;
    enum sending_verdict verdict;
    char *why; /* of a refusal; the sending's: see sending_clear */
};

void sending_clear(struct sending *sending);

/* One message that was received. */
struct received_item {
    char *bytes; /* a NUL stands behind them */
    size_t size;
    int64_t time; /* ms since 1970 UTC, when the queue got it; 0: the queue can't say */
    char *name;   /* the queue's own, which no other message of it ever has; NULL: the
                     queue gives none. A message without an id gets one made of it */
};

/* A batch; at most RECEIVED_COUNT_MAX items, about RECEIVED_SIZE_MAX bytes. */
#define RECEIVED_COUNT_MAX 500
#define RECEIVED_SIZE_MAX  (8 << 20)

struct received {
    struct received_item *items;
    size_t count, size; /* items, bytes of all of them */
    char *position;     /* to be stored with them, and given back at the next start;
                           NULL: the queue itself remembers */
    void *mark;         /* the queue's, for the acknowledgement; freed with free() */
};

/* Copies; of what is too large to be a message only so much as shows that. */
void received_add(struct received *received, const char *bytes, size_t size,
                  int64_t time, const char *name);
void received_clear(struct received *received);
AUTO_DEFINE_CLEAR(received)

struct queue_type {
    const char *name; /* "redis", for sentences */
    const char *form; /* the word of a place that is a list; NULL: a URL alone */
    const char *const *schemes; /* ends with NULL */

    /* Required. Connects to nothing yet: what it refuses is wrong in the place or the
     * configuration, and stays so. */
    int (*open)(const struct queue_options *options, struct queue **ret,
                struct error *err);
    void (*close)(struct queue *queue); /* frees it; type and name are the caller's */

    /* Sends those that are SENDING_LEFT, in their order, until each has a verdict. A
     * connection that broke is made anew by the next call. NULL: it cannot send. */
    int (*send)(struct queue *queue, struct sending *items, size_t count,
                struct error *err);

    /* Waits at most wait_ms for something to come; none is no error. Gives nothing
     * more before what it gave is acknowledged. What is never acknowledged is given
     * again: after receive or ack failed, the connection broke or the process ended, to
     * this reader or to another. What is acknowledged may have lost its bytes. NULL,
     * both: it cannot receive. */
    int (*receive)(struct queue *queue, int wait_ms, struct received *ret,
                   struct error *err);
    int (*ack)(struct queue *queue, const struct received *received, struct error *err);
};

extern const struct queue_type *const queue_types[]; /* queues.c; ends with NULL */

/* Which backend a place means. -EINVAL: as for queue_open. */
int queue_find_type(const struct queue_place *place, const struct queue_type **ret,
                    struct error *err) MUST_USE;

/* What a place is called where its messages and its position are kept, without
 * connecting: "redis://HOST:PORT", "amqp://HOST:PORT/VHOST", "sheepdog-ruby
 * redis://HOST:PORT KEY"; no user, no password. *ret is to be freed. -EINVAL: it is no
 * URL. */
int queue_place_name(const struct queue_place *place, char **ret, struct error *err)
    MUST_USE;

/* -EINVAL: the place is none, or no backend is called so ("did you mean"), or this
 * build's library cannot do it, such as TLS to Redis. Connects with the first call. */
int queue_open(const struct queue_options *options, struct queue **ret,
               struct error *err) MUST_USE;
void queue_close(struct queue *queue); /* NULL is fine */

static inline void queue_auto(struct queue **owned)
{
    queue_close(*owned);
}

/* "redis://localhost:6379", without user and password; lent */
const char *queue_name(const struct queue *queue);

/* Every call from now on ends by that time of clock_monotonic(), with -ETIMEDOUT. */
void queue_set_deadline(struct queue *queue, int64_t deadline);

/* 0: each item is taken or refused. Negative: those that are left go another time.
 * -EACCES: the server does not know us. -EOPNOTSUPP: the queue cannot send. */
int queue_send(struct queue *queue, struct sending *items, size_t count,
               struct error *err) MUST_USE;

/* Whether the server has said since it was asked last that it wants this host's facts
 * whole. */
bool queue_take_want(struct queue *queue);

/* *ret is cleared first. -EOPNOTSUPP: the queue cannot receive. */
int queue_receive(struct queue *queue, int wait_ms, struct received *ret,
                  struct error *err) MUST_USE;
int queue_ack(struct queue *queue, const struct received *received, struct error *err)
    MUST_USE;

#endif
