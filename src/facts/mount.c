// SPDX-License-Identifier: GPL-3.0-or-later
/* mount - what is mounted where, and how; see mounts.h for what is left out. */
#include "facts/facts.h"
#include "facts/mounts.h"

extern const struct fact_source source_mount;

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(mounts) struct mounts mounts = {0};
    int rc = mounts_read(root, &mounts, err);
    for (size_t i = 0; rc == 0 && i < mounts.count; i++) {
        const struct mount_entry *entry = &mounts.items[i];
        rows_add(ret, 4,
                 (const char *const[]){entry->point, entry->device, entry->type,
                                       entry->options});
    }
    return rc;
}

static const char *const columns[] = {"mount text key", "device text", "type text",
                                      "options text", NULL};
static const char *const watched[] = {"/etc/fstab", NULL};

const struct fact_source source_mount = {
    .name = "mount",
    .help = "what is mounted where, of disks and of servers",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
