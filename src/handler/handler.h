// SPDX-License-Identifier: GPL-3.0-or-later
/* handler - what the server does with a message, by its kind.
 *
 * Comes from: pump.c, within a transaction of the store.  Goes to: store/.
 * To add a kind: name it in message/message.h, write handler/KIND.c, list it in
 * handlers.c. */
#ifndef HANDLER_HANDLER_H
#define HANDLER_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "handler/wants.h"
#include "message/message.h"
#include "store/store.h"
#include "store/touched.h"

/* What a handler works with; lent. */
struct handling {
    struct store *store;
    const struct config *config;
    int64_t came;   /* when the message came; ms since 1970 UTC */
    int64_t now;    /* when it is handled */
    int64_t number; /* under which it is stored */
    bool *has_news; /* set when something is put into the outbox; NULL: not asked */
    struct wants *wants;     /* of whole facts; NULL: nobody would be told */
    struct touched *touched; /* what rules may read anew; NULL: not asked */
};

struct handler {
    enum message_kind kind;

    /* Required. Runs on the store's worker, after the message was stored for the first
     * time. An error undoes all that was done for the message, which becomes a dead
     * letter. */
    int (*handle)(const struct handling *handling, const struct message *message,
                  struct error *err);

    /* Messages of this kind are not stored, only what they say: handling->number is 0,
     * and handle runs each time that one comes. What it does a second time changes
     * nothing. */
    bool is_passing;
};

extern const struct handler *const handlers[]; /* ends with NULL */

/* Stores the message, unless its kind is passing, and lets its handler work; one that
 * is stored already changes nothing. handling->number is set here. */
int handler_run(struct handling *handling, const struct message *message,
                struct error *err) MUST_USE;

#endif
