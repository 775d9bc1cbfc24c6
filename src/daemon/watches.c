// SPDX-License-Identifier: GPL-3.0-or-later
/* watches - a timer an instance. */
#include "daemon/watches.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"
#include "daemon/schedule.h"
#include "daemon/sight.h"

#define TWICE_MS 1000 /* between two looks, where there is but one round */

struct watch {
    struct watches *all;
    const struct instance *instance;
    uv_timer_t *timer;
    struct sight *sight; /* the look that runs; NULL */
    void *memory;        /* of the monitor */
    int crashes;         /* looks in a row */
    bool has_looked;
    bool is_stuck; /* its look hangs: there is no other until that ends */
};

struct watches {
    struct watches_parts parts;
    struct watch **items;
    size_t count;
    void (*done)(void *context); /* of the one round; NULL: it goes on */
    size_t left;                 /* in that round */
};

struct watches *watches_new(const struct watches_parts *parts)
{
    struct watches *watches = memory_new(sizeof *watches);
    watches->parts = *parts;
    return watches;
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void watch_free(struct watch *watch)
{
    const struct monitor *monitor = watch->instance->monitor;
    sight_free(watch->sight);
    if (monitor && monitor->forget && watch->memory)
        monitor->forget(watch->memory);
    uv_close((uv_handle_t *)watch->timer, free_handle);
    free(watch);
}

void watches_free(struct watches *watches)
{
    if (!watches)
        return;
    for (size_t i = 0; i < watches->count; i++)
        watch_free(watches->items[i]);
    free(watches->items);
    free(watches);
}

/* ---- one look ---- */

static void on_timer(uv_timer_t *timer);

static void plan_next(struct watch *watch)
{
    const struct instance *instance = watch->instance;
    int64_t now = clock_monotonic() / 1000;
    int64_t every = schedule_pause(instance->every, watch->crashes);
    int64_t phase = schedule_phase(watch->all->parts.host, instance->tag, every);
    int64_t wait = schedule_next(now, every, phase);
    uv_timer_start(watch->timer, on_timer, (uint64_t)wait, 0);
}

/* In the one round. */
static void finish_round(struct watch *watch, bool needs_another)
{
    struct watches *all = watch->all;
    if (needs_another)
        uv_timer_start(watch->timer, on_timer, TWICE_MS, 0);
    else if (--all->left == 0)
        all->done(all->parts.context);
}

static void on_seen(void *context, const struct seen *seen)
{
    struct watch *watch = context;
    struct watches *all = watch->all;
    bool is_first = !watch->has_looked, was_stuck = watch->is_stuck;
    struct looked looked = {.instance = watch->instance,
                            .findings = seen->findings,
                            .fault = seen->fault,
                            .is_crash = seen->is_crash,
                            .is_partial = seen->is_partial,
                            .is_first = is_first};
    watch->is_stuck = seen->is_stuck;
    watch->has_looked = true;
    watch->crashes = seen->is_crash ? watch->crashes + 1 : 0;
    if (!seen->is_stuck)
        watch->sight = NULL;
    if (!seen->is_stuck && !all->done)
        plan_next(watch);
    all->parts.looked(all->parts.context, &looked);
    if (all->done && !was_stuck)
        finish_round(watch, is_first && seen->is_partial);
}

static void on_timer(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    const struct watches_parts *parts = &watch->all->parts;
    struct sight_plan plan = {.instance = watch->instance,
                              .root = parts->root,
                              .memory = &watch->memory,
                              .seen = on_seen,
                              .context = watch};
    sight_begin(&plan, parts->helpers, &watch->sight);
}

/* ---- which there are ---- */

static struct watch *watch_new(struct watches *all, const struct instance *instance)
{
    struct watch *watch = memory_new(sizeof *watch);
    watch->all = all;
    watch->instance = instance;
    watch->timer = memory_new(sizeof *watch->timer);
    uv_timer_init(all->parts.loop, watch->timer);
    watch->timer->data = watch;
    return watch;
}

static void start(struct watch *watch)
{
    const struct instance *instance = watch->instance;
    int64_t phase =
        schedule_phase(watch->all->parts.host, instance->tag, instance->every);
    uv_timer_start(watch->timer, on_timer,
                   (uint64_t)schedule_first(instance->every, phase), 0);
}

/* The watch that goes on as this instance; it is taken out of the old ones. NULL. */
static struct watch *take_same(struct watch **olds, size_t count,
                               const struct instance *instance)
{
    for (size_t i = 0; i < count; i++)
        if (olds[i] && instance_is_same(olds[i]->instance, instance)) {
            struct watch *watch = TAKE(olds[i]);
            watch->instance = instance;
            if (watch->sight)
                sight_use(watch->sight, instance);
            return watch;
        }
    return NULL;
}

void watches_use(struct watches *watches, const struct roster *roster)
{
    struct watch **olds = watches->items;
    size_t old_count = watches->count;
    watches->items = memory_new((roster->count + 1) * sizeof *watches->items);
    watches->count = roster->count;
    for (size_t i = 0; i < roster->count; i++) {
        watches->items[i] = take_same(olds, old_count, &roster->items[i]);
        if (watches->items[i])
            continue;
        watches->items[i] = watch_new(watches, &roster->items[i]);
        start(watches->items[i]);
    }
    for (size_t i = 0; i < old_count; i++)
        if (olds[i])
            watch_free(olds[i]);
    free(olds);
}

void watches_look_once(struct watches *watches, const struct roster *roster,
                       void (*done)(void *context))
{
    watches->done = done;
    watches->left = watches->count = roster->count;
    watches->items = memory_new((roster->count + 1) * sizeof *watches->items);
    for (size_t i = 0; i < roster->count; i++) {
        watches->items[i] = watch_new(watches, &roster->items[i]);
        uv_timer_start(watches->items[i]->timer, on_timer, 0, 0);
    }
}

size_t watches_new_count(const struct watches *watches)
{
    size_t count = 0;
    for (size_t i = 0; i < watches->count; i++)
        count += !watches->items[i]->has_looked;
    return count;
}
