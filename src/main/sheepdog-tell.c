// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-tell - tells people, by one notifier, what waits in the store. Started by
 * sheepdog-queue-daemon, which wakes it through its stdin and ends it by closing that.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "notify/teller.h"

#define NAME "sheepdog-tell"

struct call {
    const char *conf, *store, *notifier;
};

#define AT(member) offsetof(struct call, member)

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "store", "FILE", OPTION_TEXT, AT(store), "the store, if it is another one"},
    {0, "notifier", "NAME", OPTION_TEXT, AT(notifier),
     "log, mailto, or one that the configuration names"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int print_help(void)
{
    printf("usage: " NAME " --notifier NAME [-c FILE] [--store FILE]\n\n"
           "Tells what waits in the store, until stdin ends; each byte there wakes it. "
           "It is\nstarted by sheepdog-queue-daemon.\n\n");
    options_print(rows);
    return EXIT_OK;
}

static int fail(int status, const struct error *why)
{
    log_error(NAME ": %s", why->text);
    return status;
}

/* What ends the daemon must not end us in the middle of a mail. */
static void ignore_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_IGN);
}

/* Mail and log speak of the herd's time. */
static void use_zone(const struct config *config)
{
    if (*config->zone)
        setenv("TZ", config->zone, 1);
    tzset();
}

static int tell(const struct call *call)
{
    struct error why = {0};
    AUTO(config) struct config *config = NULL;
    int rc = config_open(call->conf, &config, &why);
    if (rc < 0)
        return fail(EXIT_FAILED, &why);

    ignore_signals();
    use_zone(config);
    struct teller teller = {.store = call->store ? call->store : config->store,
                            .name = call->notifier,
                            .config = config,
                            .wake = STDIN_FILENO};
    rc = teller_run(&teller, &why);
    return rc < 0 ? fail(EXIT_FAILED, &why) : EXIT_OK;
}

int main(int argc, char **argv)
{
    struct call call = {0};
    struct error why = {0};
    int next;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return print_help();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf(NAME " " VERSION "\n") < 0;

    int rc = options_parse(rows, argc, argv, &call, &next, &why);
    if (rc == 0 && next < argc)
        rc =
            error_set(&why, -EINVAL, "found %.60s, expected options alone", argv[next]);
    if (rc == 0 && !call.notifier)
        rc = error_set(&why, -EINVAL, "expected --notifier NAME");
    return rc < 0 ? fail(EXIT_USAGE, &why) : tell(&call);
}
