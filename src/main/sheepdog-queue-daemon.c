// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-queue-daemon - the server.
 *
 *     door ──> intake ──> pump (handlers) ──> store ──> outbox ──> people
 *
 * What stands behind the door is server/. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "door/door.h"
#include "server/server.h"
#include "store/store.h"

#define NAME "sheepdog-queue-daemon"

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

/* What stands in front of the intake. */
struct front {
    const struct options *options;
    struct server *server;
    struct door *door;
};

static void front_use(void *context, const struct config *old,
                      const struct config *config)
{
    struct front *front = context;
    server_say_restart(front->server, "listen",
                       strcmp(old->listen, config->listen) != 0);
    server_say_restart(front->server, "port",
                       front->options->port < 0 && old->port != config->port);
}

static void front_quiesce(void *context)
{
    struct front *front = context;
    door_quiesce(front->door);
}

static bool front_is_waiting(void *context)
{
    struct front *front = context;
    return door_is_waiting(front->door);
}

static void say_listening(const struct config *config, const struct door *door)
{
    bool is_v6 = strchr(config->listen, ':') != NULL;
    log_info(NAME ": version " VERSION ", configuration %s, store %s",
             config->path ? config->path : "(defaults)", config->store);
    log_info("door: listening on http://%s%s%s:%d", is_v6 ? "[" : "", config->listen,
             is_v6 ? "]" : "", door_port(door));
}

static int open_door(struct server *server, const struct door_worker *reader,
                     const struct options *options, struct door **ret,
                     struct error *err)
{
    const struct config *config = server_config(server);
    int port = options->port < 0 ? (int)config->port : options->port;
    struct door_parts parts = {.loop = server_loop(server),
                               .intake = server_intake(server),
                               .reader = *reader,
                               .writer = {server_worker(server), server_store(server)},
                               .pushed = server_wake,
                               .context = server};
    int rc = door_open(&parts, config->listen, port, ret, err);
    return rc < 0 ? error_prefix(err, rc, "door") : 0;
}

/* config is taken over. */
static int serve(const struct options *options, const struct server_parts *parts,
                 struct config *config, struct error *err)
{
    AUTO(server) struct server *server = NULL;
    AUTO(store) struct store *reader = NULL;
    AUTO(worker) struct worker *reading = NULL; /* for the door */
    AUTO(door) struct door *door = NULL;
    int rc = server_open(parts, config, &server, err);
    if (rc == 0)
        rc = store_open_reader(config->store, &reader, err);
    if (rc < 0)
        return rc;
    reading = worker_new(server_loop(server));
    rc = open_door(server, &(struct door_worker){reading, reader}, options, &door, err);
    if (rc < 0)
        return rc;

    say_listening(config, door);
    struct front front = {.options = options, .server = server, .door = door};
    server_run(server, &(struct server_front){.use = front_use,
                                              .quiesce = front_quiesce,
                                              .is_waiting = front_is_waiting,
                                              .context = &front});
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = read_options(argc, argv, &options);
    if (status >= 0)
        return status;

    struct error err = {0};
    struct config *config = NULL;
    struct server_parts parts = {
        .program = NAME, .conf = options.conf, .lock = "daemon"};
    int rc = server_load_config(&parts, &config, &err);
    if (rc == 0 && options.is_check) {
        printf("%s: good\n", config->path ? config->path : "defaults");
        config_free(config);
    } else if (rc == 0) {
        rc = serve(&options, &parts, config, &err);
    }
    if (rc < 0)
        log_error(NAME ": %s; we end", err.text);
    return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
