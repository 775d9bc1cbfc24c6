// SPDX-License-Identifier: GPL-3.0-or-later
/* window - a line of entries, each of which waits for the next burst, is in the intake,
 * has failed, or is stored; those that are stored go when they are the first. */
#include "queue/window.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "base/memory.h"

#define MESSAGE_WEIGHT 512 /* bytes that a message takes besides its texts */
#define RETRY_MIN_MS   100
#define RETRY_MAX_MS   5000

struct window {
    struct window_parts parts;
    struct entry_line line;
    struct entry *waiting;    /* the first that waits; all behind it do */
    size_t weight;            /* bytes of memory of those that are not stored, about */
    size_t in_intake, failed; /* entries */
    uv_timer_t retry, burst;
    int handles; /* of the loop, that are not closed yet */
    uint64_t retry_ms;
    uint64_t next_burst; /* ms, by the loop's clock */
    int rc;
    bool is_stopped;
};

/* ---- entries ---- */

static void on_answer(struct parcel *parcel, int rc);

struct entry *entry_new(const struct parcel *parcel)
{
    struct entry *entry = memory_new(sizeof *entry);
    entry->parcel = *parcel;
    entry->parcel.source = "door";
    entry->parcel.answer = on_answer;
    entry->parcel.sender = entry;
    return entry;
}

static void empty_parcel(struct parcel *parcel)
{
    message_list_clear(&parcel->messages);
    unread_list_clear(&parcel->unread);
}

void entry_free(struct entry *entry)
{
    empty_parcel(&entry->parcel);
    free(entry);
}

/* Texts are there twice: as they came, and in the message's fields. */
static size_t weigh(const struct entry *entry)
{
    const struct parcel *parcel = &entry->parcel;
    return 2 * parcel->size +
           (parcel->messages.count + parcel->unread.count + 1) * MESSAGE_WEIGHT;
}

void entry_line_push(struct entry_line *line, struct entry *entry)
{
    entry->next = NULL;
    if (line->last)
        line->last->next = entry;
    else
        line->first = entry;
    line->last = entry;
}

struct entry *entry_line_pop(struct entry_line *line)
{
    struct entry *entry = line->first;
    if (!entry)
        return NULL;
    line->first = entry->next;
    if (!line->first)
        line->last = NULL;
    return entry;
}

/* ---- handed over ---- */

/* What comes behind one that failed fails too, so that their order is kept. */
static void push(struct window *window, struct entry *entry)
{
    bool is_pushed =
        window->failed == 0 && intake_push(window->parts.intake, &entry->parcel) == 0;
    entry->state = is_pushed ? ENTRY_IN_INTAKE : ENTRY_FAILED;
    window->in_intake += is_pushed;
    window->failed += !is_pushed;
}

static void plan_retry(struct window *window);

static void on_retry(uv_timer_t *timer)
{
    struct window *window = timer->data;
    window->failed = 0;
    for (struct entry *entry = window->line.first; entry; entry = entry->next)
        if (entry->state == ENTRY_FAILED)
            push(window, entry);
    plan_retry(window);
    window->parts.pushed(window->parts.context);
}

/* Once all that are in the intake have come back. */
static void plan_retry(struct window *window)
{
    if (window->failed == 0 || window->in_intake > 0 || window->is_stopped)
        return;
    uv_timer_start(&window->retry, on_retry, window->retry_ms, 0);
    window->retry_ms *= 2;
    if (window->retry_ms > RETRY_MAX_MS)
        window->retry_ms = RETRY_MAX_MS;
}

/* The pump's answer. */
static void on_answer(struct parcel *parcel, int rc)
{
    struct entry *entry = parcel->sender;
    struct window *window = entry->window;
    window->rc = rc;
    window->in_intake--;
    if (rc < 0) {
        entry->state = ENTRY_FAILED;
        window->failed++;
    } else {
        entry->state = ENTRY_STORED;
        window->retry_ms = RETRY_MIN_MS;
        window->weight -= weigh(entry);
        empty_parcel(parcel);
    }
    plan_retry(window);
    window->parts.changed(window->parts.context);
}

bool window_has_room(const struct window *window)
{
    return !window->is_stopped && window->failed == 0 &&
           window->weight < window->parts.size;
}

bool window_has_much_room(const struct window *window)
{
    return window_has_room(window) && window->weight <= window->parts.size / 2;
}

void window_enter(struct window *window, struct entry *entry)
{
    entry->window = window;
    entry->state = ENTRY_WAITING;
    window->weight += weigh(entry);
    entry_line_push(&window->line, entry);
    if (!window->waiting)
        window->waiting = entry;
}

static void burst(struct window *window)
{
    uint64_t count = 0;
    for (struct entry *entry = window->waiting; entry; entry = entry->next) {
        push(window, entry);
        count++;
    }
    window->waiting = NULL;
    window->next_burst = uv_now(window->parts.loop) +
                         (count < WINDOW_BURST_MS ? count : WINDOW_BURST_MS);
    plan_retry(window);
    window->parts.pushed(window->parts.context);
}

static void on_burst(uv_timer_t *timer)
{
    burst(timer->data);
}

void window_flush(struct window *window, bool is_urgent)
{
    uint64_t now = uv_now(window->parts.loop);
    if (!window->waiting || window->is_stopped)
        return;
    if (is_urgent || now >= window->next_burst)
        burst(window);
    else if (!uv_is_active((uv_handle_t *)&window->burst))
        uv_timer_start(&window->burst, on_burst, window->next_burst - now, 0);
}

const struct entry *window_first(struct window *window)
{
    while (window->line.first && window->line.first->state == ENTRY_STORED)
        entry_free(entry_line_pop(&window->line));
    return window->line.first;
}

int window_rc(const struct window *window)
{
    return window->rc;
}

bool window_is_idle(const struct window *window)
{
    return window->in_intake == 0;
}

/* ---- its life ---- */

struct window *window_new(const struct window_parts *parts)
{
    struct window *window = memory_new(sizeof *window);
    window->parts = *parts;
    window->retry_ms = RETRY_MIN_MS;
    uv_timer_init(parts->loop, &window->retry);
    uv_timer_init(parts->loop, &window->burst);
    window->retry.data = window->burst.data = window;
    window->handles = 2;
    return window;
}

void window_stop(struct window *window)
{
    window->is_stopped = true;
    uv_timer_stop(&window->retry);
    uv_timer_stop(&window->burst);
}

static void on_closed(uv_handle_t *handle)
{
    struct window *window = handle->data;
    if (--window->handles == 0)
        free(window);
}

void window_close(struct window *window)
{
    assert(window_is_idle(window));
    for (struct entry *entry; (entry = entry_line_pop(&window->line));)
        entry_free(entry);
    uv_close((uv_handle_t *)&window->retry, on_closed);
    uv_close((uv_handle_t *)&window->burst, on_closed);
}
