// SPDX-License-Identifier: GPL-3.0-or-later
/* worker - a line of jobs before one thread at a time of libuv's pool. */
#include "base/worker.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "base/memory.h"

struct task {
    uv_work_t request; /* its data is the worker */
    void (*work)(void *job);
    void (*done)(void *job);
    void *job;
    struct task *next;
};

struct worker {
    uv_loop_t *loop;
    struct task *running;
    struct task *first, *last; /* those that wait */
};

struct worker *worker_new(struct uv_loop_s *loop)
{
    struct worker *worker = memory_new(sizeof *worker);
    worker->loop = loop;
    return worker;
}

void worker_free(struct worker *worker)
{
    assert(!worker || worker_is_idle(worker));
    free(worker);
}

bool worker_is_idle(const struct worker *worker)
{
    return !worker->running && !worker->first;
}

static void on_work(uv_work_t *request)
{
    struct worker *worker = request->data;
    worker->running->work(worker->running->job);
}

static void start_next(struct worker *worker);

static void on_done(uv_work_t *request, int status UNUSED)
{
    struct worker *worker = request->data;
    struct task task = *worker->running;
    free(TAKE(worker->running));
    start_next(worker);
    task.done(task.job); /* the worker may be gone after it */
}

static void start_next(struct worker *worker)
{
    struct task *task = worker->first;
    if (!task || worker->running)
        return;
    worker->first = task->next;
    if (!worker->first)
        worker->last = NULL;
    worker->running = task;
    task->request.data = worker;
    int rc = uv_queue_work(worker->loop, &task->request, on_work, on_done);
    assert(rc == 0);
    (void)rc;
}

void worker_run(struct worker *worker, void (*work)(void *job), void (*done)(void *job),
                void *job)
{
    struct task *task = memory_new(sizeof *task);
    task->work = work;
    task->done = done;
    task->job = job;
    if (worker->last)
        worker->last->next = task;
    else
        worker->first = task;
    worker->last = task;
    start_next(worker);
}
