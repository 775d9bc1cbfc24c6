// SPDX-License-Identifier: GPL-3.0-or-later
/* mounts - a table of the types that stay, and one of the places that do not. */
#include "facts/mounts.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct file_system {
    const char *type;
    bool is_remote, is_pooled;
} file_systems[] = {
    {"ext2", false, false},      {"ext3", false, false},
    {"ext4", false, false},      {"xfs", false, false},
    {"btrfs", false, false},     {"bcachefs", false, false},
    {"f2fs", false, false},      {"jfs", false, false},
    {"nilfs2", false, false},    {"reiserfs", false, false},
    {"vfat", false, false},      {"exfat", false, false},
    {"ntfs", false, false},      {"ntfs3", false, false},
    {"fuseblk", false, false},   {"hfsplus", false, false},
    {"jffs2", false, false},     {"ubifs", false, false},
    {"zfs", false, true},        {"nfs", true, false},
    {"nfs4", true, false},       {"cifs", true, false},
    {"smb3", true, false},       {"9p", true, false},
    {"virtiofs", true, false},   {"ceph", true, false},
    {"glusterfs", true, false},  {"fuse.glusterfs", true, false},
    {"fuse.sshfs", true, false}, {"lustre", true, false},
    {"afs", true, false},        {NULL, false, false},
};

static const char *const passing[] = {
    "/run/",
    "/tmp/",
    "/var/tmp/",
    "/media/",
    "/snap/",
    "/proc/",
    "/sys/",
    "/dev/",
    "/var/lib/docker/",
    "/var/lib/kubelet/",
    "/var/lib/containers/",
    "/var/lib/lxcfs/",
    NULL,
};

static const struct file_system *find_type(const char *type)
{
    for (const struct file_system *known = file_systems; known->type; known++)
        if (strcmp(known->type, type) == 0)
            return known;
    return NULL;
}

static bool passes(const char *point)
{
    for (size_t i = 0; passing[i]; i++)
        if (strncmp(point, passing[i], strlen(passing[i])) == 0)
            return true;
    return false;
}

static void add(struct mounts *mounts, const struct mntent *found,
                const struct file_system *type)
{
    mounts->items =
        memory_resize(mounts->items, (mounts->count + 1) * sizeof *mounts->items);
    mounts->items[mounts->count++] = (struct mount_entry){
        .device = text_copy(found->mnt_fsname),
        .point = text_copy(found->mnt_dir),
        .type = text_copy(found->mnt_type),
        .options = text_copy(found->mnt_opts),
        .is_remote = type->is_remote,
        .is_pooled = type->is_pooled,
    };
}

int mounts_read(const char *root, struct mounts *ret, struct error *err)
{
    AUTO(str) char *path = text_format("%s/proc/mounts", root);
    FILE *table = setmntent(path, "re");
    if (!table && errno == ENOENT)
        return 0;
    if (!table)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    struct mntent entry;
    char line[16384];
    while (getmntent_r(table, &entry, line, sizeof line)) {
        const struct file_system *type = find_type(entry.mnt_type);
        if (type && !passes(entry.mnt_dir))
            add(ret, &entry, type);
    }
    endmntent(table);
    return 0;
}

void mounts_clear(struct mounts *mounts)
{
    for (size_t i = 0; i < mounts->count; i++) {
        free(mounts->items[i].device);
        free(mounts->items[i].point);
        free(mounts->items[i].type);
        free(mounts->items[i].options);
    }
    free(mounts->items);
    *mounts = (struct mounts){0};
}
