// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - the queue inside sheepdog-queue-daemon: a journal on disk between the door
 * and the handler.
 *
 *     door ──put──> journal ──fdatasync──> 202 to the sender
 *                      └──────────────────> intake ──> handler ──> store
 *
 * Comes from: door/post.c.  Goes to: intake.h.  A posting is answered when the journal
 * has it on disk, many postings by one fdatasync; the store has it a little later, in
 * large commits, which is what makes both fast. What a crash leaves in the journal is
 * handed over again at the next start; the store knows by their ids the messages that
 * it has already. A segment of the journal is removed when all of it is stored.
 *
 * Memory is bounded: what waits beyond EMBEDDED_WINDOW bytes is on disk alone and is
 * read back in its order. Used on the loop's thread; the journal is written by a thread
 * of its own. */
#ifndef QUEUE_EMBEDDED_H
#define QUEUE_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "queue/intake.h"

#define EMBEDDED_WINDOW (8 << 20)

struct uv_loop_s;
struct embedded;

struct embedded_parts {
    struct uv_loop_s *loop;
    const char *folder; /* of the journal, made where it is missing (0700); copied */
    struct intake *intake;
    void (*pushed)(void *context); /* something was put into the intake */
    void *context;
};

/* What one request sent. */
struct posting {
    struct message_list messages; /* parsed; taken over by embedded_put, and empty */
    struct unread_list unread;    /* for the dead letters; likewise */
    int64_t came;                 /* ms since 1970 UTC */

    /* Called once, on the loop: rc 0 when all is on disk, else a negative errno, and
     * nothing of it is. */
    void (*answer)(struct posting *posting, int rc);
    void *sender;         /* for answer */
    struct posting *next; /* the queue's */
};

/* Hands over what an earlier run left in the journal. A record that a crash cut short
 * at the journal's end was never answered, and is dropped; one that is damaged
 * elsewhere is put aside, with what follows it in its segment, and said. */
int embedded_open(const struct embedded_parts *parts, struct embedded **ret,
                  struct error *err) MUST_USE;

/* Takes the messages, not the posting's memory. -ENOSPC: the journal has grown to its
 * limit, as the store has not kept up. */
int embedded_put(struct embedded *embedded, struct posting *posting) MUST_USE;

/* Calls done, once, on the loop, when all that was answered before is stored; at once
 * where it is. It waits at most EMBEDDED_BARRIER_MS: a store that cannot be written
 * keeps nobody from reading what it has. */
#define EMBEDDED_BARRIER_MS 2000
void embedded_await(struct embedded *embedded, void (*done)(void *context),
                    void *context);

int embedded_store_rc(const struct embedded *embedded); /* of the last try to store */

/* No parcel may be in the intake. NULL is fine. What is not stored stays on disk. Its
 * memory is freed by the loop's next turn. */
void embedded_close(struct embedded *embedded);

static inline void embedded_auto(struct embedded **owned)
{
    embedded_close(*owned);
}

#endif
