// SPDX-License-Identifier: GPL-3.0-or-later
/* past - the messages of a server's store, in the order in which they came.
 *
 * Comes from: store/ (a reader).  Goes to: course.c, as arrivals of a trial. */
#ifndef REPLAY_PAST_H
#define REPLAY_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "alert/trial.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

struct past;

struct past *past_new(struct store *reader); /* lent */
void past_free(struct past *past);           /* NULL is fine */
AUTO_DEFINE(past)

/* Those that came until then and were not taken yet, or the first of them, which the
 * past owns until it is asked again; *ret_count 0: there are none. Where the server's
 * clock was set back they came when it said so last: time only goes on. */
int past_look(struct past *past, int64_t until, const struct trial_arrival **ret,
              size_t *ret_count, struct error *err) MUST_USE;

/* So many of those have been used. */
void past_take(struct past *past, size_t count);

#endif
