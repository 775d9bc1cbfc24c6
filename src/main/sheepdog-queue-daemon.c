// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-queue-daemon - the server.
 *
 *     door ──> queue ──> pump (handlers) ──> store ──> outbox ──> people
 *
 * The loop's thread serves the door; one worker alone writes the store. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
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
#include "config/config.h"
#include "door/door.h"
#include "handler/pump.h"
#include "notify/outbox.h"
#include "queue/embedded.h"
#include "store/pruner.h"
#include "store/store.h"

#define NAME       "sheepdog-queue-daemon"
#define QUEUE_SIZE ((size_t)64 << 20) /* bytes of messages that may wait */

struct options {
    const char *config; /* NULL: looked for */
    int port;           /* -1: the configuration's */
    bool is_check;
};

static const struct choice {
    char letter;
    const char *name, *argument, *help;
} choices[] = {
    {'c', "config", "FILE", "the configuration; else it is looked for"},
    {'p', "port", "N", "the port of the door; 0 takes a free one"},
    {'k', "check", NULL, "read the configuration, say whether it is good, and end"},
    {'h', "help", NULL, "this text"},
    {'v', "version", NULL, "the version"},
};

#define CHOICE_COUNT (sizeof choices / sizeof *choices)

static int print_help(FILE *to, int status)
{
    fprintf(to,
            "usage: " NAME " [-c FILE] [OPTIONS]\n\n"
            "The server: takes messages by HTTP on loopback, stores them, and tells "
            "what changed.\n\n");
    for (size_t i = 0; i < CHOICE_COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "--%s %s", choices[i].name,
                 choices[i].argument ? choices[i].argument : "");
        fprintf(to, "  %s  %-16s %s\n", choices[i].letter == 'c' ? "-c," : "   ", name,
                choices[i].help);
    }
    return status;
}

static int parse_port(const char *text, int *ret)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || port > 65535) {
        fprintf(stderr, NAME ": --port: found \"%s\", expected 0 to 65535\n", text);
        return -EINVAL;
    }
    *ret = (int)port;
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *ret)
{
    struct option table[CHOICE_COUNT + 1] = {0};
    for (size_t i = 0; i < CHOICE_COUNT; i++)
        table[i] = (struct option){.name = choices[i].name,
                                   .has_arg = choices[i].argument ? required_argument
                                                                  : no_argument,
                                   .val = choices[i].letter};
    int letter;
    while ((letter = getopt_long(argc, argv, "c:", table, NULL)) >= 0) {
        if (letter == 'c')
            ret->config = optarg;
        else if (letter == 'k')
            ret->is_check = true;
        else if (letter == 'h')
            return print_help(stdout, 0);
        else if (letter == 'v')
            return printf(NAME " " VERSION "\n") < 0;
        else if (letter != 'p')
            return print_help(stderr, 2);
        else if (parse_port(optarg, &ret->port) < 0)
            return 2;
    }
    return optind < argc ? print_help(stderr, 2) : -1;
}

static int load_config(const struct options *options, struct config **ret,
                       struct error *err)
{
    int rc = config_open(options->config, ret, err);
    if (rc == 0 && !(*ret)->path)
        log_info(NAME ": there is no configuration; we go on with the defaults");
    return rc;
}

static int open_store(const char *path, struct store **ret, struct store **ret_reader,
                      struct error *err)
{
    AUTO(str) char *folder = text_copy(path);
    char *slash = strrchr(folder, '/');
    if (slash && slash > folder) {
        *slash = '\0';
        int rc = files_make_folder(folder, 0700, err);
        if (rc < 0)
            return rc;
    }
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
    uv_check_t turn; /* of the loop, while it ends */
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
    if (server->is_ending) {
        log_warning(NAME ": a second signal: we end at once");
        _exit(EXIT_FAILURE);
    }
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

    AUTO(store) struct store *store = NULL;
    AUTO(store) struct store *reader = NULL;
    int rc = open_store(config->store, &store, &reader, err);
    if (rc < 0)
        return rc;

    AUTO(worker) struct worker *worker = worker_new(&loop);
    AUTO(pruner)
    struct pruner *pruner = pruner_new(
        &(struct pruner_parts){.loop = &loop, .worker = worker, .store = store},
        config);
    AUTO(outbox)
    struct outbox *outbox = outbox_new(&(struct outbox_parts){.loop = &loop,
                                                              .program = server->teller,
                                                              .store = config->store},
                                       config->path);
    AUTO(queue) struct queue *queue = queue_new(QUEUE_SIZE);
    AUTO(pump)
    struct pump *pump = pump_new(&(struct pump_parts){.queue = queue,
                                                      .worker = worker,
                                                      .store = store,
                                                      .stored = on_stored,
                                                      .context = outbox},
                                 config);
    AUTO(door) struct door *door = NULL;
    rc = door_open(&(struct door_parts){.loop = &loop,
                                        .queue = queue,
                                        .reader = reader,
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
    struct options options = {.port = -1};
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
