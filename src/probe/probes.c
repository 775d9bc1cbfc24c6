// SPDX-License-Identifier: GPL-3.0-or-later
/* probes - the list of them. To add one: write monitor/NAME.c with its settings and
 * probe/NAME.c with its look, and name it twice below. */
#include "probe/probe.h"

#include <string.h>

extern const struct probe probe_certificate, probe_http;

const struct probe *const probes[] = {&probe_certificate, &probe_http, NULL};

const struct probe *probe_find(const char *name)
{
    for (const struct probe *const *probe = probes; *probe; probe++)
        if (strcmp((*probe)->monitor->name, name) == 0)
            return *probe;
    return NULL;
}
