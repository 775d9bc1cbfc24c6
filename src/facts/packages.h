// SPDX-License-Identifier: GPL-3.0-or-later
/* packages - what each package manager has installed, as name and version.
 *
 * Comes from: the manager's database, read as files; rpm's, which is of a kind that
 * changes, by running rpm.  Goes to: package.c. One that is not there has none. */
#ifndef FACTS_PACKAGES_H
#define FACTS_PACKAGES_H

#include "base/compiler.h"
#include "base/error.h"
#include "facts/machine.h"
#include "message/relation.h"

struct packages {
    const char *root;
    struct rows *rows;
    struct damage damage;
};

void packages_add(struct packages *packages, const char *name, const char *version);

int packages_dpkg(struct packages *packages, struct error *err) MUST_USE;
int packages_apk(struct packages *packages, struct error *err) MUST_USE;
int packages_opkg(struct packages *packages, struct error *err) MUST_USE;
int packages_pacman(struct packages *packages, struct error *err) MUST_USE;
int packages_guix(struct packages *packages, struct error *err) MUST_USE;
int packages_rpm(struct packages *packages, struct error *err) MUST_USE;

#endif
