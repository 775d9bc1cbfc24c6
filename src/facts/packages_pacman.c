// SPDX-License-Identifier: GPL-3.0-or-later
/* packages_pacman - a folder a package, NAME-VERSION, whose file desc has a line
 * "%FIELD%" and the values below it. */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/packages.h"

#define FOLDER "/var/lib/pacman/local"

struct description {
    char *name, *version;
    char **next; /* where the next line goes; NULL: nowhere */
};

static void read_line(char *line, size_t number UNUSED, void *context)
{
    struct description *description = context;
    if (description->next && !*description->next && line[0])
        *description->next = text_copy(line);
    description->next = strcmp(line, "%NAME%") == 0      ? &description->name
                        : strcmp(line, "%VERSION%") == 0 ? &description->version
                                                         : NULL;
}

static int read_package(struct packages *packages, const char *folder,
                        struct error *err)
{
    AUTO(str) char *path = text_format(FOLDER "/%s/desc", folder);
    struct description description = {0};
    int rc = machine_each_line(packages->root, path, read_line, &description, err);
    AUTO(str) char *name = description.name;
    AUTO(str) char *version = description.version;
    if (rc == 0 && name && version)
        packages_add(packages, name, version);
    else if (rc == 0)
        damage_add(&packages->damage, "%s: it has no name or no version", path);
    return rc;
}

int packages_pacman(struct packages *packages, struct error *err)
{
    AUTO(texts) struct texts folders = {0};
    int rc = 0;
    machine_list(packages->root, FOLDER, &folders);
    for (size_t i = 0; rc == 0 && i < folders.count; i++)
        if (strcmp(folders.items[i], "ALPM_DB_VERSION") != 0)
            rc = read_package(packages, folders.items[i], err);
    return rc;
}
