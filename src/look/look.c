// SPDX-License-Identifier: GPL-3.0-or-later
/* look - how these commands are found, and how their calls are read and refused. */
#include "look/look.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "base/suggest.h"
#include "command/options.h"
#include "look/screen.h"

#define LOOKS_MAX 32

/* ---- a program of such commands ---- */

static const struct command *find(const struct command *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp((*list)->name, name) == 0)
            return *list;
    return NULL;
}

static void print_list(const char *program, const struct command *const *list, FILE *to)
{
    fprintf(to, "usage: %s COMMAND [OPTION …]\n\n", program);
    for (; *list; list++)
        fprintf(to, "  %-9s %s\n", (*list)->name, (*list)->summary);
    fputs("\nEach tells its options with --help.\n", to);
}

static int fail_unknown(const char *program, const struct command *const *list,
                        const char *name)
{
    const char *known[LOOKS_MAX + 1] = {0};
    for (size_t i = 0; i < LOOKS_MAX && list[i]; i++)
        known[i] = list[i]->name;
    char hint[80];
    struct error why;
    error_set(&why, -EINVAL, "there is no command %.40s%s", name,
              suggest_text(name, known, hint, sizeof hint));
    fprintf(stderr, "%s: %s\n", program, why.text);
    return EXIT_USAGE;
}

static int close_stdout(int exit_status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    perror("sheepdog: stdout");
    return EXIT_FAILED;
}

int look_main(const char *program, const struct command *const *list, int argc,
              char **argv)
{
    screen_use_locale();
    if (argc < 2) {
        print_list(program, list, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_list(program, list, stdout);
        return close_stdout(EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("sheepdog " VERSION);
        return close_stdout(EXIT_OK);
    }
    const struct command *command = find(list, argv[1]);
    if (!command)
        return fail_unknown(program, list, argv[1]);
    return close_stdout(command->run(argc - 1, argv + 1));
}

/* ---- a call of one ---- */

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

int look_end(const struct command *command, int rc, const struct error *why)
{
    if (rc == 0)
        return EXIT_OK;
    say("%s: %s", command->name, why->text);
    return EXIT_FAILED;
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
