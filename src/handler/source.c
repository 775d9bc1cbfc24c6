// SPDX-License-Identifier: GPL-3.0-or-later
/* source - a thread that goes round, and the loop:
 *
 *     thread:  open ──> receive ──> parse ──> push ──> wait ──> acknowledge ──┐
 *                          ^                    │        ^                    │
 *                          └────────────────────│────────│────────────────────┘
 *     loop:                                  pushed   answer (the pump's)
 */
#include "handler/source.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "queue/named_id.h"
#include "queue/queue.h"

#define RECEIVE_MS  500       /* how long a batch is waited for: a stop is seen then */
#define CALL_MS     10000     /* how long a queue may take for anything else */
#define PAUSE_MIN   1000      /* ms, after a failure */
#define PAUSE_QUEUE 30000     /* the longest */
#define PAUSE_STORE 5000      /* the longest, before what came is offered again */
#define PAUSE_FULL  50        /* while the intake has no room */
#define UNREAD_MAX  (1 << 20) /* bytes of what cannot be read: no more are kept */

struct source {
    struct source_parts parts;
    char *name, *reader;
    char host[MESSAGE_NAME_MAX + 1];
    uv_async_t async;
    uv_thread_t thread;

    /* on the loop */
    bool has_started, has_stopped;
    void (*stopped)(void *context);
    void *stopped_context;

    /* between the two, behind the lock */
    uv_mutex_t lock;
    uv_cond_t changed;
    bool is_stopping, has_pushed, is_answered, has_ended;
    int answer;

    /* on the thread */
    struct queue *queue; /* NULL: to be opened */
    char *position;
    struct received received;
    struct parcel parcel;
    int64_t pause; /* ms, after the last failure; 0: all is well */
    bool is_known; /* it was said that the queue is read */
};

/* ---- on the thread: waiting ---- */

static bool is_stopping(struct source *source)
{
    uv_mutex_lock(&source->lock);
    bool is_stopping = source->is_stopping;
    uv_mutex_unlock(&source->lock);
    return is_stopping;
}

/* Less, when it is to stop. */
static void rest(struct source *source, int64_t ms)
{
    int64_t end = clock_monotonic() + ms * 1000;
    uv_mutex_lock(&source->lock);
    while (!source->is_stopping && clock_monotonic() < end)
        uv_cond_timedwait(&source->changed, &source->lock,
                          (uint64_t)(end - clock_monotonic() + 1) * 1000);
    uv_mutex_unlock(&source->lock);
}

static void rest_longer(struct source *source, int64_t longest)
{
    source->pause = source->pause == 0 ? PAUSE_MIN : source->pause * 2;
    if (source->pause > longest)
        source->pause = longest;
    rest(source, source->pause);
}

/* ---- on the thread: what is said ---- */

static void say_works(struct source *source)
{
    if (!source->is_known)
        log_info("source: %s: it is read", source->name);
    else if (source->pause > 0)
        log_info("source: %s: it is read again", source->name);
    source->is_known = true;
    source->pause = 0;
}

/* The queue is opened anew, from what was acknowledged last. */
static void give_up(struct source *source, const struct error *err)
{
    queue_close(TAKE(source->queue));
    if (source->pause == 0 && !is_stopping(source))
        log_warning("source: %s; we keep trying, in the end every %d s", err->text,
                    PAUSE_QUEUE / 1000);
    rest_longer(source, PAUSE_QUEUE);
}

/* ---- on the thread: a batch ---- */

static void add_unread(struct parcel *parcel, const struct received_item *item,
                       struct error *why)
{
    size_t size = item->size < UNREAD_MAX ? item->size : UNREAD_MAX;
    unread_list_add(&parcel->unread, &(struct unread){.bytes = item->bytes,
                                                      .size = size,
                                                      .name = item->name,
                                                      .reason = why->text});
    parcel->size += size;
}

/* When it came, by the queue; unless that is none, or is still to be. */
static int64_t time_of(const struct received_item *item, int64_t now)
{
    return item->time > 0 && item->time < now ? item->time : now;
}

static void add_item(struct source *source, const struct received_item *item)
{
    struct parcel *parcel = &source->parcel;
    struct message_list *list = &parcel->messages;
    struct message *message = NULL;
    struct error why = {0};
    char id[UUID_SIZE];
    struct message_defaults defaults = {
        .now = time_of(item, parcel->came),
        .host = *source->host ? source->host : NULL,
        .id = item->name ? id : NULL,
    };
    if (item->name)
        named_id_make(source->name, item->name, item->time, id);
    if (message_parse(item->bytes, item->size, &defaults, &message, &why) < 0) {
        add_unread(parcel, item, &why);
        return;
    }
    list->items[list->count++] = message;
    parcel->size += item->size;
}

static void on_answer(struct parcel *parcel, int rc)
{
    struct source *source = parcel->sender;
    uv_mutex_lock(&source->lock);
    source->is_answered = true;
    source->answer = rc;
    uv_cond_signal(&source->changed);
    uv_mutex_unlock(&source->lock);
}

static void fill_parcel(struct source *source)
{
    const struct received *received = &source->received;
    source->parcel = (struct parcel){.source = source->name,
                                     .position = received->position,
                                     .came = clock_now(),
                                     .answer = on_answer,
                                     .sender = source};
    source->parcel.messages.items =
        memory_new(received->count * sizeof *source->parcel.messages.items);
    for (size_t i = 0; i < received->count; i++) {
        add_item(source, &received->items[i]);
        free(TAKE(received->items[i].bytes)); /* the message has them */
    }
}

static void clear_parcel(struct parcel *parcel)
{
    message_list_clear(&parcel->messages);
    unread_list_clear(&parcel->unread);
}

/* Waits as long as it takes: whoever has the parcel answers it. */
static int await_answer(struct source *source)
{
    uv_mutex_lock(&source->lock);
    source->has_pushed = true;
    uv_async_send(&source->async);
    while (!source->is_answered)
        uv_cond_wait(&source->changed, &source->lock);
    source->is_answered = false;
    int rc = source->answer;
    uv_mutex_unlock(&source->lock);
    return rc;
}

/* -ECANCELED: we stop, and it is not stored. */
static int store_parcel(struct source *source)
{
    for (;;) {
        int rc = intake_push(source->parts.intake, &source->parcel);
        if (rc == 0)
            rc = await_answer(source);
        if (rc == 0)
            return 0;
        if (is_stopping(source))
            return -ECANCELED;
        if (rc == -ENOBUFS) {
            rest(source, PAUSE_FULL);
            continue;
        }
        if (source->pause == 0)
            log_warning("source: %s: what came cannot be stored: %s; it stays there, "
                        "and we keep trying",
                        source->name, strerror(-rc));
        rest_longer(source, PAUSE_STORE);
    }
}

static void set_deadline(struct source *source)
{
    queue_set_deadline(source->queue, clock_monotonic() + CALL_MS * 1000);
}

static int acknowledge(struct source *source, struct error *err)
{
    set_deadline(source);
    int rc = queue_ack(source->queue, &source->received, err);
    if (rc == 0 && source->received.position) {
        free(source->position);
        source->position = TAKE(source->received.position);
    }
    return rc;
}

static int pass_on(struct source *source, struct error *err)
{
    fill_parcel(source);
    int rc = store_parcel(source);
    clear_parcel(&source->parcel);
    return rc < 0 ? rc : acknowledge(source, err);
}

static int open_queue(struct source *source, struct error *err)
{
    struct queue_options options = {.place = source->parts.place,
                                    .config = source->parts.config,
                                    .reader = source->reader,
                                    .position = source->position};
    return source->queue ? 0 : queue_open(&options, &source->queue, err);
}

/* Once round. */
static int read_batch(struct source *source, struct error *err)
{
    int rc = open_queue(source, err);
    if (rc < 0)
        return rc;
    set_deadline(source);
    rc = queue_receive(source->queue, RECEIVE_MS, &source->received, err);
    if (rc == 0 && source->received.count > 0)
        rc = pass_on(source, err);
    return rc;
}

static void read_on(void *context)
{
    struct source *source = context;
    while (!is_stopping(source)) {
        struct error err = {0};
        int rc = read_batch(source, &err);
        if (rc == 0)
            say_works(source);
        else if (rc != -ECANCELED)
            give_up(source, &err);
        received_clear(&source->received);
    }
    queue_close(TAKE(source->queue));
    uv_mutex_lock(&source->lock);
    source->has_ended = true;
    uv_async_send(&source->async);
    uv_mutex_unlock(&source->lock);
}

/* ---- on the loop ---- */

/* Signals are the loop's. */
static void start(struct source *source)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = uv_thread_create(&source->thread, read_on, source);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert(rc == 0);
    (void)rc;
    source->has_started = true;
}

static void end(struct source *source)
{
    if (source->has_started)
        uv_thread_join(&source->thread);
    source->has_stopped = true;
    if (source->stopped)
        source->stopped(source->stopped_context); /* may free it */
}

/* The first call comes from ourselves: nothing is read before the loop runs. */
static void on_async(uv_async_t *async)
{
    struct source *source = async->data;
    uv_mutex_lock(&source->lock);
    bool has_pushed = source->has_pushed, has_ended = source->has_ended;
    bool is_stopping = source->is_stopping;
    source->has_pushed = false;
    uv_mutex_unlock(&source->lock);
    if (has_pushed)
        source->parts.pushed(source->parts.context);
    if (source->has_stopped)
        return;
    if (has_ended || (is_stopping && !source->has_started))
        end(source);
    else if (!source->has_started)
        start(source);
}

/* Our name on the queue: unique, and telling where we are. */
static char *make_reader_name(const char *host)
{
    char id[UUID_SIZE];
    uuid_make(clock_now(), id);
    return text_format("%s-%d-%s", host, (int)getpid(), id + 24);
}

/* *ret: what it is called. */
static int check_place(const struct queue_place *place, char **ret, struct error *err)
{
    AUTO(str) char *name = NULL;
    const struct queue_type *type = NULL;
    int rc = queue_find_type(place, &type, err);
    if (rc == 0)
        rc = queue_place_name(place, &name, err);
    if (rc == 0 && !type->receive)
        rc = error_set(err, -EINVAL, "%s: it is not read, it comes to the door", name);
    if (rc == 0)
        *ret = TAKE(name);
    return rc;
}

int source_check(const struct queue_place *place, const struct config *config,
                 struct error *err)
{
    AUTO(str) char *name = NULL;
    AUTO(queue) struct queue *queue = NULL;
    struct queue_options options = {.place = place, .config = config};
    int rc = check_place(place, &name, err);
    return rc < 0 ? rc : queue_open(&options, &queue, err);
}

int source_new(const struct source_parts *parts, struct source **ret, struct error *err)
{
    AUTO(str) char *name = NULL;
    int rc = check_place(parts->place, &name, err);
    if (rc < 0)
        return rc;

    struct source *source = memory_new(sizeof *source);
    source->parts = *parts;
    source->name = TAKE(name);
    source->position = text_copy(parts->position);
    if (gethostname(source->host, sizeof source->host - 1) < 0)
        source->host[0] = '\0';
    source->reader = make_reader_name(source->host);
    uv_mutex_init(&source->lock);
    uv_cond_init(&source->changed);
    uv_async_init(parts->loop, &source->async, on_async);
    source->async.data = source;
    uv_async_send(&source->async);
    *ret = source;
    return 0;
}

void source_stop(struct source *source, void (*stopped)(void *context), void *context)
{
    source->stopped = stopped;
    source->stopped_context = context;
    uv_mutex_lock(&source->lock);
    source->is_stopping = true;
    uv_cond_signal(&source->changed);
    uv_async_send(&source->async);
    uv_mutex_unlock(&source->lock);
}

static void on_closed(uv_handle_t *handle)
{
    struct source *source = handle->data;
    uv_cond_destroy(&source->changed);
    uv_mutex_destroy(&source->lock);
    free(source->name);
    free(source->reader);
    free(source->position);
    free(source);
}

void source_free(struct source *source)
{
    if (!source)
        return;
    assert(!source->has_started || source->has_stopped);
    uv_close((uv_handle_t *)&source->async, on_closed);
}

const char *source_name(const struct source *source)
{
    return source->name;
}
