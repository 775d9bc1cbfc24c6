// SPDX-License-Identifier: GPL-3.0-or-later
/* run - a route's function runs where the table says: at once, or on a worker while the
 * request rests. Who asks what the store has is given what was acknowledged before: so
 * whoever was answered 202 finds his message. */
#include "door/askers.h"
#include "door/request.h"
#include "door/routes.h"

/* By the clock a question may take so many times of what it may have of a processor,
 * for it stands back behind all else. */
#define PATIENCE 6

static const struct door_worker *find_worker(const struct request *request)
{
    const struct door_parts *parts = &request->lobby->parts;
    return request->route->place == ROUTE_READER ? &parts->reader : &parts->writer;
}

static void on_worker(void *context)
{
    struct request *request = context;
    request->route->run(request, find_worker(request)->store);
}

static void on_done(void *context);

/* What may be exchanged meanwhile is its own, or shared. */
static void prepare(struct request *request)
{
    const struct config *config = request->lobby->parts.config;
    request->config = config;
    request->library = library_share(request->lobby->library);
    request->limits = (struct evaluation_limits){.work = config->ask_time,
                                                 .time = config->ask_time * PATIENCE,
                                                 .bytes = config->ask_memory,
                                                 .rows = config->ask_rows};
}

static void start(void *context)
{
    struct request *request = context;
    prepare(request);
    worker_run(find_worker(request)->worker, on_worker, on_done, request);
}

static void refuse_ending(struct request *request)
{
    request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                   "this server is ending; try again");
}

static void say_changes(const struct request *request)
{
    const struct door_parts *parts = &request->lobby->parts;
    if (request->has_news && parts->has_news)
        parts->has_news(parts->context);
    if (request->touched && !touched_is_empty(request->touched) && parts->has_changed)
        parts->has_changed(parts->context, request->touched);
}

/* Without a reply it is one step of several. */
static void on_done(void *context)
{
    struct request *request = context;
    library_free(TAKE(request->library));
    if (!request->status && request->lobby->is_closing)
        refuse_ending(request);
    if (!request->status) {
        start(request);
        return;
    }
    say_changes(request);
    request_wake(request);
}

/* ---- questions ---- */

static void on_asked(struct request *request)
{
    library_free(TAKE(request->library));
    request_wake(request);
}

static void ask(void *context)
{
    struct request *request = context;
    prepare(request);
    if (request->lobby->is_closing)
        question_stop(request->question);
    if (askers_put(request->lobby->askers, request, on_asked))
        return;
    request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                   "%d questions wait already; try again", ASKERS_WAITING_MAX);
    on_asked(request);
}

static void begin_asking(struct request *request)
{
    size_t size = request->body.size;
    if (size > QUESTION_SIZE_MAX) {
        request_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE,
                       "a question of more than %zu bytes", QUESTION_SIZE_MAX);
        return;
    }
    request->question = question_new(strbuf_take(&request->body), size);
    request_wait(request);
    embedded_await(request->lobby->parts.embedded, ask, request);
}

static void begin_changing(struct request *request)
{
    if (request->body.size > ORDER_SIZE_MAX) {
        request_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE,
                       "a body of more than %zu bytes", ORDER_SIZE_MAX);
        return;
    }
    request->order = strbuf_take(&request->body);
    request->touched = touched_new();
    request_wait(request);
    start(request);
}

/* Whoever began to wait while the door closes would never be answered. */
void request_run(struct request *request)
{
    if (request->lobby->is_closing) {
        refuse_ending(request);
    } else if (request->route->place == ROUTE_LOOP) {
        request->route->run(request, NULL);
    } else if (request->route->place == ROUTE_ASKER) {
        begin_asking(request);
    } else if (request->route->place == ROUTE_READER) {
        request_wait(request);
        embedded_await(request->lobby->parts.embedded, start, request);
    } else {
        begin_changing(request);
    }
}
