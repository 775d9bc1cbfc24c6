// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-daemon - watches this machine.
 *
 *     configuration ──> roster ──> watches ──> post ──> the spool ──> the server
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "command/command.h"
#include "command/options.h"
#include "daemon/catalogue.h"
#include "daemon/daemon.h"
#include "daemon/once.h"

#define NAME "sheepdog-daemon"

struct options {
    const char *conf; /* NULL: looked for */
    bool is_once, is_check, is_list, is_json;
};

#define AT(member) offsetof(struct options, member)

static const struct option_row option_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the configuration; else it is looked for"},
    {0, "once", NULL, OPTION_FLAG, AT(is_once),
     "look at everything once, print what would be sent, and end"},
    {0, "check", NULL, OPTION_FLAG, AT(is_check),
     "read the configuration, say whether it is good, and end"},
    {0, "monitors", NULL, OPTION_FLAG, AT(is_list),
     "print every monitor and plugin with its settings, and end"},
    {0, "json", NULL, OPTION_FLAG, AT(is_json), "with the two that print: as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static void say_sentence(const char *sentence)
{
    say("%s", sentence);
}

static int fail(const struct error *why)
{
    say("%s", why->text);
    return EXIT_FAILED;
}

/* With its plugins, which are asked one after the other. */
static int read_whole(const struct options *options, struct configuration *ret)
{
    struct error why;
    AUTO(stock) struct stock stock = {0};
    if (configuration_open(options->conf, ret, &why) < 0)
        return fail(&why);
    stock_fill(ret->config, false, &stock);
    configuration_take(ret, &stock);
    return EXIT_OK;
}

/* A plugin that cannot be used is a fault here. */
static int check(const struct options *options)
{
    AUTO(configuration) struct configuration read = {0};
    struct error why;
    int status = read_whole(options, &read);
    if (status != EXIT_OK)
        return status;
    const struct roster *roster = read.roster;
    int rc = configuration_check(&read, say_sentence, &why);
    for (size_t i = 0; i < roster->absent_count; i++)
        say("%s", roster->absents[i].why);
    for (size_t i = 0; i < roster->troubles.count; i++)
        say("%s", roster->troubles.items[i]);
    if (rc < 0 || roster->absent_count + roster->troubles.count > 0)
        return EXIT_FAILED;
    const char *path = read.config->path;
    printf("%s: good; there %s %zu to watch\n", path ? path : "the defaults",
           roster->count == 1 ? "is" : "are", roster->count);
    return EXIT_OK;
}

static int look_once(const struct options *options)
{
    AUTO(configuration) struct configuration read = {0};
    struct error why;
    int status = read_whole(options, &read);
    if (status != EXIT_OK)
        return status;
    if (configuration_check(&read, say_sentence, &why) < 0)
        return fail(&why);
    return once_print(&read, options->is_json) ? EXIT_OK : EXIT_FAILED;
}

static int list(const struct options *options)
{
    AUTO(config) struct config *config = NULL;
    struct error why;
    if (config_open(options->conf, &config, &why) < 0)
        return fail(&why);
    catalogue_print(config, options->is_json, say_sentence);
    return EXIT_OK;
}

static int serve(const struct options *options)
{
    AUTO(configuration) struct configuration read = {0};
    AUTO(daemon) struct daemon *daemon = NULL;
    struct error why;
    int rc = configuration_read(options->conf, say_sentence, &read, &why);
    if (rc == 0)
        rc = daemon_open(options->conf, &read, &daemon, &why);
    if (rc < 0)
        return fail(&why);
    daemon_run(daemon);
    return EXIT_OK;
}

static int print_help(void)
{
    puts("usage: " NAME
         " [-c FILE] [--once [--json] | --check | --monitors [--json]]\n\n"
         "Watches this machine, and tells the server what changes.\n");
    options_print(option_rows);
    return EXIT_OK;
}

static int read_options(int argc, char **argv, struct options *ret, struct error *err)
{
    int next;
    int rc = options_parse(option_rows, argc, argv, ret, &next, err);
    if (rc < 0)
        return rc;
    if (next < argc)
        return error_set(err, -EINVAL, "found \"%.60s\", expected options alone",
                         argv[next]);
    if (ret->is_once + ret->is_check + ret->is_list > 1)
        return error_set(err, -EINVAL,
                         "expected one of --once, --check and --monitors");
    if (ret->is_json && !ret->is_once && !ret->is_list)
        return error_set(err, -EINVAL, "--json goes with --once or --monitors");
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct error why;
    signal(SIGPIPE, SIG_IGN);
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return print_help();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts(NAME " " VERSION) < 0;
    if (read_options(argc, argv, &options, &why) < 0) {
        say("%s; see " NAME " --help", why.text);
        return EXIT_USAGE;
    }
    if (options.is_check)
        return check(&options);
    if (options.is_list)
        return list(&options);
    return options.is_once ? look_once(&options) : serve(&options);
}
