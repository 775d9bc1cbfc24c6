// SPDX-License-Identifier: GPL-3.0-or-later
/* admin - what sheepdog-queue-daemon does besides serving: init, token.
 *
 * Comes from: a person, mostly root.  Goes to: store/, which a daemon may be using at
 * the same time, and the files of (tls …). To add a command: write admin/NAME.c, then
 * name it twice in admin.c. */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "server/privileges.h"
#include "store/store.h"

#define ADMIN_PROGRAM "sheepdog-queue-daemon"

extern const struct command admin_init, admin_token;
extern const struct command *const admin_commands[]; /* ends with NULL */

/* argv[0] is the command's name; returns the exit status. */
int admin_run(int argc, char **argv);

/* One of several commands by the last word of its name, argv[0]; where none has it,
 * stderr says which is near. what: "command". */
int admin_dispatch(const struct command *const *list, const char *what, int argc,
                   char **argv);

void admin_print_list(const struct command *const *list); /* for help, on stdout */
void admin_print_command(const struct command *command);  /* likewise */

/* Reads the options of argv into `into`, and the plain words among them into *ret. -1:
 * go on; else the exit status. */
int admin_read_options(const struct command *command, int argc, char **argv, void *into,
                       struct words *ret);

/* "sheepdog-queue-daemon: …" on stderr. */
void admin_say(const char *format, ...) PRINTF(1, 2);
int admin_fail(const struct error *err);                           /* EXIT_FAILED */
int admin_refuse(const struct command *command, const char *what); /* EXIT_USAGE */

/* Becomes the user who keeps the store, so that what is made there is that user's, and
 * opens it. */
int admin_open_store(const struct config *config, struct store **ret, struct error *err)
    MUST_USE;

#endif
