// SPDX-License-Identifier: GPL-3.0-or-later
/* look - what the commands that ask the server have in common: how their calls are
 * read. Their options may stand before and behind the words that they take. */
#ifndef LOOK_LOOK_H
#define LOOK_LOOK_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "command/command.h"
#include "command/options.h"

extern const struct command look_ack, look_alerts, look_dead, look_digest, look_export,
    look_facts, look_forget, look_host, look_import, look_join, look_list, look_plugin,
    look_readings, look_show, look_silence, look_silences, look_spool, look_status,
    look_told;
extern const struct command *const looks[]; /* all of them; ends with NULL */

/* All of a program that runs such commands: argv[1] names one; else --help, --version.
 * program: its name; list ends with NULL. The exit status. */
int look_main(const char *program, const struct command *const *list, int argc,
              char **argv);

/* Fills into along command->options, and *ret with the plain words, in their order; the
 * words of argv are moved for that. -1: go on. Else it is the exit status: the help
 * went to stdout, or what is wrong to stderr. */
int look_begin_words(const struct command *command, int argc, char **argv, void *into,
                     struct words *ret) MUST_USE;

/* The same where one word must be there, *ret_word (lent), or, with ret_word NULL,
 * none. */
int look_begin(const struct command *command, int argc, char **argv, void *into,
               const char **ret_word) MUST_USE;

/* Says what is wrong with the words of a call; EXIT_USAGE. */
int look_refuse(const struct command *command, const struct error *why);

/* The exit status of a call that ended with rc; below 0, says why it failed. */
int look_end(const struct command *command, int rc, const struct error *why);

#endif
