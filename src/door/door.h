// SPDX-License-Identifier: GPL-3.0-or-later
/* door - the HTTP door of sheepdog-queue-daemon, by libmicrohttpd, in the one event
 * loop.
 *
 * Comes from: sheepdog-deliver, scripts, sheepdog-look.  Goes to: queue/ (POST), store/
 * (GET). The routes are the table in routes.c. */
#ifndef DOOR_DOOR_H
#define DOOR_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/worker.h"
#include "config/config.h"
#include "door/listen.h"
#include "door/tls.h"
#include "handler/wants.h"
#include "queue/embedded.h"
#include "store/store.h"

struct uv_loop_s;
struct door;
struct touched;

/* A worker, and the store that its jobs alone use. */
struct door_worker {
    struct worker *worker;
    struct store *store;
};

struct door_parts {
    struct uv_loop_s *loop;
    struct embedded *embedded; /* the queue, for what is posted */
    struct door_worker reader, writer;
    struct store *token_reader;      /* a reader that the door alone uses */
    const char *store_path;          /* of which questions are asked */
    struct wants *wants;             /* hosts whose answer asks for facts; or NULL */
    void (*has_news)(void *context); /* something was put into the outbox; or NULL */

    /* That was changed in the store, and is emptied; or NULL. */
    void (*has_changed)(void *context, struct touched *touched);
    void *context;

    /* Lent; one that door_use() has replaced, until the jobs that the writer's worker
     * had by then are done. */
    const struct config *config;

    struct listening listening; /* door_open takes over its fd, where it succeeds */
    struct tls *tls;            /* NULL: HTTP in the clear; a share of it is taken */
};

/* Lets clients connect. Who comes must bear a token, if any was ever stored; else
 * everybody may who is on this machine. -EACCES: the socket is reached from elsewhere,
 * and there is no token or no TLS; unless (cleartext #t) allows that. */
int door_open(const struct door_parts *parts, struct door **ret, struct error *err)
    MUST_USE;

/* No token is needed: whoever reaches it is a shepherd. */
bool door_is_open(const struct door *door);

/* The limits of config hold from now on, and tls for new connections; tls NULL: as
 * before. */
void door_use(struct door *door, const struct config *config, struct tls *tls);

/* Accepts no more connections and no more requests; those that wait, for their commit
 * or for a worker, are still answered. */
void door_quiesce(struct door *door);
bool door_is_waiting(const struct door *door); /* some request waits so */

/* NULL is fine; no request of it may wait. Lets replies that are on their way
 * go out, for a second at most. Its memory is freed by the loop's next turn. */
void door_close(struct door *door);

static inline void door_auto(struct door **owned)
{
    door_close(*owned);
}

#endif
