// SPDX-License-Identifier: GPL-3.0-or-later
/* bridge - between a thread of a receiver and the loop: parcels go over it one at a
 * time, and the word that it is to stop comes back.
 *
 * Used by: receiver.c. Functions say on which side they are called. */
#ifndef RECEIVER_BRIDGE_H
#define RECEIVER_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "queue/intake.h"

struct uv_loop_s;
struct bridge;

struct bridge_parts { /* lent */
    struct uv_loop_s *loop;
    struct intake *intake;
    void (*run)(void *context);    /* the thread */
    void (*pushed)(void *context); /* loop: something was put into the intake */
    void *pushed_context;
    void (*ended)(void *context); /* loop: run has returned */
    void *context;                /* of run and ended */
};

struct bridge *bridge_new(const struct bridge_parts *parts);
void bridge_start(struct bridge *bridge); /* loop: the thread begins */

/* loop: once ended was called. NULL is fine. Its memory is freed by the loop's next
 * turn. */
void bridge_free(struct bridge *bridge);

void bridge_wake(struct bridge *bridge); /* loop: bridge_fd becomes ready */
void bridge_stop(struct bridge *bridge); /* loop: likewise; and for good */

/* thread */
bool bridge_is_stopping(struct bridge *bridge);
int bridge_fd(const struct bridge *bridge);
bool bridge_heed(struct bridge *bridge); /* whether it was ready; no longer is */
void bridge_rest(struct bridge *bridge, int64_t ms); /* less, when it is to stop */

/* thread: waits until the parcel is stored. -ECANCELED: we stop, and it is not. */
int bridge_send(struct bridge *bridge, struct parcel *parcel) MUST_USE;

#endif
