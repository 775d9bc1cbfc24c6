// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-handler - the handler alone, for a server that has Redis or RabbitMQ.
 *
 *     queues ──> sources ──> pump (handlers) ──> store ──> outbox ──> people
 *
 * Any number of them may share one queue, and one store. All of it is server/. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "server/server.h"

#define NAME "sheepdog-handler"

struct options {
    const char *conf; /* NULL: looked for */
    bool is_check;
};

#define AT(member) offsetof(struct options, member)

static const struct option_row option_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the configuration; else it is looked for"},
    {0, "check", NULL, OPTION_FLAG, AT(is_check),
     "read the configuration, say whether it is good, and end"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int print_help(void)
{
    printf("usage: " NAME " [-c FILE] [OPTIONS]\n\n"
           "Reads the queues that the configuration's (read …) names, stores the "
           "messages,\nand tells what changed.\n\n");
    options_print(option_rows);
    return EXIT_OK;
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
    if (rc == 0 && next < argc)
        rc =
            error_set(&why, -EINVAL, "found %.60s, expected options alone", argv[next]);
    if (rc == 0)
        return -1;
    fprintf(stderr, NAME ": %s; see --help\n", why.text);
    return EXIT_USAGE;
}

/* config is taken over. */
static int serve(const struct server_parts *parts, struct config *config,
                 struct error *err)
{
    AUTO(server) struct server *server = NULL;
    int rc = server_open(parts, config, &server, err);
    if (rc < 0)
        return rc;
    log_info(NAME ": version " VERSION ", configuration %s, store %s", config->path,
             config->store);
    server_run(server, NULL);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = read_options(argc, argv, &options);
    if (status >= 0)
        return status;

    struct error err = {0};
    AUTO(config) struct config *config = NULL;
    struct server_parts parts = {
        .program = NAME, .conf = options.conf, .reads_alone = true};
    int rc = server_load_config(&parts, &config, &err);
    if (rc == 0 && options.is_check)
        printf("%s: good\n", config->path);
    else if (rc == 0)
        rc = serve(&parts, TAKE(config), &err);
    if (rc < 0)
        log_error(NAME ": %s; we end", err.text);
    return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
