// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-queue-daemon - the server.
 *
 *     door ──> queue ──> pump (handlers) ──> store ──> outbox ──> people
 *
 * The loop's thread serves the door; one worker alone writes the store. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/ready.h"
#include "base/worker.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "door/door.h"
#include "handler/pump.h"
#include "notify/outbox.h"
#include "queue/intake.h"
#include "store/pruner.h"
#include "store/store.h"

#define NAME        "sheepdog-queue-daemon"
#define INTAKE_SIZE ((size_t)64 << 20) /* bytes of messages that may wait */
#define PATIENCE_MS 1000               /* after which a second signal is impatience */

struct options {
    const char *conf;      /* NULL: looked for */
    const char *port_text; /* NULL: the configuration's */
    bool is_check;
    int port; /* of port_text; -1: none */
};

#define AT(member) offsetof(struct options, member)

static const struct option_row option_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the configuration; else it is looked for"},
    {0, "port", "N", OPTION_TEXT, AT(port_text),
     "the port of the door; 0 takes a free one"},
    {0, "check", NULL, OPTION_FLAG, AT(is_check),
     "read the configuration, say whether it is good, and end"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int print_help(void)
{
    printf(
        "usage: " NAME " [-c FILE] [OPTIONS]\n\n"
        "The server: takes messages by HTTP on loopback, stores them, and tells what "
        "changed.\n\n");
    options_print(option_rows);
    return EXIT_OK;
}

static int parse_port(struct options *options, struct error *err)
{
    const char *text = options->port_text;
    options->port = -1;
    if (!text)
        return 0;
    char *end;
    long port = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || port > 65535)
        return error_set(err, -EINVAL, "--port: found \"%.20s\", expected 0 to 65535",
                         text);
    options->port = (int)port;
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *ret)
{
    struct error why = {0};
    int next;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return print_help();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts(NAME " " VERSION) < 0;

    int rc = options_parse(option_rows, argc, argv, ret, &next, &why);
    if (rc == 0)
        rc = parse_port(ret, &why);
    if (rc == 0 && next < argc)
        rc =
            error_set(&why, -EINVAL, "found %.60s, expected options alone", argv[next]);
    if (rc == 0)
        return -1;
    fprintf(stderr, NAME ": %s; see --help\n", why.text);
    return EXIT_USAGE;
}

static int load_config(const struct options *options, struct config **ret,
                       struct error *err)
{
    int rc = config_open(options->conf, ret, err);
    if (rc == 0 && !(*ret)->path)
        log_info(NAME ": there is no configuration; we go on with the defaults");
    return rc;
}

static int make_store_folder(const char *path, struct error *err)
{
    AUTO(str) char *folder = text_copy(path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return 0;
    *slash = '\0';
    return files_make_folder(folder, 0700, err);
}

/* One daemon a store: *ret_lock is held as long as it runs. */
static int lock_store(const char *path, int *ret_lock, struct error *err)
{
    AUTO(str) char *name = text_format("%s-daemon", path);
    int rc = files_lock(name, ret_lock, err);
    if (rc == -EAGAIN)
        return error_set(err, rc, "%s: another " NAME " uses this store", path);
    return rc;
}

static int open_store(const char *path, struct store **ret, struct store **ret_reader,
                      struct error *err)
{
    int rc = store_open(path, ret, err);
    return rc < 0 ? rc : store_open_reader(path, ret_reader, err);
}

/* What the signals act on. */
struct server {
    const struct options *options;
    struct config *config; /* in use */
    char *teller;          /* path of sheepdog-tell */
    struct worker *worker;
    struct pruner *pruner;
    struct outbox *outbox;
    struct pump *pump;
    struct door *door;
    uv_signal_t signals[3];
    uv_check_t turn;       /* of the loop, while it ends */
    uint64_t ending_since; /* ms, by the loop's clock */
    bool is_ending, outbox_has_stopped;
};

static void say_ready(int rc, const struct error *err)
{
    if (rc < 0)
        log_warning(NAME ": the service manager is not told: %s", err->text);
}

static void say_restart(const char *name, bool has_changed)
{
    if (has_changed)
        log_warning(NAME
                    ": the setting %s has changed: it takes a restart; we go on as "
                    "before",
                    name);
}

static void wait_for_worker(void *job UNUSED)
{
}

static void free_config(void *job)
{
    config_free(job);
}

/* The worker's jobs that began with the old configuration end before it is freed. */
static void exchange_config(struct server *server, struct config *config)
{
    struct config *old = server->config;
    say_restart("listen", strcmp(old->listen, config->listen) != 0);
    say_restart("port", server->options->port < 0 && old->port != config->port);
    say_restart("store", strcmp(old->store, config->store) != 0);
    server->config = config;
    pruner_use(server->pruner, config);
    pump_use(server->pump, config);
    outbox_use(server->outbox, config->path);
    worker_run(server->worker, wait_for_worker, free_config, old);
}

static void on_hangup(uv_signal_t *handle, int number UNUSED)
{
    struct server *server = handle->data;
    struct error err = {0};
    if (server->is_ending)
        return;
    say_ready(ready_reloading(&err), &err);
    struct config *config;
    if (load_config(server->options, &config, &err) < 0) {
        log_error(NAME ": the configuration stays as it was: %s", err.text);
    } else {
        exchange_config(server, config);
        log_info(NAME ": the configuration is read again: %s",
                 config->path ? config->path : "the defaults");
    }
    say_ready(ready_started(&err), &err);
}

static void on_turn(uv_check_t *turn)
{
    struct server *server = turn->data;
    if (server->outbox_has_stopped && !door_is_waiting(server->door) &&
        worker_is_idle(server->worker))
        uv_stop(turn->loop);
}

static void on_outbox_stopped(void *context)
{
    struct server *server = context;
    server->outbox_has_stopped = true;
}

/* What waits is stored and answered first. */
static void on_end(uv_signal_t *handle, int number)
{
    struct server *server = handle->data;
    struct error err = {0};
    uint64_t now = uv_now(handle->loop);
    if (server->is_ending && now - server->ending_since < PATIENCE_MS)
        return; /* sent to us and to our group: meant once */
    if (server->is_ending) {
        log_warning(NAME ": a second signal: we end at once");
        _exit(EXIT_FAILURE);
    }
    server->ending_since = now;
    log_info(NAME ": %s: we end", strsignal(number));
    server->is_ending = true;
    say_ready(ready_stopping(&err), &err);
    door_quiesce(server->door);
    pruner_stop(server->pruner);
    uv_check_start(&server->turn, on_turn);
    outbox_stop(server->outbox, on_outbox_stopped, server);
}

static void watch_signals(uv_loop_t *loop, struct server *server)
{
    static const struct {
        int number;
        uv_signal_cb act;
    } rows[] = {{SIGTERM, on_end}, {SIGINT, on_end}, {SIGHUP, on_hangup}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uv_signal_init(loop, &server->signals[i]);
        server->signals[i].data = server;
        uv_signal_start(&server->signals[i], rows[i].act, rows[i].number);
    }
    uv_check_init(loop, &server->turn);
    server->turn.data = server;
}

static void close_handle(uv_handle_t *handle, void *context UNUSED)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* After all parts are freed: their handles, and the signals', have yet to close. */
static void loop_auto(uv_loop_t *loop)
{
    uv_walk(loop, close_handle, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
}

static void on_pushed(void *pump)
{
    pump_wake(pump);
}

static void on_stored(void *outbox, bool has_news)
{
    if (has_news)
        outbox_wake(outbox);
}

static void say_listening(const struct config *config, const struct door *door)
{
    bool is_v6 = strchr(config->listen, ':') != NULL;
    log_info(NAME ": version " VERSION ", configuration %s, store %s",
             config->path ? config->path : "(defaults)", config->store);
    log_info("door: listening on http://%s%s%s:%d", is_v6 ? "[" : "", config->listen,
             is_v6 ? "]" : "", door_port(door));
}

/* Makes the parts, from the end of a message's way: each is given the next. */
static int serve(struct server *server, struct error *err)
{
    const struct config *config = server->config;
    int port = server->options->port < 0 ? (int)config->port : server->options->port;
    AUTO(loop) uv_loop_t loop;
    uv_loop_init(&loop);

    AUTO(fd) int lock = -1;
    AUTO(store) struct store *store = NULL;
    AUTO(store) struct store *reader = NULL;
    int rc = make_store_folder(config->store, err);
    if (rc == 0)
        rc = lock_store(config->store, &lock, err);
    if (rc == 0)
        rc = open_store(config->store, &store, &reader, err);
    if (rc < 0)
        return rc;

    AUTO(worker) struct worker *worker = worker_new(&loop);
    AUTO(worker) struct worker *reading = worker_new(&loop);
    AUTO(pruner)
    struct pruner *pruner = pruner_new(
        &(struct pruner_parts){.loop = &loop, .worker = worker, .store = store},
        config);
    AUTO(outbox)
    struct outbox *outbox = outbox_new(&(struct outbox_parts){.loop = &loop,
                                                              .program = server->teller,
                                                              .store = config->store},
                                       config->path);
    AUTO(intake) struct intake *intake = intake_new(INTAKE_SIZE);
    AUTO(pump)
    struct pump *pump = pump_new(&(struct pump_parts){.intake = intake,
                                                      .worker = worker,
                                                      .store = store,
                                                      .stored = on_stored,
                                                      .context = outbox},
                                 config);
    AUTO(door) struct door *door = NULL;
    rc = door_open(&(struct door_parts){.loop = &loop,
                                        .intake = intake,
                                        .reader = {reading, reader},
                                        .writer = {worker, store},
                                        .pushed = on_pushed,
                                        .context = pump},
                   config->listen, port, &door, err);
    if (rc < 0)
        return error_prefix(err, rc, "door");

    server->worker = worker;
    server->pruner = pruner;
    server->outbox = outbox;
    server->pump = pump;
    server->door = door;
    watch_signals(&loop, server);
    outbox_start(outbox);
    say_listening(config, door);
    say_ready(ready_started(err), err);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = read_options(argc, argv, &options);
    if (status >= 0)
        return status;

    struct error err = {0};
    struct server server = {.options = &options};
    int rc = load_config(&options, &server.config, &err);
    if (rc == 0 && options.is_check) {
        printf("%s: good\n", server.config->path ? server.config->path : "defaults");
    } else if (rc == 0) {
        signal(SIGPIPE, SIG_IGN);
        rc = program_find("sheepdog-tell", &server.teller, &err);
        if (rc == 0)
            rc = serve(&server, &err);
    }
    config_free(server.config);
    free(server.teller);
    if (rc < 0) {
        log_error(NAME ": %s; we end", err.text);
        return EXIT_FAILURE;
    }
    if (server.is_ending)
        log_info(NAME ": ended");
    return EXIT_SUCCESS;
}
