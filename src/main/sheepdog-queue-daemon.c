// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-queue-daemon - the server.
 *
 *     door ──> queue ──> intake ──> pump (handlers) ──> store ──> outbox ──> people
 *
 * What stands behind the door is server/. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/admin.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "door/door.h"
#include "door/listen.h"
#include "door/tls.h"
#include "queue/embedded.h"
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
    printf("usage: " NAME " [-c FILE] [OPTIONS]\n"
           "       " NAME " COMMAND …\n\n"
           "The server: takes messages by HTTP, stores them, and tells what "
           "changed.\n\n");
    options_print(option_rows);
    puts("\nCommands, each with --help:\n");
    admin_print_list(admin_commands);
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
        return error_set(err, -EINVAL, "--port: found \"%.40s\", expected 0 to 65535",
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
        rc = error_set(&why, -EINVAL,
                       "found %.60s, expected options, or a command in "
                       "the first place",
                       argv[next]);
    if (rc == 0)
        return -1;
    fprintf(stderr, NAME ": %s; see --help\n", why.text);
    return EXIT_USAGE;
}

/* What takes root, where the port or the key is root's alone: done before all else. */
struct entrance {
    struct listening listening;
    struct tls *tls; /* NULL: none */
};

static void entrance_clear(struct entrance *entrance)
{
    fd_auto(&entrance->listening.fd);
    tls_free(entrance->tls);
}
AUTO_DEFINE_CLEAR(entrance)

static bool has_tls(const struct config *config)
{
    return config->tls_certificate[0] || config->tls_key[0];
}

static int load_tls(const struct config *config, struct tls **ret, struct error *err)
{
    if (!has_tls(config))
        return 0;
    if (!config->tls_certificate[0] || !config->tls_key[0])
        return error_set(err, -EINVAL,
                         "(tls …): the setting %s is missing beside the other",
                         config->tls_key[0] ? "certificate" : "key");
    return tls_load(config->tls_certificate, config->tls_key, clock_now(), ret, err);
}

static int open_entrance(const struct options *options, const struct config *config,
                         struct entrance *ret, struct error *err)
{
    int port = options->port < 0 ? (int)config->port : options->port;
    int rc = load_tls(config, &ret->tls, err);
    if (rc == 0)
        rc = listen_bind(config->listen, port, &ret->listening, err);
    return rc < 0 ? error_prefix(err, rc, "door") : 0;
}

static void say_certificate(const struct config *config, const struct tls *tls)
{
    char until[CLOCK_TEXT_SIZE];
    clock_format_utc(tls_expires(tls), until);
    log_info("door: the certificate %s holds until %s", config->tls_certificate, until);
}

/* What stands in front of the intake. */
struct front {
    const struct options *options;
    struct server *server;
    struct embedded *embedded;
    struct door *door;
};

/* The files may be new under their old names. */
static void use_tls(struct front *front, const struct config *config)
{
    struct error why = {0};
    AUTO(tls) struct tls *tls = NULL;
    if (load_tls(config, &tls, &why) < 0)
        log_error("door: the certificate stays as it was: %s%s", why.text,
                  geteuid() == 0 ? "" : "; what root alone can read takes a restart");
    else if (tls)
        say_certificate(config, tls);
    door_use(front->door, config, tls);
}

static void front_use(void *context, const struct config *old,
                      const struct config *config)
{
    struct front *front = context;
    const struct server *server = front->server;
    server_say_restart(server, "listen", strcmp(old->listen, config->listen) != 0);
    server_say_restart(server, "port",
                       front->options->port < 0 && old->port != config->port);
    server_say_restart(server, "cleartext", old->cleartext != config->cleartext);
    server_say_restart(server, "tls", has_tls(old) != has_tls(config));
    if (has_tls(old) && has_tls(config))
        use_tls(front, config);
    else
        door_use(front->door, config, NULL);
}

static void front_quiesce(void *context)
{
    struct front *front = context;
    door_quiesce(front->door);
    embedded_stop(front->embedded);
}

static bool front_is_waiting(void *context)
{
    struct front *front = context;
    return door_is_waiting(front->door) || !embedded_is_idle(front->embedded);
}

static void say_listening(const struct config *config, const struct entrance *entrance,
                          const struct door *door)
{
    bool is_v6 = strchr(config->listen, ':') != NULL;
    log_info(NAME ": version " VERSION ", configuration %s, store %s",
             config->path ? config->path : "(defaults)", config->store);
    if (entrance->tls)
        say_certificate(config, entrance->tls);
    log_info("door: listening on %s://%s%s%s:%d", entrance->tls ? "https" : "http",
             is_v6 ? "[" : "", config->listen, is_v6 ? "]" : "",
             entrance->listening.port);
    if (!entrance->listening.is_loopback && !entrance->tls)
        log_warning("door: (cleartext #t): without TLS, whoever is on the way reads "
                    "the messages, and the tokens");
    if (!entrance->listening.is_loopback && door_is_open(door))
        log_warning("door: (cleartext #t): without a token, whoever reaches this door "
                    "sees everything, and may change it");
}

/* The stores that the door reads: one on a worker, for what is asked; one on the loop,
 * for the tokens. */
struct readers {
    struct door_worker worker;
    struct store *tokens;
};

static void readers_clear(struct readers *readers)
{
    worker_free(readers->worker.worker);
    store_close(readers->worker.store);
    store_close(readers->tokens);
}
AUTO_DEFINE_CLEAR(readers)

static int open_readers(struct server *server, struct readers *ret, struct error *err)
{
    const char *path = server_config(server)->store;
    int rc = store_open_reader(path, &ret->worker.store, err);
    if (rc == 0)
        rc = store_open_reader(path, &ret->tokens, err);
    if (rc == 0)
        ret->worker.worker = worker_new(server_loop(server));
    return rc;
}

/* Its journal lies beside the store. */
static int open_queue(struct server *server, struct embedded **ret, struct error *err)
{
    AUTO(str) char *folder = text_format("%s-queue", server_config(server)->store);
    struct embedded_parts parts = {.loop = server_loop(server),
                                   .folder = folder,
                                   .intake = server_intake(server),
                                   .pushed = server_wake,
                                   .context = server};
    return embedded_open(&parts, ret, err);
}

static int open_door(struct server *server, struct embedded *embedded,
                     const struct readers *readers, struct entrance *entrance,
                     struct door **ret, struct error *err)
{
    struct door_parts parts = {.loop = server_loop(server),
                               .embedded = embedded,
                               .reader = readers->worker,
                               .writer = {server_worker(server), server_store(server)},
                               .token_reader = readers->tokens,
                               .store_path = server_config(server)->store,
                               .wants = server_wants(server),
                               .has_news = server_tell,
                               .has_changed = server_touch,
                               .context = server,
                               .config = server_config(server),
                               .listening = entrance->listening,
                               .tls = entrance->tls};
    int rc = door_open(&parts, ret, err);
    if (rc < 0)
        return error_prefix(err, rc, "door");
    entrance->listening.fd = -1;
    return 0;
}

/* config is taken over. */
static int serve(const struct options *options, const struct server_parts *parts,
                 struct config *config, struct error *err)
{
    AUTO(entrance) struct entrance entrance = {.listening.fd = -1};
    AUTO(server) struct server *server = NULL;
    AUTO(readers) struct readers readers = {0};
    AUTO(embedded) struct embedded *embedded = NULL;
    AUTO(door) struct door *door = NULL;
    int rc = open_entrance(options, config, &entrance, err);
    if (rc < 0) {
        config_free(config);
        return rc;
    }
    rc = server_open(parts, config, &server, err);
    if (rc == 0)
        rc = open_readers(server, &readers, err);
    if (rc == 0)
        rc = open_queue(server, &embedded, err);
    if (rc == 0)
        rc = open_door(server, embedded, &readers, &entrance, &door, err);
    if (rc < 0)
        return rc;

    say_listening(config, &entrance, door);
    struct front front = {
        .options = options, .server = server, .embedded = embedded, .door = door};
    server_run(server, &(struct server_front){.use = front_use,
                                              .quiesce = front_quiesce,
                                              .is_waiting = front_is_waiting,
                                              .context = &front});
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] != '-')
        return admin_run(argc - 1, argv + 1);
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
