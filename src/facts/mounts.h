// SPDX-License-Identifier: GPL-3.0-or-later
/* mounts - the file systems that are mounted and stay: on disks, and from servers.
 *
 * Comes from: /proc/mounts.  Goes to: disk.c, mount.c.
 * Left out is what the kernel or a container makes and takes away: all that is neither
 * on a disk nor from a server, and what is mounted below /run, /tmp, /media, or where
 * containers and snaps have theirs. */
#ifndef FACTS_MOUNTS_H
#define FACTS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct mount_entry {
    char *device, *point, *type, *options;
    bool is_remote; /* from a server: to ask for its size may take for ever */
    bool is_pooled; /* its size changes with what its neighbours hold */
};

struct mounts {
    struct mount_entry *items;
    size_t count;
};

/* In the order in which they were mounted: what is mounted over another comes later. */
int mounts_read(const char *root, struct mounts *ret, struct error *err) MUST_USE;
void mounts_clear(struct mounts *mounts);
AUTO_DEFINE_CLEAR(mounts)

#endif
