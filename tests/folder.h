// SPDX-License-Identifier: GPL-3.0-or-later
/* folder - a folder of a test's own, which goes with all that is in it. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/compiler.h"
#include "base/memory.h"

/* Its path, for folder_remove. */
static inline char *folder_make(void)
{
    char *folder = text_copy("/tmp/sheepdog-test.XXXXXX");
    if (!mkdtemp(folder))
        abort();
    return folder;
}

static inline int folder_remove_one(const char *path, const struct stat *status UNUSED,
                                    int type UNUSED, struct FTW *walk UNUSED)
{
    return remove(path);
}

/* 0, or -1 where something is left. */
static inline int folder_remove(char *folder)
{
    int rc = nftw(folder, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(folder);
    return rc;
}

#endif
