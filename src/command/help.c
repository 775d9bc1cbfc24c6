// SPDX-License-Identifier: GPL-3.0-or-later
/* help - the same tables that the calls are read by. */
#include "command/help.h"

#include <stdio.h>

#include "base/say.h"
#include "command/command.h"
#include "command/options.h"
#include "command/run.h"

int help_print(void)
{
    puts("usage: sheepdog [-c FILE] [-m monitor-error] [OPTIONS] -e \"SHELL LINE\"\n"
         "       sheepdog COMMAND …\n"
         "\n"
         "Runs a job as it would run without us, and barks when it fails.\n");
    for (int i = 0; commands[i]; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts("\nOptions of a job:\n");
    options_print(run_options);
    puts("\nA DURATION is 90s, 1h30m or 7d; a SIZE 512, 64K or 1M.\n"
         "sheepdog help COMMAND tells more, and sheepdog(1) all.");
    return EXIT_OK;
}

int help_print_command(const struct command *command)
{
    if (!command->options) {
        char *words[] = {(char *)command->name, "--help", NULL};
        return command->run(2, words);
    }
    printf("usage: sheepdog %s %s\n\n%s\n\n", command->name, command->arguments,
           command->summary);
    options_print(command->options);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    if (argc > 2) {
        say("help: expected one command; see sheepdog help");
        return EXIT_USAGE;
    }
    const struct command *command = argc == 2 ? command_find(argv[1]) : NULL;
    if (argc == 2 && !command)
        return EXIT_USAGE;
    if (command && command->run != run)
        return help_print_command(command);
    return help_print();
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "what can be said to sheepdog",
    .run = run,
};
