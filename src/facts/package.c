// SPDX-License-Identifier: GPL-3.0-or-later
/* package - what is installed, whoever installed it.
 *
 * A name alone names no package: several kernels of rpm, several outputs of Guix are
 * installed at once. So a row is named by all of it, and has no key: package(host,
 * "kernel", v) finds each. Of one version for several architectures there is one
 * row. */
#include <stddef.h>

#include "facts/facts.h"
#include "facts/packages.h"

extern const struct fact_source source_package;

void packages_add(struct packages *packages, const char *name, const char *version)
{
    rows_add(packages->rows, 2, (const char *const[]){name, version});
}

/* To add one: write facts/packages_NAME.c, name it in packages.h and here, and what it
 * writes below. */
static int (*const managers[])(struct packages *, struct error *) = {
    packages_dpkg, packages_apk, packages_opkg, packages_pacman,
    packages_guix, packages_rpm, NULL,
};

static int collect(const char *root, struct rows *ret, struct error *err)
{
    struct packages packages = {.root = root, .rows = ret};
    for (size_t i = 0; managers[i]; i++) {
        int rc = managers[i](&packages, err);
        if (rc < 0)
            return rc;
    }
    return damage_result(&packages.damage, err);
}

static const char *const columns[] = {"name text", "version version", NULL};
static const char *const watched[] = {
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/status.d",
    "/lib/apk/db/installed",
    "/usr/lib/opkg/status",
    "/opt/lib/opkg/status",
    "/var/lib/opkg/status",
    "/var/lib/pacman/local",
    "/run/current-system",
    "/var/guix/profiles/system",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpm/Packages",
    "/var/lib/rpm/Packages.db",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages.db",
    NULL,
};

const struct fact_source source_package = {
    .name = "package",
    .help = "the packages that are installed: dpkg, rpm, apk, pacman, Guix, opkg",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
