// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <uv.h>

#include "base/compiler.h"

static uv_loop_t loop;
static struct worker *worker;

static int setup(void **state UNUSED)
{
    uv_loop_init(&loop);
    worker = worker_new(&loop);
    return 0;
}

static int teardown(void **state UNUSED)
{
    worker_free(worker);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

struct job {
    char name;
    struct job *then; /* queued by its done */
    pthread_t worked_on, done_on;
    bool was_idle; /* in its done */
};

static char order[64]; /* the names of the jobs, as they worked */
static atomic_int working, working_most;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(char c)
{
    pthread_mutex_lock(&lock);
    size_t length = strlen(order);
    order[length] = c;
    order[length + 1] = '\0';
    pthread_mutex_unlock(&lock);
}

static void work(void *context)
{
    struct job *job = context;
    int now = ++working;
    if (now > working_most)
        working_most = now;
    job->worked_on = pthread_self();
    note(job->name);
    working--;
}

static void done(void *context)
{
    struct job *job = context;
    job->done_on = pthread_self();
    job->was_idle = worker_is_idle(worker);
    if (job->then)
        worker_run(worker, work, done, job->then);
}

static void runs_beside_the_loop_and_is_done_on_it(void **state UNUSED)
{
    struct job job = {.name = 'a'};
    order[0] = '\0';
    worker_run(worker, work, done, &job);
    assert_false(worker_is_idle(worker));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(worker_is_idle(worker));
    assert_true(pthread_equal(job.done_on, pthread_self()));
    assert_false(pthread_equal(job.worked_on, pthread_self()));
    assert_true(job.was_idle);
}

static void runs_one_job_at_a_time_in_order(void **state UNUSED)
{
    struct job jobs[26];
    order[0] = '\0';
    working_most = 0;
    for (int i = 0; i < 26; i++) {
        jobs[i] = (struct job){.name = (char)('a' + i)};
        worker_run(worker, work, done, &jobs[i]);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_string_equal(order, "abcdefghijklmnopqrstuvwxyz");
    assert_int_equal(working_most, 1);
    assert_false(jobs[0].was_idle);
    assert_true(jobs[25].was_idle);
}

static void what_done_queues_comes_after_what_waits(void **state UNUSED)
{
    struct job last = {.name = 'z'};
    struct job jobs[] = {{.name = 'a', .then = &last}, {.name = 'b'}, {.name = 'c'}};
    order[0] = '\0';
    for (int i = 0; i < 3; i++)
        worker_run(worker, work, done, &jobs[i]);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_string_equal(order, "abcz");
}

static void release(void *context)
{
    uv_sem_post(context);
}

static void nothing(void *context UNUSED)
{
}

static void goes_on_while_the_loop_is_busy(void **state UNUSED)
{
    uv_sem_t begun;
    uv_sem_init(&begun, 0);
    worker_run(worker, nothing, nothing, NULL);
    worker_run(worker, release, nothing, &begun);
    uv_sem_wait(&begun);
    assert_false(worker_is_idle(worker));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(worker_is_idle(worker));
    uv_sem_destroy(&begun);
}

static void free_worker(void *context UNUSED)
{
    worker_free(worker);
    worker = NULL;
}

static void may_be_freed_by_the_last_done(void **state UNUSED)
{
    worker_run(worker, nothing, free_worker, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_null(worker);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_beside_the_loop_and_is_done_on_it),
        TEST(runs_one_job_at_a_time_in_order),
        TEST(what_done_queues_comes_after_what_waits),
        TEST(goes_on_while_the_loop_is_busy),
        TEST(may_be_freed_by_the_last_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
