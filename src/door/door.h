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
#include "queue/intake.h"
#include "store/store.h"

struct uv_loop_s;
struct door;

/* A worker, and the store that its jobs alone use. */
struct door_worker {
    struct worker *worker;
    struct store *store;
};

struct door_parts {
    struct uv_loop_s *loop;
    struct intake *intake;
    struct door_worker reader, writer;
    void (*pushed)(void *context); /* something was put into the queue */
    void *context;
};

/* Listens on a loopback address; port 0 takes a free one, see door_port. -EACCES:
 * address is not loopback; -EADDRINUSE, … */
int door_open(const struct door_parts *parts, const char *address, int port,
              struct door **ret, struct error *err) MUST_USE;
int door_port(const struct door *door);

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
