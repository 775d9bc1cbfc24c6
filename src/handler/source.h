// SPDX-License-Identifier: GPL-3.0-or-later
/* source - reads one queue, batch by batch, on a thread of its own.
 *
 * Comes from: queue/queue.h.  Goes to: queue/intake.h, as parcels; when the store has
 * one, the queue is told so.
 * What cannot be read goes along as unread, for the dead letters: it never blocks what
 * follows. While the store cannot be written nothing is acknowledged, and one batch at
 * most is in memory; while the queue cannot be reached it is tried again, ever more
 * seldom, up to once in 30 s. Each is said once when it begins and once when it is
 * over. */
#ifndef HANDLER_SOURCE_H
#define HANDLER_SOURCE_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "queue/intake.h"

struct uv_loop_s;
struct source;

struct source_parts {
    struct uv_loop_s *loop;
    struct intake *intake;
    void (*pushed)(void *context); /* on the loop: something was put into the intake */
    void *context;
    const struct queue_place *place; /* lent while the source is there */
    const struct config *config;     /* likewise: ca, token */
    const char *position;            /* as the store has it; NULL: never read. Copied */
};

/* -EINVAL: the place is none that can be read, or not with this configuration or this
 * build. Connects to nothing. */
int source_check(const struct queue_place *place, const struct config *config,
                 struct error *err) MUST_USE;

/* Nothing is read before the loop runs. Connects on its thread, so a queue that is
 * down is no error. -EINVAL: the place is none that is read. */
int source_new(const struct source_parts *parts, struct source **ret, struct error *err)
    MUST_USE;

/* No further batch is received; the one under way is finished and acknowledged. Then
 * stopped is called, on the loop: within a second, or ten while the queue is silent. */
void source_stop(struct source *source, void (*stopped)(void *context), void *context);

/* NULL is fine; after it has stopped, or before it pushed anything. Its memory is freed
 * by the loop's next turn. */
void source_free(struct source *source);
AUTO_DEFINE(source)

const char *source_name(const struct source *source); /* see queue_place_name() */

#endif
