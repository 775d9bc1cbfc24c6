// SPDX-License-Identifier: GPL-3.0-or-later
/* lasting - by what a file system is, and by where it is mounted. */
#include "facts/lasting.h"

#include <errno.h>
#include <string.h>

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

int lasting_read(const char *root, struct mounts *ret, struct error *err)
{
    int rc = mounts_read(root, ret, err);
    return rc == -ENOENT ? 0 : rc;
}

bool lasting_is(const struct mount *mount)
{
    enum mount_kind kind = mount_kind(mount);
    for (size_t i = 0; passing[i]; i++)
        if (strncmp(mount->place, passing[i], strlen(passing[i])) == 0)
            return false;
    return kind == MOUNT_STORAGE || kind == MOUNT_NETWORK;
}
