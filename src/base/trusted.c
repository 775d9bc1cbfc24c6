// SPDX-License-Identifier: GPL-3.0-or-later
/* trusted - whoever can change the file, or any folder on the way to it, is us. */
#include "base/trusted.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/memory.h"

static int fail_errno(const char *path, struct error *err)
{
    return error_set(err, -errno, "%s: %s", path, strerror(errno));
}

static int check_owner(const char *path, const struct stat *status, struct error *err)
{
    if (status->st_uid == 0 || status->st_uid == geteuid())
        return 0;
    return error_set(err, -EPERM,
                     "%s: mode %04o, of user %u, who can change it, so it is not used: "
                     "chown it to root, or to us",
                     path, (unsigned)status->st_mode & 07777U,
                     (unsigned)status->st_uid);
}

static int check_writers(const char *path, const struct stat *status, struct error *err)
{
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return 0;
    return error_set(err, -EPERM,
                     "%s: mode %04o: others can write to it, so it is not used: chmod "
                     "go-w %s",
                     path, (unsigned)status->st_mode & 07777U, path);
}

/* Each folder from path, which is resolved, up to the root. In a sticky one, above the
 * first, nobody can put another in the place of what is ours. */
static int check_folders(const char *path, struct error *err)
{
    AUTO(str) char *folder = text_copy(path);
    for (bool is_first = true;; is_first = false) {
        struct stat status;
        if (stat(folder, &status) < 0)
            return fail_errno(folder, err);
        bool is_sticky = (status.st_mode & S_ISVTX) != 0;
        int rc = check_owner(folder, &status, err);
        if (rc == 0 && (is_first || !is_sticky))
            rc = check_writers(folder, &status, err);
        if (rc < 0 || strcmp(folder, "/") == 0)
            return rc;
        char *slash = strrchr(folder, '/');
        slash[slash == folder] = '\0';
    }
}

/* The folder that path stands in, resolved. */
static int check_folder_of(const char *path, struct error *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    AUTO(str)
    char *named = slash == path ? text_copy("/")
                  : slash       ? memory_copy(path, (size_t)(slash - path))
                                : text_copy(".");
    if (!realpath(named, folder))
        return fail_errno(named, err);
    return check_folders(folder, err);
}

static int check_itself(const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return fail_errno(path, err);
    int rc = check_owner(path, &status, err);
    return rc < 0 ? rc : check_writers(path, &status, err);
}

int trusted_check(const char *path, struct error *err)
{
    char real[PATH_MAX];
    if (!realpath(path, real))
        return fail_errno(path, err);
    int rc = check_itself(real, err);
    if (rc == 0)
        rc = check_folder_of(path, err);
    if (rc == 0)
        rc = check_folder_of(real, err);
    return rc;
}
