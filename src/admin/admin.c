// SPDX-License-Identifier: GPL-3.0-or-later
/* admin - the table of commands, and what they share. */
#include "admin/admin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/suggest.h"

#define LIST_MAX 8

const struct command *const admin_commands[] = {&admin_init, &admin_token, NULL};

void admin_say(const char *format, ...)
{
    char line[2048];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (length < 0)
        return;
    secret_hide(line);
    fprintf(stderr, ADMIN_PROGRAM ": %s\n", line);
}

int admin_fail(const struct error *err)
{
    admin_say("%s", err->text);
    return EXIT_FAILED;
}

int admin_refuse(const struct command *command, const char *what)
{
    admin_say("%s: %s; see " ADMIN_PROGRAM " %s --help", command->name, what,
              command->name);
    return EXIT_USAGE;
}

void admin_print_list(const struct command *const *list)
{
    for (; *list; list++)
        printf("  %-14s %s\n", (*list)->name, (*list)->summary);
}

void admin_print_command(const struct command *command)
{
    printf("usage: " ADMIN_PROGRAM " %s %s\n\n%s\n\n", command->name,
           command->arguments, command->summary);
    options_print(command->options);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int admin_read_options(const struct command *command, int argc, char **argv, void *into,
                       struct words *ret)
{
    struct error why;
    if (argc > 1 && is_help(argv[1])) {
        admin_print_command(command);
        return EXIT_OK;
    }
    if (options_parse_words(command->options, argc, argv, into, ret, &why) < 0)
        return admin_refuse(command, why.text);
    return -1;
}

/* "add" of "token add". */
static const char *last_word(const char *name)
{
    const char *blank = strrchr(name, ' ');
    return blank ? blank + 1 : name;
}

int admin_dispatch(const struct command *const *list, const char *what, int argc,
                   char **argv)
{
    const char *names[LIST_MAX + 1] = {0};
    char hint[80];
    for (size_t i = 0; list[i] && i < LIST_MAX; i++) {
        names[i] = last_word(list[i]->name);
        if (strcmp(names[i], argv[0]) == 0)
            return list[i]->run(argc, argv);
    }
    suggest_text(argv[0], names, hint, sizeof hint);
    admin_say("no %s is called %.60s%s", what, argv[0],
              hint[0] ? hint : "; see " ADMIN_PROGRAM " --help");
    return EXIT_USAGE;
}

int admin_run(int argc, char **argv)
{
    return admin_dispatch(admin_commands, "command", argc, argv);
}

int admin_open_store(const struct config *config, struct store **ret, struct error *err)
{
    AUTO(identity) struct identity identity = {0};
    int rc = privileges_find(config->user, &identity, err);
    if (rc == 0)
        rc = privileges_make_folder(&identity, config->store, err);
    if (rc == 0)
        rc = privileges_drop(&identity, err);
    return rc < 0 ? rc : store_open(config->store, ret, err);
}
