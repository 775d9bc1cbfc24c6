// SPDX-License-Identifier: GPL-3.0-or-later
/* privileges - given up in the one order that works, and looked at afterwards. */
#include "server/privileges.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"

void identity_clear(struct identity *identity)
{
    free(identity->name);
    *identity = (struct identity){0};
}

int privileges_find(const char *name, struct identity *ret, struct error *err)
{
    *ret = (struct identity){0};
    if (geteuid() != 0)
        return 0;
    const char *wanted = *name ? name : PRIVILEGES_USER;
    errno = 0;
    const struct passwd *entry = getpwnam(wanted);
    if (!entry && *name)
        return error_set(err, -ENOENT, "(user \"%s\"): %s", name,
                         errno ? strerror(errno) : "there is no such user");
    if (!entry || entry->pw_uid == 0)
        return 0;
    *ret = (struct identity){
        .name = text_copy(wanted), .uid = entry->pw_uid, .gid = entry->pw_gid};
    return 0;
}

/* ---- whose the store is ---- */

/* A folder that everybody may write to, such as /tmp, need not be the user's. */
static int check_folder(const struct identity *identity, const char *folder,
                        const struct stat *status, struct error *err)
{
    if (status->st_uid == identity->uid || (status->st_mode & S_IWOTH))
        return 0;
    return error_set(err, -EPERM,
                     "%s: not of user %s, who keeps the store there: "
                     "chown %s: %s",
                     folder, identity->name, identity->name, folder);
}

static int check_file(const struct identity *identity, const char *store,
                      const char *path, struct error *err)
{
    struct stat status;
    if (lstat(path, &status) < 0 || status.st_uid == identity->uid)
        return 0;
    return error_set(err, -EPERM,
                     "%s: not of user %s, who keeps the store: chown -R %s: %s*", path,
                     identity->name, identity->name, store);
}

/* The store's file, and what SQLite and we put beside it under its name. */
static int check_files(const struct identity *identity, const char *store,
                       struct error *err)
{
    AUTO(str) char *pattern = text_format("%s*", store);
    glob_t found = {0};
    int rc = 0;
    if (glob(pattern, GLOB_NOESCAPE, NULL, &found) == 0)
        for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
            rc = check_file(identity, store, found.gl_pathv[i], err);
    globfree(&found);
    return rc;
}

static int make_for(const struct identity *identity, const char *folder,
                    struct error *err)
{
    int rc = files_make_folder(folder, 0755, err);
    if (rc == 0 &&
        (chmod(folder, 0700) < 0 || chown(folder, identity->uid, identity->gid) < 0))
        rc = error_set(err, -errno, "%s: %s", folder, strerror(errno));
    return rc;
}

int privileges_make_folder(const struct identity *identity, const char *store,
                           struct error *err)
{
    AUTO(str) char *folder = text_copy(store);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return 0;
    *slash = '\0';
    if (!identity->name)
        return files_make_folder(folder, 0700, err);
    struct stat status;
    if (stat(folder, &status) < 0)
        return make_for(identity, folder, err);
    int rc = check_folder(identity, folder, &status, err);
    return rc < 0 ? rc : check_files(identity, store, err);
}

/* ---- who we are ---- */

static bool has_become(const struct identity *identity)
{
    uid_t uids[3];
    gid_t gids[3];
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 ||
        getresgid(&gids[0], &gids[1], &gids[2]) < 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (uids[i] != identity->uid || gids[i] != identity->gid)
            return false;
    return setuid(0) < 0;
}

/* Its groups first, then its group: only root may set them. */
int privileges_drop(const struct identity *identity, struct error *err)
{
    if (identity->name) {
        if (initgroups(identity->name, identity->gid) < 0 ||
            setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
            setresuid(identity->uid, identity->uid, identity->uid) < 0)
            return error_set(err, -errno, "user %s: %s", identity->name,
                             strerror(errno));
        if (!has_become(identity))
            return error_set(err, -EPERM, "user %s: we are still more than that",
                             identity->name);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_set(err, -errno, "no_new_privs: %s", strerror(errno));
    return 0;
}
