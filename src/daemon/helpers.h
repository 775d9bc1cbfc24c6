// SPDX-License-Identifier: GPL-3.0-or-later
/* helpers - those that run now (monitor/helper.h), looked after by the loop: when one
 * of their descriptors is ready, when a child ended, and when one's time is over. */
#ifndef DAEMON_HELPERS_H
#define DAEMON_HELPERS_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "monitor/helper.h"

struct uv_loop_s;
struct helpers;
struct running;

struct helpers *helpers_new(struct uv_loop_s *loop);
void helpers_free(struct helpers *helpers); /* NULL is fine; stops all that run */
AUTO_DEFINE(helpers)

/* What happens when it is over; not when it is stopped, nor within helpers_start. One
 * that cannot be ended counts as over: it is left alone then. */
struct helper_end {
    void (*over)(void *context, const struct ended *ended);

    /* It cannot be ended, see helper_is_stuck; over is still to come. NULL: over is
     * called instead. */
    void (*stuck)(void *context, const struct ended *ended);
    void *context;
};

/* *ret is there until end.over is called, or it is stopped. */
int helpers_start(struct helpers *helpers, const struct helper_plan *plan,
                  const struct helper_end *end, struct running **ret, struct error *err)
    MUST_USE;

/* NULL is fine. Kills it. */
void helpers_stop(struct running *running);

#endif
