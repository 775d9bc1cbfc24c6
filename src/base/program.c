// SPDX-License-Identifier: GPL-3.0-or-later
/* program - where we stand is what /proc/self/exe says. */
#include "base/program.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/memory.h"

/* The folder of the running program; "." where /proc is missing. */
static void own_folder(char ret[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", ret, PATH_MAX - 1);
    ret[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(ret, '/');
    if (slash)
        *slash = '\0';
    else
        memcpy(ret, ".", 2);
}

int program_find(const char *name, char **ret, struct error *err)
{
    char folder[PATH_MAX];
    own_folder(folder);
    AUTO(str) char *beside = text_format("%s/%s", folder, name);
    AUTO(str) char *installed = text_format("%s/../libexec/sheepdog/%s", folder, name);
    if (access(beside, X_OK) == 0)
        *ret = TAKE(beside);
    else if (access(installed, X_OK) == 0)
        *ret = TAKE(installed);
    else
        return error_set(err, -ENOENT,
                         "%s is not installed: neither %s nor %s is there", name,
                         beside, installed);
    return 0;
}

int program_share(const char *name, char **ret, struct error *err)
{
    /* from bin, from libexec/sheepdog; a program, and a test, of build/FLAVOUR */
    static const char *const ways[] = {"../share/sheepdog", "../../share/sheepdog",
                                       "../..", "../../../.."};
    char folder[PATH_MAX], real[PATH_MAX];
    own_folder(folder);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        AUTO(str) char *path = text_format("%s/%s/%s", folder, ways[i], name);
        if (realpath(path, real)) {
            *ret = text_copy(real);
            return 0;
        }
    }
    return error_set(err, -ENOENT, "%s is not installed: %s/%s/%s is not there", name,
                     folder, ways[0], name);
}

int program_become(const char *name, char *const *argv, struct error *err)
{
    AUTO(str) char *path = NULL;
    int rc = program_find(name, &path, err);
    if (rc < 0)
        return rc;
    execv(path, argv);
    return error_set(err, -errno, "%s: %s", path, strerror(errno));
}
