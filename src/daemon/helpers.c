// SPDX-License-Identifier: GPL-3.0-or-later
/* helpers - a list, a signal and a timer. */
#include "daemon/helpers.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "base/memory.h"

#define TURN_MS 50

struct running {
    struct helper *helper;
    struct helper_end end;
    struct helpers *helpers;
    struct running *next;
};

struct helpers {
    uv_loop_t *loop;
    uv_signal_t *signal;
    uv_timer_t *timer;
    struct running *first;
};

static void unlink_running(struct running *running)
{
    struct running **at = &running->helpers->first;
    while (*at != running)
        at = &(*at)->next;
    *at = running->next;
    if (!running->helpers->first)
        uv_timer_stop(running->helpers->timer);
}

static void running_free(struct running *running)
{
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

static struct running *turn_until_one_is_over(struct helpers *helpers)
{
    for (struct running *each = helpers->first; each; each = each->next)
        if (helper_turn(each->helper))
            return each;
    return NULL;
}

static void turn_all(struct helpers *helpers)
{
    for (struct running *over; (over = turn_until_one_is_over(helpers));)
        finish(over);
}

static void on_signal(uv_signal_t *handle, int number UNUSED)
{
    turn_all(handle->data);
}

static void on_timer(uv_timer_t *handle)
{
    turn_all(handle->data);
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

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
    if (!uv_is_active((uv_handle_t *)helpers->timer))
        uv_timer_start(helpers->timer, on_timer, TURN_MS, TURN_MS);
    *ret = running;
    return 0;
}

void helpers_stop(struct running *running)
{
    if (!running)
        return;
    unlink_running(running);
    running_free(running);
}
