// SPDX-License-Identifier: GPL-3.0-or-later
/* pruner - removes what is older than the configuration keeps, and makes hours of old
 * readings, in small steps between which messages are stored: at its start, and every
 * hour. */
#ifndef STORE_PRUNER_H
#define STORE_PRUNER_H

#include "base/auto.h"
#include "base/worker.h"
#include "config/config.h"
#include "store/store.h"

struct uv_loop_s;
struct pruner;

struct pruner_parts {
    struct uv_loop_s *loop;
    struct worker *worker; /* whose jobs alone use the store */
    struct store *store;
    /* On the loop, with what store_prune touched, to be emptied; NULL: not asked. */
    void (*has_changed)(void *context, struct touched *touched);
    void *context;
};

/* config is read at once, not kept. */
struct pruner *pruner_new(const struct pruner_parts *parts,
                          const struct config *config);

void pruner_use(struct pruner *pruner, const struct config *config);
void pruner_stop(struct pruner *pruner); /* no further step begins */

/* NULL is fine; after the worker is idle. The loop's next turn frees its memory. */
void pruner_free(struct pruner *pruner);
AUTO_DEFINE(pruner)

#endif
