// SPDX-License-Identifier: GPL-3.0-or-later
/* receivers - one set after the other:
 *
 *     use ──> stop those that run ──> load, on the worker ──> start
 */
#include "receiver/receivers.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/worker.h"
#include "plugin/plugin.h"
#include "receiver/receiver.h"

#define PAUSE_MIN 1000 /* ms until one that fell over starts again */

struct receivers {
    struct receivers_parts parts;
    char *store; /* ours: a configuration does not last as long */
    struct worker *worker;
    struct texts folders, next; /* of those that run; of those to be used */
    bool has_next;
    struct plugins plugins;
    struct receiver **items;
    size_t count, running;
    bool is_loading; /* the worker has our job */
    bool is_stopping, was_isolation_said;
    void (*stopped)(void *context);
    void *stopped_context;
};

struct receivers *receivers_new(const struct receivers_parts *parts)
{
    struct receivers *receivers = memory_new(sizeof *receivers);
    receivers->parts = *parts;
    receivers->store = text_copy(parts->store);
    receivers->worker = worker_new(parts->loop);
    return receivers;
}

/* ---- on the worker ---- */

static void say(void *context UNUSED, const char *sentence)
{
    log_warning("plugin: %s", sentence);
}

static void load(void *job)
{
    struct receivers *receivers = job;
    plugins_load(&receivers->folders, say, NULL, &receivers->plugins);
}

/* ---- on the loop ---- */

static void say_isolation(struct receivers *receivers, const struct plugin *plugin)
{
    if (starter_can_isolate(receivers->parts.starter) || plugin->has_network ||
        receivers->was_isolation_said)
        return;
    log_warning("receiver: %s, and others: the network cannot be taken away from them: "
                "this system lets us make no namespace; they run with it",
                plugin->name);
    receivers->was_isolation_said = true;
}

static void start_one(struct receivers *receivers, const struct plugin *plugin)
{
    struct receiver_parts parts = {.loop = receivers->parts.loop,
                                   .plugin = plugin,
                                   .starter = receivers->parts.starter,
                                   .store = receivers->store,
                                   .intake = receivers->parts.intake,
                                   .pushed = receivers->parts.pushed,
                                   .context = receivers->parts.context,
                                   .patience = RECEIVER_PATIENCE,
                                   .pause_min = PAUSE_MIN};
    say_isolation(receivers, plugin);
    receivers->items = memory_resize(receivers->items, (receivers->count + 1) *
                                                           sizeof(struct receiver *));
    receivers->items[receivers->count++] = receiver_new(&parts);
    receivers->running++;
}

static void check_rest(struct receivers *receivers);

static void on_loaded(void *job)
{
    struct receivers *receivers = job;
    receivers->is_loading = false;
    if (receivers->is_stopping || receivers->has_next) {
        check_rest(receivers);
        return;
    }
    for (size_t i = 0; i < receivers->plugins.count; i++)
        if (receivers->plugins.items[i]->has_receiver)
            start_one(receivers, receivers->plugins.items[i]);
}

static void forget(struct receivers *receivers)
{
    for (size_t i = 0; i < receivers->count; i++)
        receiver_free(receivers->items[i]);
    free(TAKE(receivers->items));
    receivers->count = 0;
    plugins_clear(&receivers->plugins);
}

/* Goes on when nothing of ours runs any more, here or on the worker. */
static void check_rest(struct receivers *receivers)
{
    if (receivers->running > 0 || receivers->is_loading)
        return;
    forget(receivers);
    if (receivers->is_stopping) {
        if (receivers->stopped)
            receivers->stopped(receivers->stopped_context);
        return;
    }
    texts_clear(&receivers->folders);
    receivers->folders = receivers->next;
    receivers->next = (struct texts){0};
    receivers->has_next = false;
    receivers->is_loading = true;
    worker_run(receivers->worker, load, on_loaded, receivers);
}

static void on_stopped(void *context)
{
    struct receivers *receivers = context;
    receivers->running--;
    check_rest(receivers);
}

static void stop_each(struct receivers *receivers)
{
    for (size_t i = 0; i < receivers->count; i++)
        receiver_stop(receivers->items[i], on_stopped, receivers);
}

void receivers_use(struct receivers *receivers, const struct config *config)
{
    bool is_under_way = receivers->has_next;
    texts_clear(&receivers->next);
    for (size_t i = 0; i < config->plugins.count; i++)
        texts_add(&receivers->next, config->plugins.items[i]);
    receivers->has_next = true;
    if (is_under_way)
        return;
    stop_each(receivers);
    check_rest(receivers);
}

void receivers_wake(struct receivers *receivers)
{
    for (size_t i = 0; i < receivers->count; i++)
        receiver_wake(receivers->items[i]);
}

void receivers_stop(struct receivers *receivers, void (*stopped)(void *context),
                    void *context)
{
    bool is_under_way = receivers->has_next;
    receivers->is_stopping = true;
    receivers->stopped = stopped;
    receivers->stopped_context = context;
    if (!is_under_way)
        stop_each(receivers);
    check_rest(receivers);
}

void receivers_free(struct receivers *receivers)
{
    if (!receivers)
        return;
    assert(receivers->running == 0);
    forget(receivers);
    texts_clear(&receivers->folders);
    texts_clear(&receivers->next);
    worker_free(receivers->worker);
    free(receivers->store);
    free(receivers);
}
