// SPDX-License-Identifier: GPL-3.0-or-later
/* disk - the file systems of this machine's own disks, and how large they are. One that
 * is mounted at several places counts at the first of the shortest. */
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/mounts.h"

extern const struct fact_source source_disk;

/* A pool's datasets all have names of their own; their sizes are not theirs. */
static bool is_first(const struct mounts *mounts, const struct mount_entry *entry)
{
    size_t length = strlen(entry->point);
    for (size_t i = 0; i < mounts->count; i++) {
        const struct mount_entry *other = &mounts->items[i];
        size_t other_length = strlen(other->point);
        if (other != entry && strcmp(other->device, entry->device) == 0 &&
            (other_length < length || (other_length == length && other < entry)))
            return false;
    }
    return true;
}

/* To be freed; NULL: it cannot be said. */
static char *measure(const char *root, const struct mount_entry *entry)
{
    AUTO(str) char *path = text_format("%s%s", root, entry->point);
    struct statvfs size;
    if (entry->is_pooled || statvfs(path, &size) < 0)
        return NULL;
    return text_format("%llu", (unsigned long long)size.f_blocks *
                                   (unsigned long)size.f_frsize);
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(mounts) struct mounts mounts = {0};
    int rc = mounts_read(root, &mounts, err);
    for (size_t i = 0; rc == 0 && i < mounts.count; i++) {
        const struct mount_entry *entry = &mounts.items[i];
        if (entry->is_remote || !is_first(&mounts, entry))
            continue;
        AUTO(str) char *bytes = measure(root, entry);
        rows_add(ret, 3, (const char *const[]){entry->point, entry->type, bytes});
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
