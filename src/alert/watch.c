// SPDX-License-Identifier: GPL-3.0-or-later
/* watch - the steps of a round follow each other by way of the loop; the end of one
 * sets the timer for the next. */
#include "alert/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "alert/round.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#define TICK_MS  5000  /* from one look at the time to the next */
#define PACE_MS  200   /* from the beginning of a round to that of the next … */
#define SHARE    20    /* … or so many times what it took */
#define PAUSE_MS 60000 /* the longest of these */

struct watch {
    struct round round; /* first: its steps are jobs with it, and we find us again */
    struct watch_parts parts;
    char *path;
    const struct config *config;
    struct worker *thread;
    struct touched *touched; /* since the round that runs, or ran last, began */
    uv_timer_t timer;
    int64_t began, ready; /* ms of the loop: the last round; from when the next may */
    int64_t ticked;       /* when the time was looked at last; 0: never */
    bool is_started, is_busy, is_stopped;
    bool is_forced;    /* rules are to be read again */
    bool is_unapplied; /* what was judged last is not in the store yet */
    bool has_failed;   /* the last round; said once */
    void (*stopped)(void *context);
    void *context;
};

static int64_t now_ms(const struct watch *watch)
{
    return (int64_t)uv_now(watch->parts.loop);
}

static void begin(struct watch *watch);

static void on_timer(uv_timer_t *timer)
{
    begin(timer->data);
}

/* As early as it may be, where there is something to be judged; else at the tick. */
static void set_timer(struct watch *watch)
{
    if (!watch->is_started || watch->is_busy || watch->is_stopped)
        return;
    int64_t now = now_ms(watch);
    bool is_wanted =
        !touched_is_empty(watch->touched) || watch->is_unapplied || watch->ticked == 0;
    int64_t at = is_wanted ? now : watch->ticked + TICK_MS;
    if (at < watch->ready)
        at = watch->ready;
    uv_timer_start(&watch->timer, on_timer, at > now ? (uint64_t)(at - now) : 0, 0);
}

/* ---- a round ---- */

static void report(struct watch *watch)
{
    const struct round *round = &watch->round;
    if (watch->is_stopped)
        return;
    if (round->rc < 0 && !watch->has_failed)
        log_error("watch: nothing can be judged: %s; tried again", round->err.text);
    if (round->rc >= 0 && watch->has_failed)
        log_info("watch: alerts are judged again");
    watch->has_failed = round->rc < 0;
}

static void end(struct watch *watch)
{
    struct round *round = &watch->round;
    int64_t pause = round->work * SHARE / 1000;
    report(watch);
    if (pause < PACE_MS || pause > PAUSE_MS)
        pause = pause < PACE_MS ? PACE_MS : PAUSE_MS;
    if (round->rc < 0)
        pause = TICK_MS;
    watch->ready = watch->began + pause;
    watch->is_busy = false;
    touched_move(round->touched, watch->touched);
    if (round->has_news)
        watch->parts.has_news(watch->parts.context);
    if (watch->is_stopped && watch->stopped)
        watch->stopped(watch->context);
    set_timer(watch);
}

static void on_applied(void *context)
{
    struct watch *watch = context;
    watch->is_unapplied = watch->round.rc != 0;
    end(watch);
}

static void on_judged(void *context)
{
    struct watch *watch = context;
    watch->is_unapplied |= watch->round.rc > 0;
    if (watch->round.rc < 0 || !watch->is_unapplied) {
        end(watch);
        return;
    }
    watch->round.config = watch->config;
    worker_run(watch->parts.worker, round_apply, on_applied, watch);
}

static void on_turned(void *context)
{
    struct watch *watch = context;
    if (watch->round.rc < 0)
        end(watch);
    else
        worker_run(watch->thread, round_judge, on_judged, watch);
}

static void take_folders(struct watch *watch)
{
    texts_clear(&watch->round.folders);
    for (size_t i = 0; i < watch->config->rules.count; i++)
        texts_add(&watch->round.folders, watch->config->rules.items[i]);
}

static void begin(struct watch *watch)
{
    struct round *round = &watch->round;
    watch->began = now_ms(watch);
    watch->is_busy = true;
    round->is_timed = watch->ticked == 0 || watch->began >= watch->ticked + TICK_MS;
    round->now = clock_now();
    round->work = 0;
    round->has_news = false;
    round->rc = 0;
    round->config = watch->config;
    round->is_forced |= watch->is_forced;
    round->is_used &= !watch->is_forced;
    watch->is_forced = false;
    take_folders(watch);
    touched_move(watch->touched, round->touched);
    if (round->is_timed) {
        watch->ticked = watch->began;
        worker_run(watch->parts.worker, round_turn, on_turned, watch);
    } else {
        worker_run(watch->thread, round_judge, on_judged, watch);
    }
}

/* ---- from outside ---- */

struct watch *watch_new(const struct watch_parts *parts, const struct config *config)
{
    struct watch *watch = memory_new(sizeof *watch);
    watch->parts = *parts;
    watch->path = text_copy(parts->path);
    watch->config = config;
    watch->thread = worker_new(parts->loop);
    watch->touched = touched_new();
    watch->timer.data = watch;
    uv_timer_init(parts->loop, &watch->timer);
    round_init(&watch->round, watch->path, parts->store);
    return watch;
}

void watch_start(struct watch *watch)
{
    watch->is_started = true;
    set_timer(watch);
}

void watch_use(struct watch *watch, const struct config *config)
{
    watch->config = config;
    watch->is_forced = true;
    watch->ticked = 0;
    set_timer(watch);
}

void watch_wake(struct watch *watch, struct touched *touched)
{
    touched_move(touched, watch->touched);
    set_timer(watch);
}

void watch_stop(struct watch *watch, void (*stopped)(void *context), void *context)
{
    watch->is_stopped = true;
    watch->stopped = stopped;
    watch->context = context;
    uv_timer_stop(&watch->timer);
    judge_stop(watch->round.judge);
    if (!watch->is_busy)
        stopped(context);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    assert(!watch->is_busy);
    worker_free(watch->thread);
    round_clear(&watch->round);
    touched_free(watch->touched);
    free(watch->path);
    uv_close((uv_handle_t *)&watch->timer, on_closed);
}
