// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - the queue inside sheepdog-queue-daemon: a journal on disk between the door
 * and the handler.
 *
 *     door ──put──> journal ──fdatasync──> 202 to the sender
 *                      └──────────────────> intake ──> handler ──> store
 *
 * Comes from: door/post.c.  Goes to: intake.h, as parcels of the source "door".
 *
 * A posting is answered when the journal has it on disk, many postings by one
 * fdatasync; the store has it a little later, in large commits, which is what makes
 * both fast. What a crash leaves in the journal is handed over again at the next start;
 * the store knows by their ids the messages that it has already. A segment of the
 * journal is removed when all of it is stored, the last one when nothing has come for a
 * moment.
 *
 * Memory is bounded: what waits beyond the window is on disk alone, and is read back in
 * its order. While the store cannot be written what was handed over is tried again,
 * ever more seldom, up to once in 5 s. Used on the loop's thread; the disk is work for
 * others, but for writing to one that is quick. */
#ifndef QUEUE_EMBEDDED_H
#define QUEUE_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "queue/intake.h"

#define EMBEDDED_WINDOW     ((size_t)8 << 20)  /* bytes of memory, about */
#define EMBEDDED_LIMIT      ((size_t)1 << 30)  /* bytes on disk */
#define EMBEDDED_UNSYNCED   ((size_t)32 << 20) /* bytes on their way to the disk */
#define EMBEDDED_BARRIER_MS 2000

struct uv_loop_s;
struct embedded;

struct embedded_parts {
    struct uv_loop_s *loop;
    const char *folder; /* of the journal, made where it is missing (0700); copied */
    size_t limit;       /* bytes that the journal may have; 0: EMBEDDED_LIMIT */
    size_t window;      /* bytes; 0: EMBEDDED_WINDOW */
    struct intake *intake;
    void (*pushed)(void *context); /* something was put into the intake */
    void *context;
};

/* What one request sent. */
struct posting {
    struct message_list messages; /* parsed */
    struct unread_list unread;    /* for the dead letters */
    int64_t came;                 /* ms since 1970 UTC */

    /* Called once, on the loop: rc 0 when all is on disk, else a negative errno, and
     * nothing of it is. */
    void (*answer)(struct posting *posting, int rc);
    void *sender; /* for answer */
};

/* Begins to hand over what an earlier run left in the journal. A record that a crash
 * cut short at the journal's end was never answered, and is dropped; one that is
 * damaged elsewhere is put aside, with what follows it in its segment, and said. */
int embedded_open(const struct embedded_parts *parts, struct embedded **ret,
                  struct error *err) MUST_USE;

/* Takes what the posting holds, which is empty then, not the posting's memory. On
 * failure it is as it was. -ENOSPC: the journal has grown to its limit, as the store
 * has not kept up; -ENOBUFS: too much is on its way to the disk. */
int embedded_put(struct embedded *embedded, struct posting *posting) MUST_USE;

/* Whether the disk is so quick that what is put now is answered when embedded_flush
 * returns. */
bool embedded_is_quick(const struct embedded *embedded);

/* What was put is written now, by one write; else at the loop's next turn. */
void embedded_flush(struct embedded *embedded);

/* Calls done, once, on the loop, when all that was answered before is stored; at once
 * where it is, and where the store cannot be written: that keeps nobody from reading
 * what it has. For the same reason it waits for EMBEDDED_BARRIER_MS at most. */
void embedded_await(struct embedded *embedded, void (*done)(void *context),
                    void *context);

/* Of the last try to write: 0 or a negative errno. */
int embedded_store_rc(const struct embedded *embedded);
int embedded_journal_rc(const struct embedded *embedded);

/* The end has begun: what is in memory is still stored, what is put is still written
 * and answered; nothing more is handed over, and nobody is kept waiting for the store.
 */
void embedded_stop(struct embedded *embedded);

/* Nothing is being written or read, and no parcel is in the intake. */
bool embedded_is_idle(const struct embedded *embedded);

/* NULL is fine; must be idle. What is not stored stays on disk. Its memory is freed by
 * the loop's next turn. */
void embedded_close(struct embedded *embedded);

static inline void embedded_auto(struct embedded **owned)
{
    embedded_close(*owned);
}

#endif
