// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog - stands before every job, so it is small and starts fast.
 *
 *     sheepdog [-c FILE] [-m monitor-error] [OPTIONS] -e "SHELL LINE"     watches a job
 *     sheepdog COMMAND …                                                  commands.c */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "command/command.h"
#include "command/help.h"
#include "command/run.h"

/* Were one of 0, 1, 2 closed, a pipe of ours would take its place. */
static void fill_standard_descriptors(void)
{
    struct pollfd fds[] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
    poll(fds, 3, 0);
    for (int i = 0; i < 3; i++)
        if (fds[i].revents & POLLNVAL)
            open("/dev/null", O_RDWR); /* the lowest that is free: this one */
}

/* What was printed may still fail to arrive. */
static int flush_stdout(int status)
{
    if (fflush(stdout) == 0 || status != EXIT_OK)
        return status;
    say("stdout cannot be written");
    return EXIT_FAILED;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run_command(int argc, char **argv)
{
    const struct command *command = command_find(argv[0]);
    if (!command)
        return EXIT_USAGE;
    if (command->options && argc > 1 && is_help(argv[1]))
        return help_print_command(command);
    return command->run(argc, argv);
}

static int print_version(void)
{
    puts("sheepdog " VERSION);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    if (argc < 2) {
        say("nothing to do: -e \"SHELL LINE\", or a command; see sheepdog help");
        return EXIT_USAGE;
    }
    if (is_help(argv[1]))
        return flush_stdout(help_print());
    if (strcmp(argv[1], "--version") == 0)
        return flush_stdout(print_version());
    if (argv[1][0] == '-')
        return run_line(argc, argv);
    return flush_stdout(run_command(argc - 1, argv + 1));
}
