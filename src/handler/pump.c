// SPDX-License-Identifier: GPL-3.0-or-later
/* pump - a batch of parcels is one job of the worker.
 *
 *     queue -> waiting -> batch: begin, handle each, commit -> an answer each
 *
 * A batch is filled when its job begins: so the door goes on reading while one is
 * stored, and the worker takes all that was read meanwhile without a word to the loop.
 * While parcels come there are two jobs: one at work, and the next.
 *
 * A batch that fails for another reason than the store's own trouble is done again
 * parcel by parcel and message by message: the one that cannot be handled goes to the
 * dead letters, and takes no other along. */
#include "handler/pump.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "handler/handler.h"

#define BATCH_MESSAGES 4000
#define BATCH_SIZE     (8u << 20) /* bytes */
#define JOBS_MAX       2

/* Dead letters. */
struct losses {
    size_t count;
    struct error why; /* of the last */
};

struct batch {
    struct pump *pump;
    const struct config *config;
    struct parcel **parcels;
    int *rcs; /* of each */
    size_t count;
    bool has_left; /* parcels for another batch */
    bool has_news; /* something is to be told */
    struct touched *touched;
    struct error err; /* of the last parcel that failed */
    struct losses losses;
};

struct pump {
    struct pump_parts parts;
    const struct config *config;
    struct parcel *waiting; /* taken from the queue; the worker's */
    int jobs;               /* of the worker, that have not ended */
    bool is_in_trouble; /* the last batch failed by the store's trouble; said once */
};

struct pump *pump_new(const struct pump_parts *parts, const struct config *config)
{
    struct pump *pump = memory_new(sizeof *pump);
    pump->parts = *parts;
    pump->config = config;
    return pump;
}

void pump_free(struct pump *pump)
{
    assert(!pump || (pump->jobs == 0 && !pump->waiting));
    free(pump);
}

void pump_use(struct pump *pump, const struct config *config)
{
    pump->config = config;
}

/* ---- on the worker ---- */

/* How a parcel is being stored. */
struct storing {
    const struct parcel *parcel;
    struct handling handling;
    bool is_careful; /* one message that fails is undone alone */
    struct losses losses;
};

static int bury(struct storing *storing, const struct dead_letter *letter,
                struct error *err)
{
    int rc = store_put_dead(storing->handling.store, letter, err);
    storing->losses.count++;
    error_set(&storing->losses.why, 0, "%s: %s", letter->source, letter->reason);
    return rc;
}

static int bury_message(struct storing *storing, const struct message *message,
                        const char *reason, struct error *err)
{
    struct dead_letter letter = {.came = storing->parcel->came,
                                 .source = storing->parcel->source,
                                 .name = message->id,
                                 .reason = reason,
                                 .bytes = message->body.data,
                                 .size = message->body.size};
    return bury(storing, &letter, err);
}

static int bury_unread(struct storing *storing, const struct unread *unread,
                       struct error *err)
{
    struct dead_letter letter = {.came = storing->parcel->came,
                                 .source = storing->parcel->source,
                                 .name = unread->name,
                                 .reason = unread->reason,
                                 .bytes = unread->bytes,
                                 .size = unread->size};
    return bury(storing, &letter, err);
}

static int handle_carefully(struct storing *storing, const struct message *message,
                            struct error *err)
{
    struct store *store = storing->handling.store;
    struct error why = {0};
    int rc = store_begin_part(store, err);
    if (rc < 0)
        return rc;
    int handled = handler_run(&storing->handling, message, &why);
    if (store_is_trouble(handled))
        return error_set(err, handled, "%s", why.text);
    rc = store_end_part(store, handled == 0, err);
    if (rc < 0 || handled == 0)
        return rc;
    return bury_message(storing, message, why.text, err);
}

static int handle_parcel(struct storing *storing, struct error *err)
{
    const struct parcel *parcel = storing->parcel;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < parcel->messages.count; i++)
        rc = storing->is_careful
                 ? handle_carefully(storing, parcel->messages.items[i], err)
                 : handler_run(&storing->handling, parcel->messages.items[i], err);
    for (size_t i = 0; rc == 0 && i < parcel->unread.count; i++)
        rc = bury_unread(storing, &parcel->unread.items[i], err);
    if (rc == 0 && parcel->position)
        rc = store_put_position(storing->handling.store, parcel->source,
                                parcel->position, err);
    return rc;
}

/* Stores count parcels in one transaction, or none. */
static int store_parcels(struct batch *batch, struct parcel **parcels, size_t count,
                         bool is_careful)
{
    struct store *store = batch->pump->parts.store;
    struct storing storing = {.handling = {.store = store,
                                           .config = batch->config,
                                           .wants = batch->pump->parts.wants,
                                           .has_news = &batch->has_news,
                                           .touched = batch->touched},
                              .is_careful = is_careful,
                              .losses = batch->losses};
    int rc = store_begin(store, &batch->err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        storing.parcel = parcels[i];
        storing.handling.came = parcels[i]->came;
        storing.handling.now = clock_now();
        rc = handle_parcel(&storing, &batch->err);
    }
    if (rc == 0)
        rc = store_commit(store, &batch->err);
    else
        store_rollback(store);
    if (rc == 0)
        batch->losses = storing.losses;
    return rc;
}

static void add_parcel(struct batch *batch, struct parcel *parcel)
{
    if ((batch->count & (batch->count + 1)) == 0)
        batch->parcels = memory_resize(batch->parcels,
                                       (batch->count * 2 + 1) * sizeof *batch->parcels);
    batch->parcels[batch->count++] = parcel;
}

/* As many of those that wait as make a batch; one at least, where any waits. */
static void fill_batch(struct batch *batch)
{
    struct pump *pump = batch->pump;
    size_t messages = 0, size = 0;
    if (!pump->waiting)
        pump->waiting = intake_receive(pump->parts.intake);
    while (pump->waiting) {
        struct parcel *parcel = pump->waiting;
        messages += parcel->messages.count;
        size += parcel->size;
        if (batch->count > 0 && (messages > BATCH_MESSAGES || size > BATCH_SIZE))
            break;
        pump->waiting = parcel->next;
        add_parcel(batch, parcel);
    }
    batch->rcs = memory_new(batch->count * sizeof *batch->rcs);
    batch->has_left = pump->waiting;
}

static void batch_work(void *job)
{
    struct batch *batch = job;
    fill_batch(batch);
    if (batch->count == 0)
        return;
    int rc = store_parcels(batch, batch->parcels, batch->count, false);
    bool is_each = rc < 0 && !store_is_trouble(rc);
    for (size_t i = 0; i < batch->count; i++)
        batch->rcs[i] =
            is_each ? store_parcels(batch, &batch->parcels[i], 1, true) : rc;
}

/* ---- on the loop ---- */

static void report_losses(const struct batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->parcels[i]->messages.count + batch->parcels[i]->unread.count;
    log_warning("pump: %zu of %zu messages cannot be handled and are kept as dead "
                "letters; the last: %s",
                batch->losses.count, count, batch->losses.why.text);
}

/* Trouble is said when it begins and when it is over, not with each batch. */
static void report(struct pump *pump, const struct batch *batch)
{
    size_t failed = 0;
    bool is_in_trouble = false;
    for (size_t i = 0; i < batch->count; i++) {
        failed += batch->rcs[i] < 0;
        is_in_trouble |= store_is_trouble(batch->rcs[i]);
    }
    if (is_in_trouble && !pump->is_in_trouble)
        log_error("pump: messages cannot be stored: %s; their senders keep them",
                  batch->err.text);
    if (!is_in_trouble && failed > 0)
        log_error("pump: %zu of %zu parcels cannot be stored: %s; their senders are "
                  "told",
                  failed, batch->count, batch->err.text);
    if (!is_in_trouble && pump->is_in_trouble)
        log_info("pump: messages are stored again");
    pump->is_in_trouble = is_in_trouble;
    if (batch->losses.count > 0)
        report_losses(batch);
}

static void batch_free(struct batch *batch)
{
    free(batch->parcels);
    free(batch->rcs);
    touched_free(batch->touched);
    free(batch);
}
AUTO_DEFINE(batch)

static void start_batch(struct pump *pump);

static void batch_done(void *job)
{
    AUTO(batch) struct batch *batch = job;
    struct pump *pump = batch->pump;
    struct pump_parts parts = pump->parts;
    bool is_any_stored = false;
    if (batch->count > 0)
        report(pump, batch);
    pump->jobs--;
    if (batch->has_left || !intake_is_empty(parts.intake))
        start_batch(pump);
    for (size_t i = 0; i < batch->count; i++) {
        is_any_stored |= batch->rcs[i] == 0;
        batch->parcels[i]->answer(batch->parcels[i], batch->rcs[i]);
    }
    if (is_any_stored && parts.stored) /* the pump may be gone by now */
        parts.stored(parts.context, batch->has_news, batch->touched);
}

static void start_batch(struct pump *pump)
{
    if (pump->jobs == JOBS_MAX)
        return;
    struct batch *batch = memory_new(sizeof *batch);
    batch->pump = pump;
    batch->config = pump->config;
    batch->touched = touched_new();
    pump->jobs++;
    worker_run(pump->parts.worker, batch_work, batch_done, batch);
}

void pump_wake(struct pump *pump)
{
    if (!intake_is_empty(pump->parts.intake))
        start_batch(pump);
}
