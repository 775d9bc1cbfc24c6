// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - empties the spool into a queue.
 *
 * Comes from: bark/spool.h.  Goes to: queue.h; main/sheepdog-deliver.c calls it.
 * A file is removed only when the queue has answered that what it holds is on its disk:
 * so a message may arrive twice, and the store knows it by its id, but none is lost.
 *
 * Where the server says that it lacks facts of this host, that is left in the spool for
 * who sends them: see spool_want_facts. */
#ifndef QUEUE_DELIVER_H
#define QUEUE_DELIVER_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "queue/queue.h"

/* With more than these waiting, what is not well goes before what is. */
#define DELIVER_BACKLOG 500

struct delivery {
    struct queue *queue; /* with its deadline set; lent */
    const char *folder;  /* the spool, locked by the caller; lent */

    /* Required. Told, in a sentence, of each file that was put aside or cannot be
     * moved. */
    void (*say)(const char *sentence);

    size_t taken; /* counted here: messages that the queue has taken */
};

/* Sends all that waits, oldest first, and what comes meanwhile; but before all else,
 * what had to be given up is told, if anything was. A message that the queue will never
 * take, or a file that holds none, goes to the spool's folder for those. 0: nothing
 * waits any more. Negative, with words: what is left goes another time. */
int deliver_spool(struct delivery *delivery, struct error *err) MUST_USE;

/* Sends one message. -EBADMSG: the queue will never take it; else as queue_send. */
int deliver_message(struct queue *queue, const struct strbuf *json, struct error *err)
    MUST_USE;

#endif
