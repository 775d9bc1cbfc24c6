// SPDX-License-Identifier: GPL-3.0-or-later
/* monitors - sheepdog-daemon knows them; it goes on in our place. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/program.h"
#include "base/say.h"
#include "command/command.h"
#include "command/options.h"

struct call {
    const char *conf;
    bool is_json;
};

#define AT(member) offsetof(struct call, member)

static const struct option_row options[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the configuration, which says where plugins are"},
    {0, "json", NULL, OPTION_FLAG, AT(is_json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int run(int argc, char **argv)
{
    struct call call = {0};
    struct error why;
    int next;
    int rc = options_parse(options, argc, argv, &call, &next, &why);
    if (rc == 0 && next < argc)
        rc = error_set(&why, -EINVAL, "found \"%.60s\", expected options alone",
                       argv[next]);
    if (rc < 0) {
        say("%s; see sheepdog help monitors", why.text);
        return EXIT_USAGE;
    }
    const char *words[6] = {"sheepdog-daemon", "--monitors"};
    size_t count = 2;
    if (call.is_json)
        words[count++] = "--json";
    if (call.conf) {
        words[count++] = "-c";
        words[count++] = call.conf;
    }
    if (program_become(words[0], (char *const *)words, &why) < 0)
        say("%s", why.text);
    return EXIT_FAILED;
}

const struct command command_monitors = {
    .name = "monitors",
    .arguments = "[OPTIONS]",
    .summary = "every monitor and plugin, with its settings",
    .options = options,
    .run = run,
};
