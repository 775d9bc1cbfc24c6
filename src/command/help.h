// SPDX-License-Identifier: GPL-3.0-or-later
/* help - what the tables of commands and options say, on stdout. */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

void help_print(void);

#endif
