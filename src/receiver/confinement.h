// SPDX-License-Identifier: GPL-3.0-or-later
/* confinement - what a child of the starter is made into before it is a receiver: a
 * process group of its own, nice, with the environment, the memory and the descriptors
 * that a plugin may have, without new privileges, and without a network unless it asked
 * for one. Where we are root, it becomes a user who owns nothing of ours.
 *
 * Used by: starter.c. */
#ifndef RECEIVER_CONFINEMENT_H
#define RECEIVER_CONFINEMENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"

#define CONFINEMENT_MEMORY    (512 << 20) /* bytes of data, of each process */
#define CONFINEMENT_PROCESSES 256         /* of its user, where that is its own */
#define CONFINEMENT_USER      "sheepdog-plugin"
#define CONFINEMENT_NOBODY    "nobody" /* where there is no such user */

#define CONFINEMENT_NOT_RUN 126 /* its status, where it cannot be run */
#define CONFINEMENT_MISSING 127

struct confined_user {
    const char *name; /* NULL: it stays who we are */
    uid_t uid;
    gid_t gid;
};

/* Whom receivers become: somebody where we are root. */
void confinement_find_user(struct confined_user *ret);

/* Whether we may take the network away from a child of ours; tried out. */
bool confinement_can_isolate(void);

struct confinement { /* lent; made before the fork */
    const char *path;
    const struct confined_user *user;
    char *const *environment; /* as birth_environment makes it */
    const int *fds; /* three, which it has as 0, 1 and 2; each is above those */
    bool has_network;
};

/* In the child: FILE receive. Where that cannot be, it ends with one of the statuses
 * above, and says on its stderr why. */
_Noreturn void confinement_enter(const struct confinement *confinement, pid_t parent);

#endif
