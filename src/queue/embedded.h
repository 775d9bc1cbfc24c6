// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - the queue inside sheepdog-queue-daemon: messages wait here between the
 * door and the handler.
 *
 * Comes from: door/.  Goes to: handler/.  First in, first out, bounded, in memory: it
 * is durable because a sender is answered only when the handler has stored what it
 * sent, and keeps it in its spool until then. Any thread may use it. */
#ifndef QUEUE_EMBEDDED_H
#define QUEUE_EMBEDDED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "message/message.h"

struct queue;

/* What one sender sent at once: it is stored together or not at all. */
struct parcel {
    struct message_list messages;
    int64_t came; /* ms since 1970 UTC */
    size_t size;  /* bytes, as they came */

    /* Called once, on the loop: rc 0 when all is stored, else a negative errno. The
     * parcel then belongs to the sender again. */
    void (*answer)(struct parcel *parcel, int rc);
    void *sender;        /* for answer */
    struct parcel *next; /* the queue's */
};

struct queue *queue_new(size_t limit); /* bytes that may wait */
void queue_free(struct queue *queue);  /* NULL is fine; must be empty */
AUTO_DEFINE(queue)

/* Takes the parcel, not its memory. -ENOBUFS when the queue is full. */
int queue_push(struct queue *queue, struct parcel *parcel) MUST_USE;

/* All that waits, oldest first, linked by next; NULL when nothing does. Whoever
 * receives it acknowledges each parcel by calling its answer. */
struct parcel *queue_receive(struct queue *queue);

bool queue_is_empty(struct queue *queue);

#endif
