// SPDX-License-Identifier: GPL-3.0-or-later
/* probe - looks that need a library which the daemon does not load: each is that of the
 * monitor of its name (src/monitor/NAME.c has its settings).
 *
 *     settings as JSON ──> sheepdog-probe NAME ──> lines (monitor/lines.h)
 *
 * Started by: daemon/, as it starts a plugin; ends after one look. The list is
 * probes.c. */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "monitor/monitor.h"

struct probe {
    const struct monitor *monitor; /* its name, and its settings */

    /* As that of a monitor; it may block until the setting "timeout" is over. */
    int (*look)(struct look *look, struct error *err);
};

extern const struct probe *const probes[];        /* ends with NULL */
const struct probe *probe_find(const char *name); /* NULL */

/* Looks once, with the settings of a JSON object, or with none ("" or blanks), and
 * appends what was found as lines; a look that could not be taken is the state unknown,
 * and no error. -EINVAL: the settings are none. */
int probe_run(const struct probe *probe, const char *json, size_t size,
              struct strbuf *ret, struct error *err) MUST_USE;

#endif
