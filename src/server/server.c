// SPDX-License-Identifier: GPL-3.0-or-later
/* server - makes the parts from the end of a message's way: each is given the next. */
#include "server/server.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "alert/digests.h"
#include "alert/watch.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/ready.h"
#include "base/worker.h"
#include "handler/pump.h"
#include "handler/wants.h"
#include "notify/outbox.h"
#include "receiver/receivers.h"
#include "server/privileges.h"
#include "server/sources.h"
#include "store/pruner.h"
#include "store/store.h"

#define INTAKE_SIZE ((size_t)64 << 20) /* bytes of messages that may wait */
#define PATIENCE_MS 1000               /* after which a second signal is impatience */

struct server {
    struct server_parts parts;
    struct config *config; /* in use */
    uv_loop_t loop;
    struct starter *starter;
    int lock; /* -1: none */
    struct store *store;
    struct worker *worker;
    struct wants *wants;
    struct pruner *pruner;
    struct outbox *outbox;
    struct intake *intake;
    struct watch *watch;
    struct digests *digests;
    struct pump *pump;
    struct sources *sources;
    struct receivers *receivers;
    struct server_front front;
    uv_signal_t signals[3];
    uv_check_t turn;       /* of the loop, while it ends */
    uint64_t ending_since; /* ms, by the loop's clock */
    struct config *old;    /* until nobody uses it any more; NULL: none */
    bool is_reload_wanted; /* once that is over */
    bool is_ending, outbox_has_stopped, sources_have_stopped, receivers_have_stopped,
        watch_has_stopped, digests_have_stopped;
};

static int check_reads(const struct server_parts *parts, const struct config *config,
                       struct error *err)
{
    if (config->read.count > 0 || !parts->reads_alone)
        return sources_check(config, err);
    return error_set(err, -EINVAL,
                     "%s: no queue is to be read: expected (read \"redis://HOST\") or "
                     "(read \"amqp://HOST\")",
                     config->path ? config->path : "there is no configuration");
}

int server_load_config(const struct server_parts *parts, struct config **ret,
                       struct error *err)
{
    AUTO(config) struct config *config = NULL;
    int rc = config_open(parts->conf, &config, err);
    if (rc == 0)
        rc = check_reads(parts, config, err);
    if (rc < 0)
        return rc;
    if (!config->path)
        log_info("%s: there is no configuration; we go on with the defaults",
                 parts->program);
    *ret = TAKE(config);
    return 0;
}

/* ---- the parts ---- */

/* It is read again at SIGHUP, and by sheepdog-tell for each mail. */
static int check_config(const struct identity *identity, const char *path,
                        struct error *err)
{
    if (!path || !identity->name || access(path, R_OK) == 0)
        return 0;
    return error_set(err, -EACCES,
                     "%s: user %s cannot read it: chgrp %u %s && chmod 640 %s", path,
                     identity->name, (unsigned)identity->gid, path, path);
}

static void say_identity(const struct server *server, const struct identity *identity)
{
    const char *program = server->parts.program;
    const struct confined_user *receivers = starter_user(server->starter);
    if (identity->name)
        log_info("%s: we go on as user %s", program, identity->name);
    else if (geteuid() == 0 && !*server->config->user)
        log_warning("%s: there is no user " PRIVILEGES_USER
                    "; we go on as root, until (user \"…\") names another",
                    program);
    if (identity->name && identity->uid == receivers->uid)
        log_warning(
            "%s: receivers run as user %s too, who keeps the store, until there "
            "is a user " CONFINEMENT_USER,
            program, identity->name);
}

/* The user who keeps the store: us from here on; but for who starts the receivers. */
static int become_keeper(struct server *server, struct error *err)
{
    const struct config *config = server->config;
    AUTO(identity) struct identity identity = {0};
    int rc = privileges_find(config->user, &identity, err);
    if (rc == 0)
        rc = privileges_make_folder(&identity, config->store, err);
    if (rc == 0)
        rc = starter_open(&server->starter, err);
    if (rc == 0)
        rc = privileges_drop(&identity, err);
    if (rc == 0)
        rc = check_config(&identity, config->path, err);
    if (rc < 0)
        return rc;
    say_identity(server, &identity);
    return 0;
}

/* Held as long as the server is there. */
static int lock_store(struct server *server, struct error *err)
{
    const char *path = server->config->store;
    if (!server->parts.lock)
        return 0;
    AUTO(str) char *name = text_format("%s-%s", path, server->parts.lock);
    int rc = files_lock(name, &server->lock, err);
    if (rc == -EAGAIN)
        return error_set(err, rc, "%s: another %s uses this store", path,
                         server->parts.program);
    return rc;
}

/* Rules know where the server runs, and that it has just begun. */
static int put_server(struct server *server, struct error *err)
{
    char host[HOST_NAME_MAX + 1] = "";
    if (gethostname(host, sizeof host - 1) < 0)
        return error_set(err, -errno, "the name of this machine: %s", strerror(errno));
    int rc = store_begin(server->store, err);
    if (rc == 0)
        rc = store_put_server(server->store, host, clock_now(), err);
    if (rc == 0)
        return store_commit(server->store, err);
    store_rollback(server->store);
    return rc;
}

static int open_store(struct server *server, struct error *err)
{
    int rc = become_keeper(server, err);
    if (rc == 0)
        rc = lock_store(server, err);
    if (rc == 0)
        rc = store_open(server->config->store, &server->store, err);
    return rc == 0 ? put_server(server, err) : rc;
}

static void on_stored(void *context, bool has_news, struct touched *touched)
{
    struct server *server = context;
    if (has_news)
        outbox_wake(server->outbox);
    watch_wake(server->watch, touched);
    receivers_wake(server->receivers);
}

static void make_parts(struct server *server, const char *teller)
{
    const struct config *config = server->config;
    server->worker = worker_new(&server->loop);
    server->pruner = pruner_new(&(struct pruner_parts){.loop = &server->loop,
                                                       .worker = server->worker,
                                                       .store = server->store,
                                                       .has_changed = server_touch,
                                                       .context = server},
                                config);
    server->outbox = outbox_new(&(struct outbox_parts){.loop = &server->loop,
                                                       .program = teller,
                                                       .store = config->store},
                                config);
    const struct watch_parts watching = {.loop = &server->loop,
                                         .worker = server->worker,
                                         .store = server->store,
                                         .path = config->store,
                                         .has_news = server_tell,
                                         .context = server};
    server->watch = watch_new(&watching, config);
    server->digests = digests_new(&watching, config);
    server->intake = intake_new(INTAKE_SIZE);
    server->pump = pump_new(&(struct pump_parts){.intake = server->intake,
                                                 .worker = server->worker,
                                                 .store = server->store,
                                                 .wants = server->wants,
                                                 .stored = on_stored,
                                                 .context = server},
                            config);
    server->sources = sources_new(&(struct sources_parts){.loop = &server->loop,
                                                          .worker = server->worker,
                                                          .store = server->store,
                                                          .intake = server->intake,
                                                          .pushed = server_wake,
                                                          .context = server});
    server->receivers =
        receivers_new(&(struct receivers_parts){.loop = &server->loop,
                                                .starter = server->starter,
                                                .store = config->store,
                                                .intake = server->intake,
                                                .pushed = server_wake,
                                                .context = server});
}

int server_open(const struct server_parts *parts, struct config *config,
                struct server **ret, struct error *err)
{
    AUTO(server) struct server *server = memory_new(sizeof *server);
    server->parts = *parts;
    server->config = config;
    server->lock = -1;
    uv_loop_init(&server->loop);

    AUTO(str) char *teller = NULL;
    int rc = program_find("sheepdog-tell", &teller, err);
    if (rc == 0)
        rc = open_store(server, err);
    server->wants = wants_new();
    if (rc == 0)
        rc = wants_load(server->wants, server->store, err);
    if (rc < 0)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    make_parts(server, teller);
    *ret = TAKE(server);
    return 0;
}

static void close_handle(uv_handle_t *handle, void *context UNUSED)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* After all parts are freed: their handles, and the signals', have yet to close. */
static void close_loop(uv_loop_t *loop)
{
    uv_walk(loop, close_handle, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
}

void server_close(struct server *server)
{
    if (!server)
        return;
    receivers_free(server->receivers);
    starter_close(server->starter);
    sources_free(server->sources);
    pump_free(server->pump);
    wants_free(server->wants);
    intake_free(server->intake);
    digests_free(server->digests);
    watch_free(server->watch);
    outbox_free(server->outbox);
    pruner_free(server->pruner);
    worker_free(server->worker);
    store_close(server->store);
    close_loop(&server->loop);
    fd_auto(&server->lock);
    config_free(server->old);
    config_free(server->config);
    free(server);
}

struct uv_loop_s *server_loop(struct server *server)
{
    return &server->loop;
}

struct intake *server_intake(struct server *server)
{
    return server->intake;
}

struct worker *server_worker(struct server *server)
{
    return server->worker;
}

struct store *server_store(struct server *server)
{
    return server->store;
}

struct wants *server_wants(struct server *server)
{
    return server->wants;
}

const struct config *server_config(const struct server *server)
{
    return server->config;
}

void server_wake(void *context)
{
    struct server *server = context;
    pump_wake(server->pump);
}

void server_tell(void *context)
{
    struct server *server = context;
    outbox_wake(server->outbox);
}

void server_touch(void *context, struct touched *touched)
{
    struct server *server = context;
    watch_wake(server->watch, touched);
}

/* ---- the configuration, read again ---- */

static void say_ready(const struct server *server, int rc, const struct error *err)
{
    if (rc < 0)
        log_warning("%s: the service manager is not told: %s", server->parts.program,
                    err->text);
}

void server_say_restart(const struct server *server, const char *setting,
                        bool has_changed)
{
    if (has_changed)
        log_warning("%s: the setting %s has changed: it takes a restart; we go on as "
                    "before",
                    server->parts.program, setting);
}

static void wait_for_worker(void *job UNUSED)
{
}

static void reload(struct server *server);

static void on_reloaded(void *context)
{
    struct server *server = context;
    struct error err = {0};
    config_free(TAKE(server->old));
    if (server->is_ending)
        return;
    say_ready(server, ready_started(&err), &err);
    if (server->is_reload_wanted)
        reload(server);
}

/* What the worker has begun with the old configuration ends before that is freed. */
static void on_sources_used(void *context)
{
    struct server *server = context;
    worker_run(server->worker, wait_for_worker, on_reloaded, server);
}

static void exchange_config(struct server *server, struct config *config)
{
    struct config *old = server->config;
    server_say_restart(server, "user", strcmp(old->user, config->user) != 0);
    server_say_restart(server, "store", strcmp(old->store, config->store) != 0);
    server->config = config;
    server->old = old;
    if (server->front.use)
        server->front.use(server->front.context, old, config);
    pruner_use(server->pruner, config);
    watch_use(server->watch, config);
    digests_use(server->digests, config);
    pump_use(server->pump, config);
    outbox_use(server->outbox, config);
    receivers_use(server->receivers, config);
    sources_use(server->sources, config, on_sources_used, server);
}

static void reload(struct server *server)
{
    const char *program = server->parts.program;
    struct error err = {0};
    struct config *config;
    server->is_reload_wanted = false;
    say_ready(server, ready_reloading(&err), &err);
    if (server_load_config(&server->parts, &config, &err) < 0) {
        log_error("%s: the configuration stays as it was: %s", program, err.text);
        say_ready(server, ready_started(&err), &err);
        return;
    }
    log_info("%s: the configuration is read again: %s", program,
             config->path ? config->path : "the defaults");
    exchange_config(server, config);
}

static void on_hangup(uv_signal_t *handle, int number UNUSED)
{
    struct server *server = handle->data;
    if (server->is_ending)
        return;
    server->is_reload_wanted = true;
    if (!server->old)
        reload(server);
}

/* ---- the end ---- */

static bool is_waiting(const struct server *server)
{
    const struct server_front *front = &server->front;
    return front->is_waiting && front->is_waiting(front->context);
}

static void on_turn(uv_check_t *turn)
{
    struct server *server = turn->data;
    if (server->outbox_has_stopped && server->sources_have_stopped &&
        server->receivers_have_stopped && server->watch_has_stopped &&
        server->digests_have_stopped && !is_waiting(server) &&
        worker_is_idle(server->worker))
        uv_stop(turn->loop);
}

static void on_outbox_stopped(void *context)
{
    struct server *server = context;
    server->outbox_has_stopped = true;
}

static void on_sources_stopped(void *context)
{
    struct server *server = context;
    server->sources_have_stopped = true;
}

static void on_receivers_stopped(void *context)
{
    struct server *server = context;
    server->receivers_have_stopped = true;
}

static void on_digests_stopped(void *context)
{
    struct server *server = context;
    server->digests_have_stopped = true;
}

static void on_watch_stopped(void *context)
{
    struct server *server = context;
    server->watch_has_stopped = true;
}

/* What waits is stored and answered first. */
static void begin_end(struct server *server)
{
    struct error err = {0};
    server->is_ending = true;
    say_ready(server, ready_stopping(&err), &err);
    if (server->front.quiesce)
        server->front.quiesce(server->front.context);
    pruner_stop(server->pruner);
    uv_check_start(&server->turn, on_turn);
    sources_stop(server->sources, on_sources_stopped, server);
    receivers_stop(server->receivers, on_receivers_stopped, server);
    watch_stop(server->watch, on_watch_stopped, server);
    digests_stop(server->digests, on_digests_stopped, server);
    outbox_stop(server->outbox, on_outbox_stopped, server);
}

static void on_end(uv_signal_t *handle, int number)
{
    struct server *server = handle->data;
    uint64_t now = uv_now(handle->loop);
    if (server->is_ending && now - server->ending_since < PATIENCE_MS)
        return; /* sent to us and to our group: meant once */
    if (server->is_ending) {
        log_warning("%s: a second signal: we end at once", server->parts.program);
        _exit(EXIT_FAILURE);
    }
    server->ending_since = now;
    log_info("%s: %s: we end", server->parts.program, strsignal(number));
    begin_end(server);
}

static void watch_signals(struct server *server)
{
    static const struct {
        int number;
        uv_signal_cb act;
    } rows[] = {{SIGTERM, on_end}, {SIGINT, on_end}, {SIGHUP, on_hangup}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uv_signal_init(&server->loop, &server->signals[i]);
        server->signals[i].data = server;
        uv_signal_start(&server->signals[i], rows[i].act, rows[i].number);
    }
    uv_check_init(&server->loop, &server->turn);
    server->turn.data = server;
}

void server_run(struct server *server, const struct server_front *front)
{
    struct error err = {0};
    server->front = front ? *front : (struct server_front){0};
    watch_signals(server);
    outbox_start(server->outbox);
    watch_start(server->watch);
    digests_start(server->digests);
    sources_use(server->sources, server->config, NULL, NULL);
    receivers_use(server->receivers, server->config);
    say_ready(server, ready_started(&err), &err);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    log_info("%s: ended", server->parts.program);
}
