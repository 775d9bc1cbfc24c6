// SPDX-License-Identifier: GPL-3.0-or-later
/* check - reads a configuration strictly, as a job does not: it runs in any case. */
#include <stdio.h>

#include "base/auto.h"
#include "base/say.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"

struct call {
    const char *conf;
};

static const struct option_row options[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct call, conf), "the same as FILE"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int check(const char *named)
{
    AUTO(config) struct config *config = NULL;
    AUTO(str) char *path = NULL;
    struct error why;
    int rc = config_find(named, &path, &why);
    if (rc == 0)
        rc = config_load(path, &config, &why);
    if (rc < 0) {
        say("%s", why.text);
        return EXIT_FAILED;
    }
    printf("%s: good\n", path);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct call call = {0};
    struct error why;
    int next, rc = options_parse(options, argc, argv, &call, &next, &why);
    if (rc == 0 && next < argc - (call.conf == NULL))
        rc = error_set(&why, -1, "expected one file");
    if (rc < 0) {
        say("%s; see sheepdog help check", why.text);
        return EXIT_USAGE;
    }
    return check(call.conf ? call.conf : argv[next]);
}

const struct command command_check = {
    .name = "check",
    .arguments = "[FILE]",
    .summary = "read a configuration strictly, and say whether it is good",
    .options = options,
    .run = run,
};
