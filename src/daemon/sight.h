// SPDX-License-Identifier: GPL-3.0-or-later
/* sight - one look at one instance, wherever it happens: on the loop, in a child, or by
 * a program.
 *
 * Used by: watches.h. */
#ifndef DAEMON_SIGHT_H
#define DAEMON_SIGHT_H

#include <stdbool.h>

#include "base/auto.h"
#include "daemon/helpers.h"
#include "daemon/roster.h"
#include "monitor/findings.h"

struct seen {
    const struct findings *findings; /* lent */
    const char *fault;               /* see struct looked; NULL */
    bool is_crash, is_partial;
    bool is_stuck; /* the look hangs, and goes on: it is seen once more when it ends */
};

struct sight_plan {
    const struct instance *instance; /* lent */
    const char *root;                /* lent */
    void **memory;                   /* see monitor.h; lent */
    void (*seen)(void *context, const struct seen *seen);
    void *context;
};

struct sight;

/* seen is called once, or twice, see is_stuck; maybe before this returns, and then *ret
 * is not set; else *ret is there until seen was called for the last time, or it is
 * freed. */
void sight_begin(const struct sight_plan *plan, struct helpers *helpers,
                 struct sight **ret);

/* The instance has moved; it is the same. */
void sight_use(struct sight *sight, const struct instance *instance);

/* NULL is fine. Ends the look; nothing is seen. */
void sight_free(struct sight *sight);
AUTO_DEFINE(sight)

#endif
