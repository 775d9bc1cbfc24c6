// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - the server's way from a message to an outbox, in a store of its own where
 * time is moved by hand: rules can be tried without waiting, and on the past.
 *
 *     message ──> handlers ──> store ──> judge ──> incidents ──> outbox, which is read
 *
 * Goes to: sheepdog test, sheepdog replay, tests. Single-threaded; the same code as in
 * the server, judged after each message and whenever time alone may change something.
 * */
#ifndef ALERT_TRIAL_H
#define ALERT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "message/message.h"
#include "rules/library.h"
#include "store/incidents.h"
#include "store/store.h"

struct trial;

struct trial_parts {
    const char *store;           /* path; made where there is none */
    const struct config *config; /* lent */
    struct library *library;     /* a share is taken */
    int64_t tick;                /* ms between two looks at the time; 0: 1 min */

    /* Each telling that is put, at once; it is then marked as told. NULL: they wait. */
    store_telling_fn *told;
    void *context;
};

int trial_open(const struct trial_parts *parts, struct trial **ret, struct error *err)
    MUST_USE;
void trial_close(struct trial *trial); /* NULL is fine */

static inline void trial_auto(struct trial **owned)
{
    trial_close(*owned);
}

/* Time goes on to then, in ticks: what it alone changes is judged on the way. */
int trial_wait(struct trial *trial, int64_t until, struct error *err) MUST_USE;

/* The message comes now: at the time to which trial_wait went. Several are one batch.
 * */
int trial_take(struct trial *trial, struct message *const *messages, size_t count,
               struct error *err) MUST_USE;

/* For the past, where much comes and little is judged: a message, and when it came. */
struct trial_arrival {
    struct message *message;
    int64_t came; /* not before the time of the trial, which goes on to it */
};

/* Stores what came, and judges nothing: trial_judge does, of all that came until then.
 * Where ret_count is not NULL it ends behind the first one that changes a state: 1; 0:
 * none does. *ret_count: how many were stored. */
int trial_put(struct trial *trial, const struct trial_arrival *arrivals, size_t count,
              size_t *ret_count, struct error *err) MUST_USE;

/* As of now, which is not before the time of the trial: what was touched, and with
 * is_timed what the time may have changed since then. */
int trial_judge(struct trial *trial, int64_t now, bool is_timed, struct error *err)
    MUST_USE;

struct store *trial_store(struct trial *trial); /* to look into, and for silences */

/* Something was changed there: it is judged. */
int trial_touch(struct trial *trial, struct error *err) MUST_USE;

#endif
