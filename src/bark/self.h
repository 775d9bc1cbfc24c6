// SPDX-License-Identifier: GPL-3.0-or-later
/* self - who barks: this host, this user, and where the user's things are kept. */
#ifndef BARK_SELF_H
#define BARK_SELF_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "message/message.h"

/* The name by which this host speaks: $SHEEPDOG_HOSTNAME, else the host's own, and
 * "localhost" where it has none. */
char *self_host(void) MUST_USE;

/* The name of the real user in /etc/passwd, else $LOGNAME, else the number. The name
 * services are not asked: they cannot be linked statically, and may hang. */
char *self_user(void) MUST_USE;

/* Fills in what every message says: id, host, user, zone, time (when it is 0), and
 * mailto from the configuration (when it is NULL). */
void self_sign(const struct config *config, struct message *message);

/* A folder of the user's own, the same from a crontab and from a terminal: for_root for
 * root, else ~/.local/state/sheepdog/NAME; $XDG_STATE_HOME/sheepdog/NAME where that is
 * set. Makes nothing. *ret is to be freed. -ENOENT: no home is known. */
int self_folder(const char *name, const char *for_root, char **ret, struct error *err)
    MUST_USE;

#endif
