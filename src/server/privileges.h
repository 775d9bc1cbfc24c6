// SPDX-License-Identifier: GPL-3.0-or-later
/* privileges - a server that root starts becomes another user, before it speaks to
 * anyone or opens its store.
 *
 *     open what takes root: a port, a key
 *     privileges_find(config->user, &identity, err)
 *     privileges_make_folder(&identity, store, err)
 *     privileges_drop(&identity, err) */
#ifndef SERVER_PRIVILEGES_H
#define SERVER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

#define PRIVILEGES_USER "sheepdog" /* where no other is named */

struct identity {
    char *name; /* NULL: we stay who we are */
    uid_t uid;
    gid_t gid; /* of its main group */
};

void identity_clear(struct identity *identity);
AUTO_DEFINE_CLEAR(identity)

/* Whom to become: the user of that name, or, where it is "", PRIVILEGES_USER if there
 * is one. Nobody where we are not root. -ENOENT: there is no such user. */
int privileges_find(const char *name, struct identity *ret, struct error *err) MUST_USE;

/* The folder that the store stands in is made where it is missing, and is the user's
 * then. -EPERM: it, or a file of the store, is another's; the error has the command
 * that changes it. */
int privileges_make_folder(const struct identity *identity, const char *store,
                           struct error *err) MUST_USE;

/* Becomes that user, for good, in its groups; nothing that we start from now on gains
 * privileges. */
int privileges_drop(const struct identity *identity, struct error *err) MUST_USE;

#endif
