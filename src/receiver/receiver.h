// SPDX-License-Identifier: GPL-3.0-or-later
/* receiver - keeps one plugin's receiver running, gives it its messages, and hears what
 * it says, on a thread of its own: whatever it does, nobody else waits for it.
 *
 *     store ──letters──> FILE receive ──sayings──> intake (with how far it is)
 *
 * The queue before it is the store itself: it reads on from the last message that it
 * was done with, which is kept with what it said, so nothing is lost or comes twice,
 * whoever is killed when. A message is done with when the receiver reads the next one:
 * of that the first byte is sent, and when it is read, all that the receiver said
 * belongs to the message before. At the end of its input it ends, with status 0.
 *
 * One that ends before, or is not done with a message in time, or prints without end,
 * is started again after 1 s, 2 s, … up to 5 min; said once when that begins and once
 * when it is over. A message during which that happens three times is passed over. */
#ifndef RECEIVER_RECEIVER_H
#define RECEIVER_RECEIVER_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "plugin/plugin.h"
#include "queue/intake.h"
#include "receiver/starter.h"

#define RECEIVER_PATIENCE 60000 /* ms that a message may take */

struct uv_loop_s;
struct receiver;

struct receiver_parts { /* lent for as long as it is there */
    struct uv_loop_s *loop;
    const struct plugin *plugin;
    const struct starter *starter;
    const char *store; /* path; of several processes that have it, one runs it */
    struct intake *intake;
    void (*pushed)(void *context); /* on the loop: something was put into the intake */
    void *context;
    int64_t patience;  /* ms */
    int64_t pause_min; /* ms before it starts again, the first time */
};

/* Runs from the loop's next turn on. One that has never run is given what is stored
 * from then on. */
struct receiver *receiver_new(const struct receiver_parts *parts);

/* Something was stored. */
void receiver_wake(struct receiver *receiver);

/* Its input ends; what runs on after 3 s is killed. Then stopped is called, on the
 * loop, within 5 s unless the store is slow. */
void receiver_stop(struct receiver *receiver, void (*stopped)(void *context),
                   void *context);

/* NULL is fine; after it has stopped. Its memory is freed by the loop's next turn. */
void receiver_free(struct receiver *receiver);
AUTO_DEFINE(receiver)

#endif
