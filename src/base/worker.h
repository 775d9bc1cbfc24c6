// SPDX-License-Identifier: GPL-3.0-or-later
/* worker - runs what is slow beside the event loop, one job at a time, in order.
 *
 * work() runs on the worker's own thread and touches only what the job owns, or what is
 * used by jobs of this worker alone: so a store that only one worker's jobs use needs
 * no lock. done() runs on the loop afterwards, while the next job may be at work
 * already. */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdbool.h>

#include "base/auto.h"

struct uv_loop_s;
struct worker;

struct worker *worker_new(struct uv_loop_s *loop);

/* NULL is fine; must be idle. Its memory is freed by the loop's next turn. */
void worker_free(struct worker *worker);
AUTO_DEFINE(worker)

/* Queues the job; never fails. done may queue further jobs. */
void worker_run(struct worker *worker, void (*work)(void *job), void (*done)(void *job),
                void *job);

bool worker_is_idle(const struct worker *worker); /* nothing runs and nothing waits */

#endif
