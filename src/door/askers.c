// SPDX-License-Identifier: GPL-3.0-or-later
/* askers - a line of requests before a few workers. While there are any, and once after
 * them, a timer looks at their sockets: a connection that rests is not watched by the
 * library. */
#include "door/askers.h"

#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/worker.h"
#include "door/request.h"
#include "door/routes.h"

#define ASKERS_MIN 2
#define ASKERS_MAX 4
#define KEPT       16 /* questions, each asker */
#define NICENESS   15
#define LOOK_MS    200   /* from one look at the clients to the next */
#define TOIL       20000 /* microseconds; what takes less takes little memory */

struct asker {
    struct askers *all;
    struct worker *worker;
    struct store *store;         /* its thread's; NULL: not open */
    struct relations *relations; /* of that store */
    struct kept *kept;           /* of questions to it */
    struct request *request;     /* that it answers; NULL: none */
    bool is_nice;                /* its thread's */
    bool has_toiled;             /* since all were idle */
};

struct askers {
    char *path;
    struct asker items[ASKERS_MAX];
    size_t count;
    struct request *first, **last; /* the line */
    size_t waiting;
    uv_timer_t timer;
};

/* ---- on the threads ---- */

/* The thread alone, and for good. Not SCHED_IDLE: where all processors are busy for
 * long, such a thread hardly ever has one, and nobody but root can raise it again. */
static void become_nice(struct asker *asker)
{
    if (asker->is_nice)
        return;
    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
    setpriority(PRIO_PROCESS, 0, NICENESS);
    asker->is_nice = true;
}

static int open_store(struct asker *asker, struct error *err)
{
    int rc = store_open_asker(asker->all->path, &asker->store, err);
    if (rc == 0)
        asker->relations = relations_new(asker->store);
    if (rc == 0)
        asker->kept = kept_new(store_database(asker->store), KEPT);
    return rc;
}

static void close_store(struct asker *asker)
{
    kept_free(TAKE(asker->kept));
    relations_free(TAKE(asker->relations));
    store_close(TAKE(asker->store));
}

static void answer(void *context)
{
    struct asker *asker = context;
    struct request *request = asker->request;
    struct error why = {0};
    become_nice(asker);
    if (!asker->store && open_store(asker, &why) < 0) {
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the store cannot be read: %s", why.text);
        return;
    }
    int64_t begin = clock_work();
    request->relations = asker->relations;
    request->kept = asker->kept;
    request->route->run(request, asker->store);
    asker->has_toiled |= clock_work() - begin > TOIL;
}

/* ---- on the loop ---- */

static bool is_idle(const struct askers *askers)
{
    for (size_t i = 0; i < askers->count; i++)
        if (askers->items[i].request)
            return false;
    return true;
}

static void on_done(void *context);

static void start(struct asker *asker)
{
    struct askers *all = asker->all;
    asker->request = all->first;
    if (!asker->request)
        return;
    all->waiting--;
    all->first = asker->request->next;
    if (!all->first)
        all->last = &all->first;
    worker_run(asker->worker, answer, on_done, asker);
}

static void on_done(void *context)
{
    struct asker *asker = context;
    struct request *request = asker->request;
    start(asker);
    request->asked_done(request);
}

static void stop_unheard(struct request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd look = {.fd = info->connect_fd, .events = POLLRDHUP};
    if (poll(&look, 1, 0) > 0)
        question_stop(request->question);
}

static void each_request(struct askers *askers, void (*act)(struct request *request))
{
    for (size_t i = 0; i < askers->count; i++)
        if (askers->items[i].request)
            act(askers->items[i].request);
    for (struct request *request = askers->first; request; request = request->next)
        act(request);
}

/* What tables took is free again, but the allocator keeps it, a hundred megabytes
 * perhaps. Not on an asker's thread: that might be made to wait with the locks of all
 * memory in its hands. */
static void give_back(struct askers *askers)
{
    bool has_toiled = false;
    for (size_t i = 0; i < askers->count; i++) {
        has_toiled |= askers->items[i].has_toiled;
        askers->items[i].has_toiled = false;
    }
    if (has_toiled)
        malloc_trim(0);
}

static void on_timer(uv_timer_t *timer)
{
    struct askers *askers = timer->data;
    each_request(askers, stop_unheard);
    if (!is_idle(askers))
        return;
    uv_timer_stop(timer);
    give_back(askers);
}

static void stop(struct request *request)
{
    question_stop(request->question);
}

void askers_stop(struct askers *askers)
{
    each_request(askers, stop);
}

struct askers *askers_new(struct uv_loop_s *loop, const char *path)
{
    struct askers *askers = memory_new(sizeof *askers);
    size_t count = uv_available_parallelism();
    askers->path = text_copy(path);
    askers->last = &askers->first;
    askers->count = count < ASKERS_MIN   ? ASKERS_MIN
                    : count > ASKERS_MAX ? ASKERS_MAX
                                         : count;
    for (size_t i = 0; i < askers->count; i++)
        askers->items[i] = (struct asker){.all = askers, .worker = worker_new(loop)};
    uv_timer_init(loop, &askers->timer);
    uv_unref((uv_handle_t *)&askers->timer);
    askers->timer.data = askers;
    return askers;
}

static void on_closed(uv_handle_t *handle)
{
    struct askers *askers = handle->data;
    free(askers->path);
    free(askers);
}

void askers_free(struct askers *askers)
{
    if (!askers)
        return;
    for (size_t i = 0; i < askers->count; i++) {
        worker_free(askers->items[i].worker);
        close_store(&askers->items[i]);
    }
    uv_close((uv_handle_t *)&askers->timer, on_closed);
}

bool askers_put(struct askers *askers, struct request *request,
                void (*done)(struct request *request))
{
    if (askers->waiting == ASKERS_WAITING_MAX)
        return false;
    if (is_idle(askers))
        uv_timer_start(&askers->timer, on_timer, LOOK_MS, LOOK_MS);
    request->asked_done = done;
    request->next = NULL;
    *askers->last = request;
    askers->last = &request->next;
    askers->waiting++;
    for (size_t i = 0; i < askers->count; i++)
        if (!askers->items[i].request) {
            start(&askers->items[i]);
            break;
        }
    return true;
}
