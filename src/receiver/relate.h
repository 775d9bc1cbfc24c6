// SPDX-License-Identifier: GPL-3.0-or-later
/* relate - rows that a receiver gives, as the whole of a relation of a host: so nothing
 * of what was sent before need be remembered.
 *
 * Comes from: sayings.c.  Goes to: a message of the kind facts, and the store, where
 * what it does not hold any more ends. */
#ifndef RECEIVER_RELATE_H
#define RECEIVER_RELATE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"
#include "store/store.h"

struct relating { /* all lent */
    const struct relation *relation;
    const char *host;
    const struct rows *rows; /* as written */
    bool is_whole; /* else each takes the place of the row of its key, and the others
                      stay: those said before, or else those in the store */
    struct store *reader;
    const struct message_list *said; /* not stored yet */
};

/* *ret is for a message, which frees it. -EINVAL: a row has another width, or a value
 * is none of its column's type. */
int relate(const struct relating *relating, struct facts **ret, struct error *err)
    MUST_USE;

#endif
