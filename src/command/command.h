// SPDX-License-Identifier: GPL-3.0-or-later
/* command - a subcommand of `sheepdog`.
 *
 * To add one: write command/NAME.c, with its options as a table that is also its help,
 * and list it in commands.c; one that asks the server is written in look/ and listed in
 * look/looks.c as well, for it runs within sheepdog-look; what needs datalog stands in
 * ask/, and runs within sheepdog-ask. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

struct option_row;

struct command {
    const char *name;
    const char *arguments; /* as in the help: "[OPTIONS] -- PROGRAM [ARG …]" */
    const char *summary;   /* one line */

    /* See options.h. NULL: the command tells them itself, when called with --help. */
    const struct option_row *options;

    /* argv[0] is the command's name. Returns the exit status. */
    int (*run)(int argc, char **argv);
};

extern const struct command *const commands[]; /* of sheepdog; ends with NULL */

/* Of commands; NULL when none has that name, and stderr then says which is near. */
const struct command *command_find(const char *name);

/* The run of a command that asks the server: sheepdog-look, which links what that
 * takes, goes on in our place, and knows the command by the same words. */
int command_look(int argc, char **argv);
int command_datalog(int argc, char **argv); /* likewise sheepdog-ask */

/* The exit codes of commands; those of a job pass through unchanged. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1, /* it did not work; stderr says why */
    EXIT_USAGE = 2,  /* the words of the call are wrong */
    EXIT_LATER = 75, /* not now: locked, or not delivered yet (EX_TEMPFAIL) */
};

#endif
