// SPDX-License-Identifier: GPL-3.0-or-later
/* help - what the tables of commands and options say, on stdout. */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

struct command;

int help_print(void); /* the whole; an exit status, as from a command */
int help_print_command(const struct command *command);

#endif
