// SPDX-License-Identifier: GPL-3.0-or-later
/* look - what the commands that ask the server have in common: how their calls are
 * read. Their options may stand before and behind the one word that they may take. */
#ifndef LOOK_LOOK_H
#define LOOK_LOOK_H

#include "base/compiler.h"
#include "command/command.h"

extern const struct command look_list, look_show, look_status;
extern const struct command *const looks[]; /* all of them; ends with NULL */

/* Fills into along command->options, and puts the plain word, which must be there, into
 * *ret_word (lent); with ret_word NULL there must be none. -1: go on. Else it is the
 * exit status: the help went to stdout, or what is wrong to stderr. */
int look_begin(const struct command *command, int argc, char **argv, void *into,
               const char **ret_word) MUST_USE;

#endif
