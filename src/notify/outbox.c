// SPDX-License-Identifier: GPL-3.0-or-later
/* outbox - a lane for each notifier, and in it a child. Its stdin is the pipe that
 * wakes it; the end of that pipe, by our will or by our death, is what ends it. */
#include "notify/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"

#define PAUSE_MIN 1000  /* ms before a teller that fell over starts again */
#define PAUSE_MAX 60000 /* after it fell over again and again */

struct lane {
    struct outbox *outbox;
    char *name;            /* of the notifier */
    bool is_gone;          /* the configuration has it no longer */
    uv_process_t *process; /* NULL: none runs */
    uv_pipe_t *wake;       /* to its stdin; NULL: it was told to end */
    uv_timer_t *timer;     /* until it starts again */
    uint64_t started;      /* ms, by the loop's clock */
    int64_t pause;
};

struct outbox {
    uv_loop_t *loop;
    char *program, *store;
    char *conf; /* NULL: the defaults */
    bool is_stopping;
    void (*stopped)(void *context);
    void *context;
    struct lane **lanes;
    size_t lane_count;
};

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* The teller sees the end of its stdin. */
static void dismiss(struct lane *lane)
{
    if (lane->wake)
        uv_close((uv_handle_t *)TAKE(lane->wake), free_handle);
}

static void check_stopped(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->lane_count; i++)
        if (outbox->lanes[i]->process)
            return;
    if (outbox->stopped)
        outbox->stopped(outbox->context);
    outbox->stopped = NULL;
}

static void start(struct lane *lane);

static void on_timer(uv_timer_t *timer)
{
    start(timer->data);
}

static void start_later(struct lane *lane)
{
    bool lived = uv_now(lane->outbox->loop) - lane->started > PAUSE_MAX;
    lane->pause = lived || lane->pause == 0 ? PAUSE_MIN : lane->pause * 2;
    if (lane->pause > PAUSE_MAX)
        lane->pause = PAUSE_MAX;
    uv_timer_start(lane->timer, on_timer, (uint64_t)lane->pause, 0);
}

/* Once its child has ended. */
static void remove_lane(struct lane *lane)
{
    struct outbox *outbox = lane->outbox;
    size_t at = 0;
    while (outbox->lanes[at] != lane)
        at++;
    outbox->lanes[at] = outbox->lanes[--outbox->lane_count];
    uv_close((uv_handle_t *)lane->timer, free_handle);
    free(lane->name);
    free(lane);
}

/* One that was dismissed has a successor at once, unless we stop. */
static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct lane *lane = process->data;
    bool was_dismissed = !lane->wake;
    uv_close((uv_handle_t *)TAKE(lane->process), free_handle);
    dismiss(lane);
    if (lane->outbox->is_stopping) {
        check_stopped(lane->outbox);
    } else if (lane->is_gone) {
        remove_lane(lane);
    } else if (was_dismissed) {
        start(lane);
    } else {
        char pause[UNITS_TEXT_SIZE];
        start_later(lane);
        log_warning("outbox: the teller of %s ended by %s %d; it starts again in %s",
                    lane->name, signal ? "signal" : "status",
                    signal ? signal : (int)status, duration_format(lane->pause, pause));
    }
}

static int spawn(struct lane *lane)
{
    const struct outbox *outbox = lane->outbox;
    char *arguments[] = {
        outbox->program, "--store",  outbox->store,
        "--notifier",    lane->name, outbox->conf ? "-c" : NULL,
        outbox->conf,    NULL,
    };
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE,
         .data.stream = (uv_stream_t *)lane->wake},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
    };
    uv_process_options_t options = {.file = outbox->program,
                                    .args = arguments,
                                    .stdio = stdio,
                                    .stdio_count = 3,
                                    .exit_cb = on_ended};
    return uv_spawn(outbox->loop, lane->process, &options);
}

static void start(struct lane *lane)
{
    uv_loop_t *loop = lane->outbox->loop;
    lane->started = uv_now(loop);
    lane->wake = memory_new(sizeof *lane->wake);
    uv_pipe_init(loop, lane->wake, 0);
    lane->process = memory_new(sizeof *lane->process);
    lane->process->data = lane;
    int rc = spawn(lane);
    if (rc == 0)
        return;
    log_error("outbox: %s: %s; nothing is told by %s for now", lane->outbox->program,
              uv_strerror(rc), lane->name);
    uv_close((uv_handle_t *)TAKE(lane->process), free_handle);
    dismiss(lane);
    start_later(lane);
}

/* ---- which there are ---- */

static struct lane *find_lane(const struct outbox *outbox, const char *name)
{
    for (size_t i = 0; i < outbox->lane_count; i++)
        if (strcmp(outbox->lanes[i]->name, name) == 0)
            return outbox->lanes[i];
    return NULL;
}

static struct lane *add_lane(struct outbox *outbox, const char *name)
{
    struct lane *lane = memory_new(sizeof *lane);
    lane->outbox = outbox;
    lane->name = text_copy(name);
    lane->timer = memory_new(sizeof *lane->timer);
    uv_timer_init(outbox->loop, lane->timer);
    lane->timer->data = lane;
    outbox->lanes =
        memory_resize(outbox->lanes, (outbox->lane_count + 1) * sizeof(struct lane *));
    outbox->lanes[outbox->lane_count++] = lane;
    return lane;
}

/* The one of that name, a new one where there is none. */
static struct lane *need_lane(struct outbox *outbox, const char *name)
{
    struct lane *lane = find_lane(outbox, name);
    if (!lane)
        lane = add_lane(outbox, name);
    lane->is_gone = false;
    return lane;
}

static void use_config(struct outbox *outbox, const struct config *config)
{
    free(outbox->conf);
    outbox->conf = text_copy(config->path);
    for (size_t i = 0; i < outbox->lane_count; i++)
        outbox->lanes[i]->is_gone = true;
    need_lane(outbox, "log");
    need_lane(outbox, "mailto");
    for (size_t i = 0; i < config->notifiers.count; i++)
        need_lane(outbox, config->notifiers.items[i].name);
}

struct outbox *outbox_new(const struct outbox_parts *parts, const struct config *config)
{
    struct outbox *outbox = memory_new(sizeof *outbox);
    outbox->loop = parts->loop;
    outbox->program = text_copy(parts->program);
    outbox->store = text_copy(parts->store);
    use_config(outbox, config);
    return outbox;
}

void outbox_start(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->lane_count; i++)
        start(outbox->lanes[i]);
}

/* A pipe that is full holds wake-ups enough. */
void outbox_wake(struct outbox *outbox)
{
    uv_buf_t byte = uv_buf_init("\n", 1);
    for (size_t i = 0; i < outbox->lane_count; i++)
        if (outbox->lanes[i]->wake)
            (void)uv_try_write((uv_stream_t *)outbox->lanes[i]->wake, &byte, 1);
}

/* From the last one on, for one that goes is replaced by the last. */
void outbox_use(struct outbox *outbox, const struct config *config)
{
    use_config(outbox, config);
    for (size_t i = outbox->lane_count; i-- > 0;) {
        struct lane *lane = outbox->lanes[i];
        bool is_waiting = !lane->process;
        dismiss(lane);
        if (is_waiting && lane->is_gone)
            remove_lane(lane);
        else if (is_waiting)
            uv_timer_start(lane->timer, on_timer, 0, 0);
    }
}

void outbox_stop(struct outbox *outbox, void (*stopped)(void *context), void *context)
{
    outbox->is_stopping = true;
    outbox->stopped = stopped;
    outbox->context = context;
    for (size_t i = 0; i < outbox->lane_count; i++) {
        uv_timer_stop(outbox->lanes[i]->timer);
        dismiss(outbox->lanes[i]);
    }
    check_stopped(outbox);
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    while (outbox->lane_count > 0) {
        assert(!outbox->lanes[0]->process);
        remove_lane(outbox->lanes[0]);
    }
    free(outbox->lanes);
    free(outbox->program);
    free(outbox->store);
    free(outbox->conf);
    free(outbox);
}
