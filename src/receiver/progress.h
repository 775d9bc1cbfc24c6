// SPDX-License-Identifier: GPL-3.0-or-later
/* progress - how far a receiver is done with what is stored, kept in the store together
 * with what it said, so that neither is without the other.
 *
 * Comes from: receiver.c, on its thread.  Goes to: bridge.h. */
#ifndef RECEIVER_PROGRESS_H
#define RECEIVER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"
#include "receiver/bridge.h"
#include "store/store.h"

struct progress {          /* its members are to be read by receiver.c alone */
    struct bridge *bridge; /* lent, as its source: "receiver:nginx" */
    const char *source;
    int64_t done;    /* number: up to there all is done with */
    int64_t kept;    /* the same, as the store has it; -1: it has none */
    int64_t keep_at; /* us, by clock_monotonic(): when it is to be kept; INT64_MAX */
    bool has_lost;   /* something that it said could not be stored */
};

/* As it was kept; of a receiver that has never run, all that is stored is done with. */
int progress_find(struct progress *progress, struct store *reader, struct error *err)
    MUST_USE;

/* All up to number done is done with, and that is kept within so many ms; never past
 * something that it said and that is not stored. */
void progress_move(struct progress *progress, int64_t done, int64_t keep_ms);

/* Waits until that is stored, with what it said, whose messages are taken over. */
void progress_post(struct progress *progress, struct message_list *said);
void progress_keep(struct progress *progress);

#endif
