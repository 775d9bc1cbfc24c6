// SPDX-License-Identifier: GPL-3.0-or-later
/* past - what a store holds, played once more into a trial, in the order in which it
 * came: messages as they were, readings by the hour. Of beats is only known when a host
 * was heard last: it is taken to have been heard until then. Silences are there as they
 * were; that somebody knew of an alert is not.
 *
 * Comes from: store/.  Goes to: alert/trial.h. */
#ifndef ASK_PAST_H
#define ASK_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "alert/trial.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

struct past_span {
    int64_t from, until; /* ms since 1970 UTC */

    /* So many messages have been played. */
    void (*tell)(void *context, size_t messages);
    void *context;
};

/* *ret_left_out: messages that could not be handled. Errors are of one of the stores,
 * and of the rules. */
int past_play(struct store *store, struct trial *trial, const struct past_span *span,
              size_t *ret_left_out, struct error *err) MUST_USE;

#endif
