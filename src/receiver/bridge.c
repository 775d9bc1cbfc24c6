// SPDX-License-Identifier: GPL-3.0-or-later
/* bridge - a lock with what stands behind it, an eventfd for the thread, and an async
 * for the loop. */
#include "receiver/bridge.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"

#define PAUSE_FULL 50   /* ms, while the intake has no room */
#define PAUSE_MIN  1000 /* ms, when the store has failed */
#define PAUSE_MAX  5000

struct bridge {
    struct bridge_parts parts;
    int wake; /* eventfd */
    uv_async_t async;
    uv_thread_t thread;
    bool has_ended; /* the loop's */

    uv_mutex_t lock; /* of all below */
    uv_cond_t changed;
    bool is_stopping, has_pushed, is_answered, has_run;
    int answer;
};

/* ---- on the thread ---- */

bool bridge_is_stopping(struct bridge *bridge)
{
    uv_mutex_lock(&bridge->lock);
    bool is_stopping = bridge->is_stopping;
    uv_mutex_unlock(&bridge->lock);
    return is_stopping;
}

int bridge_fd(const struct bridge *bridge)
{
    return bridge->wake;
}

bool bridge_heed(struct bridge *bridge)
{
    uint64_t count;
    return read(bridge->wake, &count, sizeof count) > 0;
}

void bridge_rest(struct bridge *bridge, int64_t ms)
{
    int64_t end = clock_monotonic() + ms * 1000;
    uv_mutex_lock(&bridge->lock);
    while (!bridge->is_stopping && clock_monotonic() < end)
        uv_cond_timedwait(&bridge->changed, &bridge->lock,
                          (uint64_t)(end - clock_monotonic() + 1) * 1000);
    uv_mutex_unlock(&bridge->lock);
}

static void on_answer(struct parcel *parcel, int rc)
{
    struct bridge *bridge = parcel->sender;
    uv_mutex_lock(&bridge->lock);
    bridge->is_answered = true;
    bridge->answer = rc;
    uv_cond_broadcast(&bridge->changed);
    uv_mutex_unlock(&bridge->lock);
}

/* As long as it takes: whoever has the parcel answers it. */
static int await_answer(struct bridge *bridge)
{
    uv_mutex_lock(&bridge->lock);
    bridge->has_pushed = true;
    uv_async_send(&bridge->async);
    while (!bridge->is_answered)
        uv_cond_wait(&bridge->changed, &bridge->lock);
    bridge->is_answered = false;
    int rc = bridge->answer;
    uv_mutex_unlock(&bridge->lock);
    return rc;
}

int bridge_send(struct bridge *bridge, struct parcel *parcel)
{
    parcel->answer = on_answer;
    parcel->sender = bridge;
    for (int64_t pause = 0;;) {
        int rc = intake_push(bridge->parts.intake, parcel);
        if (rc == 0)
            rc = await_answer(bridge);
        if (rc == 0)
            return 0;
        if (bridge_is_stopping(bridge))
            return -ECANCELED;
        pause = rc == -ENOBUFS ? PAUSE_FULL : pause < PAUSE_MIN ? PAUSE_MIN : PAUSE_MAX;
        bridge_rest(bridge, pause);
    }
}

static void run(void *context)
{
    struct bridge *bridge = context;
    bridge->parts.run(bridge->parts.context);
    uv_mutex_lock(&bridge->lock);
    bridge->has_run = true;
    uv_async_send(&bridge->async);
    uv_mutex_unlock(&bridge->lock);
}

/* ---- on the loop ---- */

static void on_async(uv_async_t *async)
{
    struct bridge *bridge = async->data;
    uv_mutex_lock(&bridge->lock);
    bool has_pushed = bridge->has_pushed, has_run = bridge->has_run;
    bridge->has_pushed = false;
    uv_mutex_unlock(&bridge->lock);
    if (has_pushed)
        bridge->parts.pushed(bridge->parts.pushed_context);
    if (has_run && !bridge->has_ended) {
        uv_thread_join(&bridge->thread);
        bridge->has_ended = true;
        bridge->parts.ended(bridge->parts.context); /* may free it */
    }
}

struct bridge *bridge_new(const struct bridge_parts *parts)
{
    struct bridge *bridge = memory_new(sizeof *bridge);
    bridge->parts = *parts;
    bridge->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    uv_mutex_init(&bridge->lock);
    uv_cond_init(&bridge->changed);
    uv_async_init(parts->loop, &bridge->async, on_async);
    bridge->async.data = bridge;
    return bridge;
}

/* Signals are the loop's. */
void bridge_start(struct bridge *bridge)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = uv_thread_create(&bridge->thread, run, bridge);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert(rc == 0);
    (void)rc;
}

void bridge_wake(struct bridge *bridge)
{
    uint64_t one = 1;
    ssize_t count = write(bridge->wake, &one, sizeof one);
    (void)count; /* one that is full holds wake-ups enough */
}

void bridge_stop(struct bridge *bridge)
{
    uv_mutex_lock(&bridge->lock);
    bridge->is_stopping = true;
    uv_cond_broadcast(&bridge->changed);
    uv_mutex_unlock(&bridge->lock);
    bridge_wake(bridge);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void bridge_free(struct bridge *bridge)
{
    if (!bridge)
        return;
    assert(bridge->has_ended);
    uv_mutex_destroy(&bridge->lock);
    uv_cond_destroy(&bridge->changed);
    close(bridge->wake);
    uv_close((uv_handle_t *)&bridge->async, on_closed);
}
