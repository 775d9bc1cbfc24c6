// SPDX-License-Identifier: GPL-3.0-or-later
/* digests - a timer looks when one is due, at least once a minute, for the clock may be
 * set; three jobs follow each other by way of the loop. */
#include "alert/digests.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "alert/digest.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "rules/library.h"

#define LOOK_MS 60000 /* the longest from one look to the next */

struct digests {
    struct watch_parts parts;
    char *path;
    const struct config *config;
    struct worker *thread;
    uv_timer_t timer;
    bool is_busy, is_stopped;
    bool has_failed; /* the last look; said once */
    void (*stopped)(void *context);
    void *context;

    /* of the one that is made */
    const struct config *used; /* lives until what was given to the worker is done */
    struct texts folders;
    int64_t now, since, due;
    struct strbuf text, subject;
    int rc;
    struct error err;
};

static void set_timer(struct digests *digests, int64_t wait);

/* ---- on threads ---- */

/* rc 1: one is due. */
static void look(void *job)
{
    struct digests *digests = job;
    struct store *store = digests->parts.store;
    digests->rc = store_begin(store, &digests->err);
    if (digests->rc < 0)
        return;
    digests->rc = digests_last(store, digests->now, &digests->since, &digests->err);
    if (digests->rc < 0)
        store_rollback(store);
    else
        digests->rc = store_commit(store, &digests->err);
    if (digests->rc < 0)
        return;
    digests->due = digests_next(digests->used, digests->since);
    digests->rc = digests->due <= digests->now;
}

static void compose(void *job)
{
    struct digests *digests = job;
    AUTO(store) struct store *asker = NULL;
    AUTO(library) struct library *library = library_load(&digests->folders);
    strbuf_shorten(&digests->text, 0);
    strbuf_shorten(&digests->subject, 0);
    digests->rc = store_open_asker(digests->path, &asker, &digests->err);
    digest_put_late(digests->due, digests->now, &digests->text);
    if (digests->rc == 0)
        digests->rc = digest_put(asker, library, digests->since, digests->now,
                                 &digests->text, &digests->subject, &digests->err);
}

static void put(void *job)
{
    struct digests *digests = job;
    struct store *store = digests->parts.store;
    const struct digest_text digest = {.since = digests->since,
                                       .until = digests->now,
                                       .text = strbuf_text(&digests->text),
                                       .subject = strbuf_text(&digests->subject)};
    digests->rc = store_begin(store, &digests->err);
    if (digests->rc < 0)
        return;
    digests->rc = digests_put(store, digests->used, &digest, &digests->err);
    if (digests->rc < 0)
        store_rollback(store);
    else
        digests->rc = store_commit(store, &digests->err);
}

/* ---- on the loop ---- */

static void report(struct digests *digests)
{
    bool is_trouble = digests->rc < 0 && digests->rc != -EEXIST;
    if (is_trouble && !digests->has_failed)
        log_error("digest: %s; tried again each minute", digests->err.text);
    digests->has_failed = is_trouble;
}

static void end(struct digests *digests)
{
    report(digests);
    digests->is_busy = false;
    if (digests->is_stopped) {
        digests->stopped(digests->context);
        return;
    }
    int64_t now = clock_now(), next = INT64_MAX;
    if (digests->rc == 0)
        next = digests_next(digests->config, now);
    set_timer(digests, next < now + LOOK_MS ? next - now : LOOK_MS);
}

static void write_by(struct digests *digests, void (*work)(void *job),
                     void (*done)(void *job))
{
    digests->used = digests->config;
    worker_run(digests->parts.worker, work, done, digests);
}

static void on_put(void *job)
{
    struct digests *digests = job;
    if (digests->rc == 0)
        digests->parts.has_news(digests->parts.context);
    end(digests);
}

static void on_composed(void *job)
{
    struct digests *digests = job;
    if (digests->rc < 0 || digests->is_stopped)
        end(digests);
    else
        write_by(digests, put, on_put);
}

static void on_looked(void *job)
{
    struct digests *digests = job;
    if (digests->rc > 0 && !digests->is_stopped)
        worker_run(digests->thread, compose, on_composed, digests);
    else
        end(digests);
}

static void on_timer(uv_timer_t *timer)
{
    struct digests *digests = timer->data;
    if (digests->config->digest_at.count == 0)
        return;
    digests->is_busy = true;
    digests->now = clock_now();
    texts_clear(&digests->folders);
    for (size_t i = 0; i < digests->config->rules.count; i++)
        texts_add(&digests->folders, digests->config->rules.items[i]);
    write_by(digests, look, on_looked);
}

static void set_timer(struct digests *digests, int64_t wait)
{
    uv_timer_start(&digests->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

struct digests *digests_new(const struct watch_parts *parts,
                            const struct config *config)
{
    struct digests *digests = memory_new(sizeof *digests);
    digests->parts = *parts;
    digests->path = text_copy(parts->path);
    digests->config = config;
    digests->thread = worker_new(parts->loop);
    digests->timer.data = digests;
    uv_timer_init(parts->loop, &digests->timer);
    return digests;
}

void digests_start(struct digests *digests)
{
    set_timer(digests, 0);
}

void digests_use(struct digests *digests, const struct config *config)
{
    digests->config = config;
    if (!digests->is_busy && !digests->is_stopped)
        set_timer(digests, 0);
}

void digests_stop(struct digests *digests, void (*stopped)(void *context),
                  void *context)
{
    digests->is_stopped = true;
    digests->stopped = stopped;
    digests->context = context;
    uv_timer_stop(&digests->timer);
    if (!digests->is_busy)
        stopped(context);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void digests_free(struct digests *digests)
{
    if (!digests)
        return;
    assert(!digests->is_busy);
    worker_free(digests->thread);
    texts_clear(&digests->folders);
    strbuf_clear(&digests->text);
    strbuf_clear(&digests->subject);
    free(digests->path);
    uv_close((uv_handle_t *)&digests->timer, on_closed);
}
