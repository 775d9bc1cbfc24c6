// SPDX-License-Identifier: GPL-3.0-or-later
/* systemd - the properties of the units that the manager has loaded, by systemctl show.
 *
 * Goes to: unit.c, timer.c. */
#ifndef FACTS_SYSTEMD_H
#define FACTS_SYSTEMD_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

#define SYSTEMD_PROPERTIES_MAX 16

bool systemd_runs(const char *root);

/* values: of each property, in the order in which they were asked for; "" where the
 * unit has none, and parted by newlines where it has several. */
typedef void systemd_unit_fn(const char *const *values, void *context);

struct systemd_question {
    const char *const *patterns;   /* "*.timer", …; end with NULL */
    const char *const *properties; /* "Id", …; end with NULL */
    systemd_unit_fn *each;
    void *context;
};

int systemd_ask(const char *root, const struct systemd_question *question,
                struct error *err) MUST_USE;

#endif
