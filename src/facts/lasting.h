// SPDX-License-Identifier: GPL-3.0-or-later
/* lasting - the file systems that are mounted and stay: on disks, and from servers.
 *
 * Comes from: base/mounts.h.  Goes to: disk.c, mount.c.
 * Left out is what the kernel or a container makes and takes away: all that is neither
 * on a disk nor from a server, and what is mounted below /run, /tmp, /media, or where
 * containers and snaps have theirs. */
#ifndef FACTS_LASTING_H
#define FACTS_LASTING_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/mounts.h"

/* All that are mounted; none where nothing says so. */
int lasting_read(const char *root, struct mounts *ret, struct error *err) MUST_USE;

bool lasting_is(const struct mount *mount);

#endif
