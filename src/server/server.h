// SPDX-License-Identifier: GPL-3.0-or-later
/* server - what the programs that keep a store share: the queues that are read, the
 * parts behind the intake, the signals, and an orderly end.
 *
 *     sources ──> intake ──> pump (handlers) ──> store ──> outbox ──> people
 *                   ^                              │
 *                   └────────── receivers <────────┘
 *
 * Comes from: main/, which puts in front what its program takes messages by.  Goes to:
 * handler/, store/, notify/, receiver/. The loop's thread does the talking; one worker
 * alone writes the store. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "queue/intake.h"

struct store;
struct touched;
struct wants;
struct uv_loop_s;
struct worker;
struct server;

struct server_parts {
    const char *program; /* its name, for the log; lent */
    const char *conf;    /* the file to read, also at SIGHUP; NULL: looked for; lent */
    const char *lock; /* "daemon": STORE-daemon is locked, so that one such program uses
                         the store; NULL: any number may; lent */
    bool reads_alone; /* nothing comes but by (read …): there must be one */
};

/* As config_open; says so where there is no file. -EINVAL too: a place of (read …)
 * cannot be read, or one is missing. */
int server_load_config(const struct server_parts *parts, struct config **ret,
                       struct error *err) MUST_USE;

/* Becomes the user who keeps the store, see privileges.h: what takes root is done
 * before. Makes the parts; nothing runs yet. config is taken over, on failure too.
 * -EAGAIN: another program of this name has the store. */
int server_open(const struct server_parts *parts, struct config *config,
                struct server **ret, struct error *err) MUST_USE;

/* NULL is fine; before it ran, or after. What stands in front is closed before. */
void server_close(struct server *server);

static inline void server_auto(struct server **owned)
{
    server_close(*owned);
}

/* What a front is made of; all lent. */
struct uv_loop_s *server_loop(struct server *server);
struct intake *server_intake(struct server *server);
struct worker *server_worker(struct server *server); /* whose jobs alone use … */
struct store *server_store(struct server *server);   /* … this, which writes */
struct wants *server_wants(struct server *server);
const struct config *server_config(const struct server *server); /* until SIGHUP */

/* Something was put into the intake; on the loop. server is void for use as a callback.
 */
void server_wake(void *server);

/* Likewise: something was put into the outbox. */
void server_tell(void *server);

/* Likewise: that was changed in the store; it is emptied. */
void server_touch(void *server, struct touched *touched);

/* What a program has before the intake. Each is called on the loop; each may be NULL.
 */
struct server_front {
    /* The configuration was read again; old is there until it returns. */
    void (*use)(void *context, const struct config *old, const struct config *config);
    void (*quiesce)(void *context);    /* takes no more: the end has begun */
    bool (*is_waiting)(void *context); /* somebody is still to be answered */
    void *context;
};

/* Runs until SIGTERM or SIGINT, and until what waits is stored and answered. SIGHUP
 * reads the configuration again. A second SIGTERM ends the process at once. */
void server_run(struct server *server, const struct server_front *front);

/* Warns, where it has changed, that this setting takes a restart. */
void server_say_restart(const struct server *server, const char *setting,
                        bool has_changed);

#endif
