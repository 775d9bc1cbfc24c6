// SPDX-License-Identifier: GPL-3.0-or-later
/* disk - the file systems of this machine's own disks, and how large they are: each
 * once, though it may be mounted at several places. */
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/memory.h"
#include "facts/facts.h"
#include "facts/lasting.h"

extern const struct fact_source source_disk;

/* To be freed; NULL: it cannot be said. That of a dataset of a pool is what its
 * neighbours leave it, and changes all the time. */
static char *measure(const char *root, const struct mount *mount)
{
    AUTO(str) char *path = text_format("%s%s", root, mount->place);
    struct statvfs size;
    if (strcmp(mount->type, "zfs") == 0 || statvfs(path, &size) < 0)
        return NULL;
    return text_format("%llu", (unsigned long long)size.f_blocks *
                                   (unsigned long)size.f_frsize);
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(mounts) struct mounts mounts = {0};
    int rc = lasting_read(root, &mounts, err);
    for (size_t i = 0; rc == 0 && i < mounts.count; i++) {
        const struct mount *mount = &mounts.items[i];
        if (!lasting_is(mount) || mount_kind(mount) != MOUNT_STORAGE ||
            mounts_has_better(&mounts, mount))
            continue;
        AUTO(str) char *bytes = measure(root, mount);
        rows_add(ret, 3, (const char *const[]){mount->place, mount->type, bytes});
    }
    return rc;
}

static const char *const columns[] = {"mount text key", "type text", "bytes size",
                                      NULL};

const struct fact_source source_disk = {
    .name = "disk",
    .help = "the file systems of the machine's own disks, and their sizes",
    .columns = columns,
    .collect = collect,
};
