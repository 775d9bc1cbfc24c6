// SPDX-License-Identifier: GPL-3.0-or-later
/* pruner - a timer queues a step on the worker; the step's end sets the timer. */
#include "store/pruner.h"

#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/touched.h"

#define STEP_ROWS 500
#define PAUSE_MS  50 /* between steps: what waits in the queue goes first */
#define ROUND_MS  (60 * 60 * 1000)

struct pruner {
    struct pruner_parts parts;
    int64_t keep_messages, keep_output, keep_readings, keep_hours; /* ms */
    uv_timer_t timer;
    bool is_busy, is_stopped;

    /* of the step that runs */
    int64_t now;
    int rc, changed;
    struct touched *touched;
    struct error error;
};

static void prune(void *job)
{
    struct pruner *pruner = job;
    struct store *store = pruner->parts.store;
    pruner->changed = 0;
    pruner->rc = store_begin(store, &pruner->error);
    if (pruner->rc < 0)
        return;
    int pruned = 0, rolled = 0;
    pruner->rc = store_prune(store, pruner->now - pruner->keep_messages,
                             pruner->now - pruner->keep_output, STEP_ROWS,
                             pruner->touched, &pruned, &pruner->error);
    if (pruner->rc == 0)
        pruner->rc = store_roll_readings(store, pruner->now - pruner->keep_readings,
                                         pruner->now - pruner->keep_hours, STEP_ROWS,
                                         &rolled, &pruner->error);
    pruner->changed = pruned + rolled;
    if (pruner->rc < 0)
        store_rollback(store);
    else
        pruner->rc = store_commit(store, &pruner->error);
}

static void on_timer(uv_timer_t *timer);

static void on_pruned(void *job)
{
    struct pruner *pruner = job;
    pruner->is_busy = false;
    if (pruner->parts.has_changed && !touched_is_empty(pruner->touched))
        pruner->parts.has_changed(pruner->parts.context, pruner->touched);
    if (pruner->is_stopped)
        return;
    if (pruner->rc < 0)
        log_warning("pruner: old messages stay: %s; tried again in an hour",
                    pruner->error.text);
    bool is_done = pruner->rc < 0 || pruner->changed == 0;
    uv_timer_start(&pruner->timer, on_timer, is_done ? ROUND_MS : PAUSE_MS, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct pruner *pruner = timer->data;
    pruner->now = clock_now();
    pruner->is_busy = true;
    worker_run(pruner->parts.worker, prune, on_pruned, pruner);
}

struct pruner *pruner_new(const struct pruner_parts *parts, const struct config *config)
{
    struct pruner *pruner = memory_new(sizeof *pruner);
    pruner->parts = *parts;
    pruner->touched = touched_new();
    pruner->timer.data = pruner;
    uv_timer_init(parts->loop, &pruner->timer);
    pruner_use(pruner, config);
    return pruner;
}

void pruner_use(struct pruner *pruner, const struct config *config)
{
    pruner->keep_messages = config->keep_messages;
    pruner->keep_output = config->keep_output;
    pruner->keep_readings = config->keep_readings;
    pruner->keep_hours = config->keep_hours;
    if (!pruner->is_busy && !pruner->is_stopped)
        uv_timer_start(&pruner->timer, on_timer, 0, 0);
}

void pruner_stop(struct pruner *pruner)
{
    pruner->is_stopped = true;
    uv_timer_stop(&pruner->timer);
}

static void on_closed(uv_handle_t *handle)
{
    struct pruner *pruner = handle->data;
    touched_free(pruner->touched);
    free(pruner);
}

void pruner_free(struct pruner *pruner)
{
    if (pruner)
        uv_close((uv_handle_t *)&pruner->timer, on_closed);
}
