// SPDX-License-Identifier: GPL-3.0-or-later
/* pump - moves what waits in the intake through the handlers into the store: one
 * transaction for all that came while the one before was written.
 *
 * Comes from: queue/intake.h.  Goes to: handler.h, store/; then each sender gets its
 * answer.
 * A parcel's answer is negative only for trouble of the store, and is worth another
 * try then. What could not be read, and what no handler can handle, is kept as a dead
 * letter, and the parcel is stored all the same: with its position, at once or not at
 * all. */
#ifndef HANDLER_PUMP_H
#define HANDLER_PUMP_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/worker.h"
#include "config/config.h"
#include "handler/wants.h"
#include "queue/intake.h"
#include "store/store.h"
#include "store/touched.h"

struct pump;

struct pump_parts {
    struct intake *intake;
    struct worker *worker; /* whose jobs alone use the store */
    struct store *store;
    struct wants *wants; /* see handler.h; may be NULL */

    /* On the loop, after each commit; may be NULL. has_news: somebody is to hear;
     * touched: what was stored, for rules, lent and to be emptied or not. */
    void (*stored)(void *context, bool has_news, struct touched *touched);
    void *context;
};

/* config is lent, and may be exchanged while the pump is idle or not: a batch that has
 * begun keeps the one it began with, so the old one is freed by the pump's owner only
 * when worker_is_idle(). */
struct pump *pump_new(const struct pump_parts *parts, const struct config *config);
void pump_free(struct pump *pump); /* NULL is fine; must be idle */
AUTO_DEFINE(pump)

void pump_use(struct pump *pump, const struct config *config);

/* Something waits in the intake. */
void pump_wake(struct pump *pump);

#endif
