// SPDX-License-Identifier: GPL-3.0-or-later
/* packages_rpm - its database was of three kinds so far; rpm reads each of them. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/auto.h"
#include "facts/packages.h"

#define FORMAT "%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n"

/* A machine of another kind may have the program, to look into files. */
static bool has_database(const char *root)
{
    static const char *const paths[] = {
        "/var/lib/rpm/rpmdb.sqlite",         "/var/lib/rpm/Packages",
        "/var/lib/rpm/Packages.db",          "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/Packages.db", NULL,
    };
    for (size_t i = 0; paths[i]; i++)
        if (machine_has(root, paths[i]))
            return true;
    return false;
}

/* The keys that packages are signed with are among them, and no packages. */
static void read_line(struct packages *packages, char *line)
{
    char *tab = strchr(line, '\t');
    if (!tab || tab == line || !tab[1]) {
        damage_add(&packages->damage, "rpm -qa: \"%.80s\" is no package", line);
        return;
    }
    *tab = '\0';
    if (strcmp(line, "gpg-pubkey") != 0)
        packages_add(packages, line, tab + 1);
}

int packages_rpm(struct packages *packages, struct error *err)
{
    static const char *const argv[] = {"rpm", "-qa", "--qf", FORMAT, NULL};
    AUTO(strbuf) struct strbuf out = {0};
    if (!has_database(packages->root))
        return 0;
    int rc = machine_run(packages->root, argv, &out, err);
    if (rc < 0)
        return rc;
    char *next = out.data;
    for (char *line; (line = strsep(&next, "\n")) != NULL;)
        if (line[0])
            read_line(packages, line);
    return 0;
}
