// SPDX-License-Identifier: GPL-3.0-or-later
/* check - a plugin runs as we do: so it is a file that we trust, and one that can be
 * run. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"
#include "plugin/plugin.h"

int plugin_check_file(const char *path, struct error *err)
{
    char real[PATH_MAX];
    struct stat status;
    if (!realpath(path, real) || stat(real, &status) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(err, -EACCES, "%s: it is no file", real);
    if (access(real, X_OK) < 0)
        return error_set(err, -EACCES, "%s: mode %04o: it cannot be run: chmod +x %s",
                         real, (unsigned)status.st_mode & 07777U, real);
    return trusted_check(path, err);
}
