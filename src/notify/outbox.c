// SPDX-License-Identifier: GPL-3.0-or-later
/* outbox - each notifier has a lane of its own, so that none waits for another:
 *
 *     look (store's worker) ──> tell (the lane's worker) ──> mark, and look again ──> …
 *       └─> nothing is due: until the timer, or outbox_wake
 *
 * A lane has one job at a time; what the job works with is the lane's, and nobody else's
 * until its done function runs. */
#include "notify/outbox.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"
#include "notify/notifier.h"

#define SECOND        1000
#define TRY_PAUSE_MAX (15 * 60 * SECOND)
#define STORE_PAUSE   (30 * SECOND) /* the longest, while the store cannot be used */
#define WHOM_SIZE     320
#define TIMER_MIN     100
#define TIMER_MAX     (60 * SECOND) /* so that a clock that was set does little harm */

struct lane {
    struct outbox *outbox;
    const struct notifier *notifier;
    struct worker *worker; /* whose jobs alone use the notifier */
    void *state;           /* the notifier's; NULL: to be opened */
    uv_timer_t *timer;
    bool is_busy;  /* a job is under way */
    bool is_woken; /* meanwhile something may have been put into the store */
    int64_t pause; /* after the store failed; 0: it works */
    struct error last_trouble; /* that was logged; "": none */

    /* Of the job: what is told, and how that went; then what the store said. */
    struct notification_list due; /* at most one; from its look to its mark */
    void *teller;                 /* the state that tells it */
    int told;                     /* what tell returned */
    struct error why;
    bool goes_on; /* looks for the next one after marking */
    int stored;
    struct error store_why;
    int64_t next_due;
};

struct outbox {
    struct outbox_parts parts;
    const struct config *config;
    int jobs; /* under way */
    void (*stopped)(void *context);
    void *context;
    bool is_stopping;
    size_t lane_count;
    struct lane lanes[];
};

static void look(struct lane *lane);

static void run(struct lane *lane, struct worker *worker, void (*work)(void *job),
                void (*done)(void *job))
{
    lane->is_busy = true;
    lane->outbox->jobs++;
    worker_run(worker, work, done, lane);
}

/* The last thing that a done function does: the outbox may be gone after it. */
static void end_job(struct outbox *outbox)
{
    outbox->jobs--;
    if (outbox->is_stopping && outbox->jobs == 0)
        outbox->stopped(outbox->context);
}

static struct notification *current(struct lane *lane)
{
    return lane->due.count > 0 ? &lane->due.items[0] : NULL;
}

/* ---- waiting ---- */

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void wait_for(struct lane *lane, int64_t ms)
{
    ms = ms < TIMER_MIN ? TIMER_MIN : ms > TIMER_MAX ? TIMER_MAX : ms;
    uv_timer_start(lane->timer, on_timer, (uint64_t)ms, 0);
}

/* 1 s, 2 s, 4 s, … */
static int64_t pause_after(int tries)
{
    int64_t pause = SECOND;
    for (int i = 0; i < tries && pause < TRY_PAUSE_MAX; i++)
        pause *= 2;
    return pause < TRY_PAUSE_MAX ? pause : TRY_PAUSE_MAX;
}

/* ---- what is logged ---- */

/* "email to admin@example.org", or "log". */
static const char *whom(const struct notification *notification, char ret[],
                        size_t size)
{
    const char *address = notification->address;
    snprintf(ret, size, "%s%s%s", notification->notifier, address[0] ? " to " : "",
             address);
    return ret;
}

/* Trouble is said when it begins: for each that is told the first time, unless that very
 * thing was said last. */
static void say_untold(struct lane *lane, const struct notification *notification)
{
    struct error *last = &lane->last_trouble;
    bool is_known = last->text[0] && (notification->tries > 0 ||
                                      strcmp(last->text, lane->why.text) == 0);
    if (is_known)
        return;
    char text[WHOM_SIZE];
    log_warning("outbox: %s: %s; we keep trying", whom(notification, text, sizeof text),
                lane->why.text);
    *last = lane->why;
}

static void say_told(struct lane *lane, const struct notification *notification)
{
    if (notification->tries == 0)
        return;
    char text[WHOM_SIZE], late[UNITS_TEXT_SIZE];
    log_info("outbox: %s: told after %d tries, %s late",
             whom(notification, text, sizeof text), notification->tries + 1,
             duration_format(clock_now() - notification->made, late));
    lane->last_trouble.text[0] = '\0';
}

static void say_store(struct lane *lane)
{
    bool was_well = lane->pause == 0;
    if (lane->stored < 0 && was_well)
        log_error("outbox: %s: %s; what is due waits", lane->notifier->name,
                  lane->store_why.text);
    else if (lane->stored == 0 && !was_well)
        log_info("outbox: %s: the store works again", lane->notifier->name);
}

/* ---- telling ---- */

static void tell_work(void *job)
{
    struct lane *lane = job;
    lane->told = lane->notifier->tell(lane->teller, current(lane), &lane->why);
}

static void end_telling(struct lane *lane)
{
    if (lane->told < 0)
        say_untold(lane, current(lane));
    else
        say_told(lane, current(lane));
    look(lane);
}

static void tell_done(void *job)
{
    struct lane *lane = job;
    end_telling(lane);
    end_job(lane->outbox);
}

static void tell(struct lane *lane)
{
    lane->told = 0;
    lane->why = (struct error){0};
    if (!lane->state)
        lane->told =
            lane->notifier->open(lane->outbox->config, &lane->state, &lane->why);
    lane->teller = lane->state;
    if (lane->told < 0)
        end_telling(lane);
    else
        run(lane, lane->worker, tell_work, tell_done);
}

/* ---- the store ---- */

static int mark(struct lane *lane, struct store *store, int64_t now)
{
    struct error *err = &lane->store_why;
    const struct notification *notification = current(lane);
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    if (lane->told < 0)
        rc = store_mark_untold(store, notification->number,
                               now + pause_after(notification->tries), lane->why.text,
                               err);
    else
        rc = store_mark_told(store, notification->number, now, err);
    if (rc < 0) {
        store_rollback(store);
        return rc;
    }
    return store_commit(store, err);
}

static int find_due(struct lane *lane, struct store *store, int64_t now)
{
    const char *name = lane->notifier->name;
    lane->next_due = INT64_MAX;
    int rc = store_due_notifications(store, name, now, 1, &lane->due, &lane->store_why);
    if (rc < 0 || current(lane))
        return rc;
    return store_next_due(store, name, &lane->next_due, &lane->store_why);
}

/* What was told stays the lane's until it is marked: it is not told again because the
 * store cannot be written. */
static void look_work(void *job)
{
    struct lane *lane = job;
    struct store *store = lane->outbox->parts.store;
    int64_t now = clock_now();
    lane->stored = 0;
    if (current(lane))
        lane->stored = mark(lane, store, now);
    if (lane->stored < 0)
        return;
    notification_list_clear(&lane->due);
    if (lane->goes_on)
        lane->stored = find_due(lane, store, now);
}

static void rest(struct lane *lane)
{
    if (lane->stored < 0)
        wait_for(lane, lane->pause);
    else if (lane->is_woken)
        look(lane);
    else if (lane->next_due < INT64_MAX)
        wait_for(lane, lane->next_due - clock_now());
}

static void look_done(void *job)
{
    struct lane *lane = job;
    struct outbox *outbox = lane->outbox;
    lane->is_busy = false;
    say_store(lane);
    lane->pause = lane->stored == 0 ? 0 : lane->pause ? lane->pause * 2 : SECOND;
    if (lane->pause > STORE_PAUSE)
        lane->pause = STORE_PAUSE;
    if (!outbox->is_stopping && lane->stored == 0 && current(lane))
        tell(lane);
    else if (!outbox->is_stopping)
        rest(lane);
    end_job(outbox);
}

static void look(struct lane *lane)
{
    lane->is_woken = false;
    lane->goes_on = !lane->outbox->is_stopping;
    run(lane, lane->outbox->parts.worker, look_work, look_done);
}

/* ---- closing a notifier, where it may take its time ---- */

struct closing {
    struct outbox *outbox;
    const struct notifier *notifier;
    void *state;
};

static void close_work(void *job)
{
    struct closing *closing = job;
    closing->notifier->close(closing->state);
}

static void close_done(void *job)
{
    struct outbox *outbox = ((struct closing *)job)->outbox;
    free(job);
    end_job(outbox);
}

/* Behind what runs now; what is told next opens it anew. */
static void retire(struct lane *lane)
{
    if (!lane->state)
        return;
    struct closing *closing = memory_new(sizeof *closing);
    closing->outbox = lane->outbox;
    closing->notifier = lane->notifier;
    closing->state = TAKE(lane->state);
    lane->outbox->jobs++;
    worker_run(lane->worker, close_work, close_done, closing);
}

/* ---- the outbox ---- */

static void lane_init(struct lane *lane, struct outbox *outbox,
                      const struct notifier *notifier)
{
    lane->outbox = outbox;
    lane->notifier = notifier;
    lane->worker = worker_new(outbox->parts.loop);
    lane->timer = memory_new(sizeof *lane->timer);
    uv_timer_init(outbox->parts.loop, lane->timer);
    lane->timer->data = lane;
}

static void free_timer(uv_handle_t *timer)
{
    free(timer);
}

static void lane_clear(struct lane *lane)
{
    worker_free(lane->worker);
    uv_close((uv_handle_t *)lane->timer, free_timer);
    notification_list_clear(&lane->due);
}

struct outbox *outbox_new(const struct outbox_parts *parts, const struct config *config)
{
    size_t count = 0;
    while (notifiers[count])
        count++;
    struct outbox *outbox = memory_new(sizeof *outbox + count * sizeof *outbox->lanes);
    outbox->parts = *parts;
    outbox->config = config;
    outbox->lane_count = count;
    for (size_t i = 0; i < count; i++)
        lane_init(&outbox->lanes[i], outbox, notifiers[i]);
    return outbox;
}

void outbox_wake(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->lane_count && !outbox->is_stopping; i++) {
        struct lane *lane = &outbox->lanes[i];
        lane->is_woken = true;
        if (lane->is_busy)
            continue;
        uv_timer_stop(lane->timer);
        look(lane);
    }
}

void outbox_use(struct outbox *outbox, const struct config *config)
{
    outbox->config = config;
    for (size_t i = 0; i < outbox->lane_count; i++)
        retire(&outbox->lanes[i]);
}

void outbox_stop(struct outbox *outbox, void (*stopped)(void *context), void *context)
{
    outbox->is_stopping = true;
    outbox->stopped = stopped;
    outbox->context = context;
    outbox->jobs++;
    for (size_t i = 0; i < outbox->lane_count; i++) {
        uv_timer_stop(outbox->lanes[i].timer);
        retire(&outbox->lanes[i]);
    }
    end_job(outbox);
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    assert(outbox->jobs == 0);
    for (size_t i = 0; i < outbox->lane_count; i++)
        lane_clear(&outbox->lanes[i]);
    free(outbox);
}
