// SPDX-License-Identifier: GPL-3.0-or-later
/* worker - a line of jobs before a thread of its own, and a line of those done before
 * the loop, which is told by an eventfd.
 *
 * Not by uv_async: there the loop spins until whoever tells it is done with telling,
 * for long where that is a thread that stands back behind all others.
 *
 * Not libuv's pool: that gives each job to another of its threads, and the next one
 * only once the loop has heard of the last. */
#include "base/worker.h"

#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

#include "base/compiler.h"
#include "base/memory.h"

struct task {
    void (*work)(void *job);
    void (*done)(void *job);
    void *job;
    struct task *next;
};

struct line {
    struct task *first, *last;
};

struct worker {
    uv_poll_t poll;
    int fd;              /* an eventfd, readable when the loop is told */
    atomic_bool is_told; /* … and has not looked yet */
    uv_thread_t thread;
    size_t pending; /* jobs whose done is still to come; the loop's */

    uv_mutex_t lock; /* of all below */
    uv_cond_t has_news;
    struct line waiting, done;
    bool is_ending;
};

static void line_push(struct line *line, struct task *task)
{
    if (line->last)
        line->last->next = task;
    else
        line->first = task;
    line->last = task;
}

static struct task *line_pop(struct line *line)
{
    struct task *task = line->first;
    if (!task)
        return NULL;
    line->first = task->next;
    if (!line->first)
        line->last = NULL;
    task->next = NULL;
    return task;
}

/* ---- on the thread ---- */

static void tell(struct worker *worker)
{
    if (atomic_exchange(&worker->is_told, true))
        return;
    int rc = eventfd_write(worker->fd, 1);
    assert(rc == 0);
    (void)rc;
}

static void carry_out(struct worker *worker, struct task *task)
{
    uv_mutex_unlock(&worker->lock);
    task->work(task->job);
    uv_mutex_lock(&worker->lock);
    line_push(&worker->done, task);
    tell(worker);
}

static void run(void *context)
{
    struct worker *worker = context;
    uv_mutex_lock(&worker->lock);
    while (!worker->is_ending) {
        struct task *task = line_pop(&worker->waiting);
        if (task)
            carry_out(worker, task);
        else
            uv_cond_wait(&worker->has_news, &worker->lock);
    }
    uv_mutex_unlock(&worker->lock);
}

/* ---- on the loop ---- */

/* The worker may be gone after the last job's done. */
static void on_done(uv_poll_t *poll, int status UNUSED, int events UNUSED)
{
    struct worker *worker = poll->data;
    eventfd_t count;
    (void)eventfd_read(worker->fd, &count);
    atomic_store(&worker->is_told, false);
    uv_mutex_lock(&worker->lock);
    struct line done = worker->done;
    worker->done = (struct line){0};
    uv_mutex_unlock(&worker->lock);

    for (struct task *task; (task = line_pop(&done)); free(task)) {
        if (--worker->pending == 0)
            uv_unref((uv_handle_t *)poll);
        task->done(task->job);
    }
}

/* Signals are the loop's. */
static void start_thread(struct worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = uv_thread_create(&worker->thread, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert(rc == 0);
    (void)rc;
}

struct worker *worker_new(struct uv_loop_s *loop)
{
    struct worker *worker = memory_new(sizeof *worker);
    uv_mutex_init(&worker->lock);
    uv_cond_init(&worker->has_news);
    worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = uv_poll_init(loop, &worker->poll, worker->fd);
    assert(rc == 0);
    (void)rc;
    worker->poll.data = worker;
    uv_poll_start(&worker->poll, UV_READABLE, on_done);
    uv_unref((uv_handle_t *)&worker->poll);
    start_thread(worker);
    return worker;
}

static void on_closed(uv_handle_t *handle)
{
    struct worker *worker = handle->data;
    close(worker->fd);
    free(worker);
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    assert(worker_is_idle(worker));
    uv_mutex_lock(&worker->lock);
    worker->is_ending = true;
    uv_cond_signal(&worker->has_news);
    uv_mutex_unlock(&worker->lock);
    uv_thread_join(&worker->thread);
    uv_cond_destroy(&worker->has_news);
    uv_mutex_destroy(&worker->lock);
    uv_close((uv_handle_t *)&worker->poll, on_closed);
}

bool worker_is_idle(const struct worker *worker)
{
    return worker->pending == 0;
}

void worker_run(struct worker *worker, void (*work)(void *job), void (*done)(void *job),
                void *job)
{
    struct task *task = memory_new(sizeof *task);
    *task = (struct task){.work = work, .done = done, .job = job};
    if (worker->pending++ == 0)
        uv_ref((uv_handle_t *)&worker->poll);
    uv_mutex_lock(&worker->lock);
    line_push(&worker->waiting, task);
    uv_cond_signal(&worker->has_news);
    uv_mutex_unlock(&worker->lock);
}
