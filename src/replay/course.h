// SPDX-License-Identifier: GPL-3.0-or-later
/* course - lets the past of a server's store happen again, under other rules.
 *
 *     past, pulse, quiet ──> trial (rules, its own store) ──> what it tells
 *
 * All that is kept from before the beginning is stored first, and judged once, as of
 * the beginning: what is wrong then is known already, and nobody is told. From then
 * on it is judged where a message changes a state, at that message's time, and at each
 * tick, with whatever else came meanwhile, and whatever the time alone has changed.
 *
 * Comes from: replay.c.  Goes to: alert/trial.h. */
#ifndef REPLAY_COURSE_H
#define REPLAY_COURSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "rules/library.h"
#include "store/incidents.h"
#include "store/store.h"

struct course {
    struct store *reader;        /* of the server's store; lent, as all of these */
    const char *scratch;         /* a folder for its own store */
    const struct config *config; /* the server's */
    struct library *library;     /* the rules; a share is taken */
    int64_t since, until, tick;  /* ms */

    store_telling_fn *told; /* each telling of the rules, one by one: there is no flood
                               guard */

    /* Before each step, so far; true: it is to end now. */
    bool (*ends)(void *context, int64_t time);
    void *context; /* of both */
};

/* *ret_since: where it began: at since, or when the first message came; *ret_left: how
 * many messages could not be handled, and were left out. -ECANCELED: it was to end. */
int course_run(const struct course *course, int64_t *ret_since, size_t *ret_left,
               struct error *err) MUST_USE;

#endif
