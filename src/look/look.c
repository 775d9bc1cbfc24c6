// SPDX-License-Identifier: GPL-3.0-or-later
/* look - options_parse ends at a plain word; we go on behind it. */
#include "look/look.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "command/options.h"

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int read_call(const struct option_row *options, int argc, char **argv,
                     void *into, const char **ret_word, struct error *err)
{
    const char *word = NULL;
    for (int at = 0; at < argc;) {
        int next;
        int rc = options_parse(options, argc - at, argv + at, into, &next, err);
        if (rc < 0)
            return rc;
        at += next;
        if (at < argc && (word || !ret_word))
            return error_set(err, -EINVAL, "found \"%.60s\", expected %s", argv[at],
                             ret_word ? "nothing more" : "options alone");
        if (at < argc)
            word = argv[at];
    }
    if (ret_word && !word)
        return error_set(err, -EINVAL, "the id is missing");
    if (ret_word)
        *ret_word = word;
    return 0;
}

int look_begin(const struct command *command, int argc, char **argv, void *into,
               const char **ret_word)
{
    struct error why;
    if (wants_help(argc, argv)) {
        printf("usage: sheepdog %s %s\n\n%s\n\n", command->name, command->arguments,
               command->summary);
        options_print(command->options);
        return EXIT_OK;
    }
    if (read_call(command->options, argc, argv, into, ret_word, &why) == 0)
        return -1;
    say("%s: %s; see sheepdog help %s", command->name, why.text, command->name);
    return EXIT_USAGE;
}
