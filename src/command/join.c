// SPDX-License-Identifier: GPL-3.0-or-later
/* join - people paste the line that the server printed, with the token in it. Anyone on
 * this machine can read the words of a running program: so the token is taken out of
 * them before anything else is done, and goes to sheepdog-look by the environment,
 * which the user alone can read. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "command/command.h"

#define OPTION   "--token"
#define VARIABLE "SHEEPDOG_TOKEN"

/* Where the token begins in argv, and how many words it takes; NULL: not there. */
static char *find_token(int argc, char **argv, int *ret_at, int *ret_words)
{
    size_t length = strlen(OPTION);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool is_joined = strncmp(argv[i], OPTION "=", length + 1) == 0;
        if (!is_joined && (strcmp(argv[i], OPTION) != 0 || i + 1 == argc))
            continue;
        *ret_at = i;
        *ret_words = is_joined ? 1 : 2;
        return is_joined ? argv[i] + length + 1 : argv[i + 1];
    }
    return NULL;
}

/* In place: the kernel shows these very bytes. "-" is none, and stays. */
static int take_token(int argc, char **argv)
{
    int at, words;
    char *token = find_token(argc, argv, &at, &words);
    if (!token || strcmp(token, "-") == 0)
        return argc;
    AUTO(str) char *copy = text_copy(token);
    explicit_bzero(token, strlen(token));
    setenv(VARIABLE, copy, 1);
    explicit_bzero(copy, strlen(copy));
    memmove(argv + at, argv + at + words, (size_t)(argc - at - words) * sizeof *argv);
    argv[argc - words] = NULL;
    return argc - words;
}

static int run(int argc, char **argv)
{
    return command_look(take_token(argc, argv), argv);
}

const struct command command_join = {
    .name = "join",
    .arguments = "URL [--pin PIN | --ca FILE] --token TOKEN",
    .summary = "make a server known to this machine, and try whether it works",
    .run = run,
};
