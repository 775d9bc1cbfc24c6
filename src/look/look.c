// SPDX-License-Identifier: GPL-3.0-or-later
/* look - how the calls of these commands are read, and refused. */
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

int look_refuse(const struct command *command, const struct error *why)
{
    say("%s: %s; see sheepdog help %s", command->name, why->text, command->name);
    return EXIT_USAGE;
}

int look_begin_words(const struct command *command, int argc, char **argv, void *into,
                     struct words *ret)
{
    struct error why;
    if (wants_help(argc, argv)) {
        printf("usage: sheepdog %s %s\n\n%s\n\n", command->name, command->arguments,
               command->summary);
        options_print(command->options);
        return EXIT_OK;
    }
    if (options_parse_words(command->options, argc, argv, into, ret, &why) == 0)
        return -1;
    return look_refuse(command, &why);
}

int look_begin(const struct command *command, int argc, char **argv, void *into,
               const char **ret_word)
{
    struct error why;
    struct words words;
    int exit_status = look_begin_words(command, argc, argv, into, &words);
    if (exit_status >= 0)
        return exit_status;
    size_t wanted = ret_word ? 1 : 0;
    if (words.count == wanted) {
        if (ret_word)
            *ret_word = words.items[0];
        return -1;
    }
    if (words.count < wanted)
        error_set(&why, -EINVAL, "a word is missing: %s %s", command->name,
                  command->arguments);
    else
        error_set(&why, -EINVAL, "found \"%.60s\", expected %s", words.items[wanted],
                  ret_word ? "nothing more" : "options alone");
    return look_refuse(command, &why);
}
