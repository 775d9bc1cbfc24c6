// SPDX-License-Identifier: GPL-3.0-or-later
/* helpers - a list, a signal, a timer for the one whose time is over first, and a poll
 * for each descriptor. */
#include "daemon/helpers.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"

struct running {
    struct helper *helper;
    struct helper_end end;
    struct helpers *helpers;
    uv_poll_t *polls[HELPER_FDS]; /* those in use come first */
    size_t poll_count;
    bool is_stuck; /* and end.stuck was told */
    struct running *next;
};

struct helpers {
    uv_loop_t *loop;
    uv_signal_t *signal;
    uv_timer_t *timer;
    struct running *first;
};

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* ---- descriptors ---- */

static void on_ready(uv_poll_t *poll, int status, int events);

/* Before the helper may close any of them. */
static void unwatch(struct running *running)
{
    for (size_t i = 0; i < running->poll_count; i++)
        uv_close((uv_handle_t *)running->polls[i], free_handle);
    running->poll_count = 0;
}

static void watch(struct running *running)
{
    struct pollfd fds[HELPER_FDS];
    size_t count = helper_poll(running->helper, fds);
    for (size_t i = 0; i < count; i++) {
        uv_poll_t *poll = memory_new(sizeof *poll);
        uv_poll_init(running->helpers->loop, poll, fds[i].fd);
        poll->data = running;
        uv_poll_start(poll, fds[i].events == POLLOUT ? UV_WRITABLE : UV_READABLE,
                      on_ready);
        running->polls[running->poll_count++] = poll;
    }
}

/* ---- time ---- */

static void on_timer(uv_timer_t *timer);

/* For the one whose time is over first. */
static void plan_timer(struct helpers *helpers)
{
    int64_t due = INT64_MAX;
    for (const struct running *each = helpers->first; each; each = each->next)
        if (helper_due(each->helper) < due)
            due = helper_due(each->helper);
    int64_t wait = (due - clock_monotonic()) / 1000 + 1;
    if (!helpers->first)
        uv_timer_stop(helpers->timer);
    else
        uv_timer_start(helpers->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* ---- their ends ---- */

static void unlink_running(struct running *running)
{
    struct running **at = &running->helpers->first;
    while (*at != running)
        at = &(*at)->next;
    *at = running->next;
}

static void running_free(struct running *running)
{
    unwatch(running);
    helper_free(running->helper);
    free(running);
}

/* What over does may start and stop others. */
static void finish(struct running *running)
{
    struct ended ended;
    unlink_running(running);
    helper_ended(running->helper, &ended);
    running->end.over(running->end.context, &ended);
    running_free(running);
}

static void tell_stuck(struct running *running)
{
    struct ended ended;
    running->is_stuck = true;
    helper_ended(running->helper, &ended);
    running->end.stuck(running->end.context, &ended);
}

/* Whether it is over. */
static bool turn(struct running *running)
{
    unwatch(running);
    if (helper_turn(running->helper))
        return true;
    bool is_stuck = helper_is_stuck(running->helper);
    if (is_stuck && !running->end.stuck)
        return true;
    watch(running);
    if (is_stuck && !running->is_stuck)
        tell_stuck(running);
    return false;
}

static struct running *turn_until_one_is_over(struct helpers *helpers)
{
    for (struct running *each = helpers->first; each; each = each->next)
        if (turn(each))
            return each;
    return NULL;
}

static void turn_all(struct helpers *helpers)
{
    for (struct running *over; (over = turn_until_one_is_over(helpers));)
        finish(over);
    plan_timer(helpers);
}

static void on_ready(uv_poll_t *poll, int status UNUSED, int events UNUSED)
{
    struct running *running = poll->data;
    struct helpers *helpers = running->helpers;
    if (turn(running))
        finish(running);
    plan_timer(helpers);
}

static void on_signal(uv_signal_t *handle, int number UNUSED)
{
    turn_all(handle->data);
}

static void on_timer(uv_timer_t *timer)
{
    turn_all(timer->data);
}

/* ---- what is offered ---- */

struct helpers *helpers_new(struct uv_loop_s *loop)
{
    struct helpers *helpers = memory_new(sizeof *helpers);
    helpers->loop = loop;
    helpers->signal = memory_new(sizeof *helpers->signal);
    helpers->timer = memory_new(sizeof *helpers->timer);
    uv_signal_init(loop, helpers->signal);
    uv_timer_init(loop, helpers->timer);
    helpers->signal->data = helpers->timer->data = helpers;
    uv_signal_start(helpers->signal, on_signal, SIGCHLD);
    return helpers;
}

void helpers_free(struct helpers *helpers)
{
    if (!helpers)
        return;
    while (helpers->first)
        helpers_stop(helpers->first);
    uv_close((uv_handle_t *)helpers->signal, free_handle);
    uv_close((uv_handle_t *)helpers->timer, free_handle);
    free(helpers);
}

int helpers_start(struct helpers *helpers, const struct helper_plan *plan,
                  const struct helper_end *end, struct running **ret, struct error *err)
{
    struct helper *helper = NULL;
    int rc = helper_start(plan, &helper, err);
    if (rc < 0)
        return rc;
    struct running *running = memory_new(sizeof *running);
    *running = (struct running){
        .helper = helper, .end = *end, .helpers = helpers, .next = helpers->first};
    helpers->first = running;
    watch(running);
    plan_timer(helpers);
    *ret = running;
    return 0;
}

void helpers_stop(struct running *running)
{
    if (!running)
        return;
    struct helpers *helpers = running->helpers;
    unlink_running(running);
    running_free(running);
    plan_timer(helpers);
}
