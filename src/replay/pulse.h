// SPDX-License-Identifier: GPL-3.0-or-later
/* pulse - what hosts measured, as the beats that brought it: that one came is kept
 * nowhere else. One beat of a host for each step of time, with the newest of each
 * quantity; where only hours are kept, their means, and beats all through the hour.
 *
 * Comes from: store/ (a reader).  Goes to: course.c, as arrivals of a trial. */
#ifndef REPLAY_PULSE_H
#define REPLAY_PULSE_H

#include <stddef.h>
#include <stdint.h>

#include "alert/trial.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

struct pulse;

/* Begins behind that time. The reader is lent. A host is taken to have promised its
 * beats as it does now. */
int pulse_new(struct store *reader, int64_t from, struct pulse **ret, struct error *err)
    MUST_USE;
void pulse_free(struct pulse *pulse); /* NULL is fine */
AUTO_DEFINE(pulse)

/* The beats from the last such time on until this one, as of which they come; the pulse
 * owns them until it is asked again. */
int pulse_next(struct pulse *pulse, int64_t until, const struct trial_arrival **ret,
               size_t *ret_count, struct error *err) MUST_USE;

#endif
