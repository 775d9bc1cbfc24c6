// SPDX-License-Identifier: GPL-3.0-or-later
/* intake - where the handler takes its messages from: parcels, in memory, first in,
 * first out, bounded.
 *
 * Comes from: embedded.h (what came through the door), handler/source.h (what other
 * queues hold).  Goes to: handler/pump.h.
 * Nothing is durable here: whoever pushes a parcel has it safe elsewhere until it is
 * answered. Any thread may use it. */
#ifndef QUEUE_INTAKE_H
#define QUEUE_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "message/message.h"

struct intake;

/* Bytes that are no message of ours, and why not; texts are the parcel's. */
struct unread {
    char *bytes;
    size_t size;
    char *name; /* the queue's own, such as a stream entry's id; NULL: none */
    char *reason;
};

struct unread_list {
    struct unread *items;
    size_t count;
};

void unread_list_add(struct unread_list *list,
                     const struct unread *unread); /* copies */
void unread_list_clear(struct unread_list *list);
AUTO_DEFINE_CLEAR(unread_list)

/* What one sender sent at once: it is stored together or not at all. */
struct parcel {
    struct message_list messages;
    struct unread_list unread; /* go to the dead letters */
    const char *source;        /* lent: "door", or the queue's name, see queue_name() */
    const char *position;      /* lent: how far the source is read, to be kept with the
                             messages under the source's name; NULL: nothing */
    int64_t came;              /* ms since 1970 UTC */
    size_t size;               /* bytes, as they came */

    /* Called once, on the loop: rc 0 when all is stored, else a negative errno. The
     * parcel then belongs to the sender again. */
    void (*answer)(struct parcel *parcel, int rc);
    void *sender;        /* for answer */
    struct parcel *next; /* the intake's */
};

struct intake *intake_new(size_t limit); /* bytes that may wait */
void intake_free(struct intake *intake); /* NULL is fine; must be empty */
AUTO_DEFINE(intake)

/* Takes the parcel, not its memory. -ENOBUFS when the intake is full. */
int intake_push(struct intake *intake, struct parcel *parcel) MUST_USE;

/* All that waits, oldest first, linked by next; NULL when nothing does. Whoever
 * receives it acknowledges each parcel by calling its answer. */
struct parcel *intake_receive(struct intake *intake);

bool intake_is_empty(struct intake *intake);

#endif
