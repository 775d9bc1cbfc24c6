// SPDX-License-Identifier: GPL-3.0-or-later
/* mounts - the file systems that are mounted, as Linux tells them.
 *
 * Comes from: ROOT/proc/self/mountinfo, in the order in which they were mounted.
 * Goes to: monitors and facts about disks. */
#ifndef BASE_MOUNTS_H
#define BASE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

enum mount_kind {
    MOUNT_STORAGE, /* keeps files on a disk, a partition, a pool */
    MOUNT_NETWORK, /* on another machine, which may be silent */
    MOUNT_OVERLAY, /* shows what is in others: overlay, aufs, mergerfs */
    MOUNT_OTHER,   /* of memory, of the kernel; or an image, which is always full */
};

struct mount {
    char *place;   /* the folder: "/", "/export/my files" */
    char *type;    /* "ext4" */
    char *source;  /* "/dev/sda1", "server:/export" */
    char *device;  /* "8:1"; the same of all mounts of a file system */
    char *root;    /* the folder of the file system that is seen there: mostly "/" */
    char *options; /* of this mount: "rw,noatime" */
    char *own_options; /* of its file system: "rw,errors=remount-ro" */
};

struct mounts {
    struct mount *items;
    size_t count;
};

/* root: put before /proc; "" but in tests. -ENOENT, …, -EINVAL: a line is none. */
int mounts_read(const char *root, struct mounts *ret, struct error *err) MUST_USE;
void mounts_clear(struct mounts *mounts);
AUTO_DEFINE_CLEAR(mounts)

enum mount_kind mount_kind(const struct mount *mount);

/* Whether "rw,noatime" has that word. */
bool mount_has_option(const char *options, const char *word);

/* Whether another one shows the same files and is to be preferred: the bind mounts of a
 * file system are its mounts too. Preferred is one that shows all of it, then the one
 * mounted first; and of several at one place, the last, which hides the others. */
bool mounts_has_better(const struct mounts *mounts, const struct mount *mount);

/* Undoes \040 and its like, as they stand in mountinfo and fstab, in place. */
void mount_unescape(char *text);

#endif
