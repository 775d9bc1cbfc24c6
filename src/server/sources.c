// SPDX-License-Identifier: GPL-3.0-or-later
/* sources - one set after the other:
 *
 *     use ──> stop what is read ──> positions, on the worker ──> start
 *                                       └─cannot be read─> wait ─┘
 */
#include "server/sources.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/log.h"
#include "base/memory.h"
#include "handler/source.h"
#include "queue/queue.h"

#define PAUSE_MS 5000 /* until the store is asked again */

struct sources {
    struct sources_parts parts;
    const struct config *config; /* of what is read */
    const struct config *next;   /* NULL: no other is to be used */
    struct source **items;
    size_t count, running;
    char **positions; /* of each place of config; NULL: never read */
    uv_timer_t timer;
    bool is_asking; /* the worker has our job */
    bool is_in_trouble, is_stopping;
    int rc; /* of the job */
    struct error err;
    void (*used)(void *context), (*stopped)(void *context);
    void *used_context, *stopped_context;
};

int sources_check(const struct config *config, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < config->read.count; i++)
        rc = source_check(&config->read.items[i], config, err);
    return rc < 0 ? error_prefix(err, rc, "read") : 0;
}

struct sources *sources_new(const struct sources_parts *parts)
{
    struct sources *sources = memory_new(sizeof *sources);
    sources->parts = *parts;
    uv_timer_init(parts->loop, &sources->timer);
    sources->timer.data = sources;
    return sources;
}

/* ---- the end of a set ---- */

static void forget(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        source_free(sources->items[i]);
    free(TAKE(sources->items));
    sources->count = 0;
}

static void ask(struct sources *sources);

/* Goes on when nothing of ours runs any more, here or on the worker. */
static void check_rest(struct sources *sources)
{
    if (sources->running > 0 || sources->is_asking)
        return;
    forget(sources);
    if (sources->is_stopping) {
        if (sources->stopped)
            sources->stopped(sources->stopped_context);
        return;
    }
    sources->config = TAKE(sources->next);
    if (sources->used)
        sources->used(sources->used_context);
    ask(sources);
}

static void on_source_stopped(void *context)
{
    struct sources *sources = context;
    sources->running--;
    check_rest(sources);
}

static void stop_each(struct sources *sources)
{
    uv_timer_stop(&sources->timer);
    for (size_t i = 0; i < sources->count; i++)
        source_stop(sources->items[i], on_source_stopped, sources);
}

/* ---- the start of one ---- */

static void free_positions(struct sources *sources)
{
    for (size_t i = 0; sources->positions && i < sources->config->read.count; i++)
        free(sources->positions[i]);
    free(TAKE(sources->positions));
}

static void start_each(struct sources *sources)
{
    const struct queue_places *places = &sources->config->read;
    sources->items = memory_new(places->count * sizeof *sources->items);
    for (size_t i = 0; i < places->count; i++) {
        struct error err = {0};
        struct source_parts parts = {.loop = sources->parts.loop,
                                     .intake = sources->parts.intake,
                                     .pushed = sources->parts.pushed,
                                     .context = sources->parts.context,
                                     .place = &places->items[i],
                                     .config = sources->config,
                                     .position = sources->positions[i]};
        if (source_new(&parts, &sources->items[sources->count], &err) < 0)
            log_error("source: %s; it is not read", err.text);
        else
            sources->count++;
    }
    sources->running = sources->count;
}

/* Where the store cannot say how far a queue is read, nothing is read: it might be left
 * out, or come twice. */
static void on_timer(uv_timer_t *timer)
{
    ask(timer->data);
}

static void wait_for_store(struct sources *sources)
{
    if (!sources->is_in_trouble)
        log_error("source: how far the queues are read is not known: %s; they wait, "
                  "and we keep trying",
                  sources->err.text);
    sources->is_in_trouble = true;
    uv_timer_start(&sources->timer, on_timer, PAUSE_MS, 0);
}

static void on_positions(void *job)
{
    struct sources *sources = job;
    bool is_over = sources->is_stopping || sources->next;
    sources->is_asking = false;
    if (!is_over && sources->rc == 0)
        start_each(sources);
    free_positions(sources);
    if (is_over)
        check_rest(sources);
    else if (sources->rc < 0)
        wait_for_store(sources);
    else
        sources->is_in_trouble = false;
}

/* On the worker. */
static void read_positions(void *job)
{
    struct sources *sources = job;
    const struct queue_places *places = &sources->config->read;
    sources->rc = 0;
    for (size_t i = 0; sources->rc == 0 && i < places->count; i++) {
        AUTO(str) char *name = NULL;
        sources->rc = queue_place_name(&places->items[i], &name, &sources->err);
        if (sources->rc == 0)
            sources->rc = store_get_position(sources->parts.store, name,
                                             &sources->positions[i], &sources->err);
    }
}

static void ask(struct sources *sources)
{
    size_t count = sources->config->read.count;
    if (count == 0)
        return;
    sources->positions = memory_new(count * sizeof *sources->positions);
    sources->is_asking = true;
    worker_run(sources->parts.worker, read_positions, on_positions, sources);
}

/* ---- what the server wants ---- */

void sources_use(struct sources *sources, const struct config *config,
                 void (*used)(void *context), void *context)
{
    sources->next = config;
    sources->used = used;
    sources->used_context = context;
    stop_each(sources);
    check_rest(sources);
}

void sources_stop(struct sources *sources, void (*stopped)(void *context),
                  void *context)
{
    bool is_changing = sources->next;
    sources->is_stopping = true;
    sources->stopped = stopped;
    sources->stopped_context = context;
    if (!is_changing)
        stop_each(sources);
    check_rest(sources);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void sources_free(struct sources *sources)
{
    if (!sources)
        return;
    forget(sources);
    uv_close((uv_handle_t *)&sources->timer, on_closed);
}
