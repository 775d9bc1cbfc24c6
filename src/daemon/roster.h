// SPDX-License-Identifier: GPL-3.0-or-later
/* roster - what is to be watched on this machine, as configured: each of these
 * instances has a monitor, or a plugin, with settings, and a tag of its own.
 *
 * All default monitors and all plugins of (plugins …) are there once; (monitor NAME …)
 * takes the place of that one, and may stand several times with different tags;
 * (monitor NAME off) takes it away. The plugins that come with sheepdog are there where
 * they are named.
 *
 * Comes from: config.h, with monitors.c and plugin.h.  Goes to: watches.h, once.h. */
#ifndef DAEMON_ROSTER_H
#define DAEMON_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "config/config.h"
#include "monitor/monitor.h"
#include "monitor/settings.h"
#include "plugin/plugin.h"

#define ROSTER_OWN_TAG "daemon" /* of the daemon itself: no instance has it */

struct instance {
    char *tag;
    const struct monitor *monitor; /* NULL: a plugin */
    const struct plugin *plugin;   /* NULL: built in; lent from the roster */
    struct settings *settings;
    int64_t every, timeout; /* ms */
    int times;
    int line; /* of its form; 0: there is none */
};

struct roster {
    struct plugins plugins; /* of the folders of the configuration */
    struct plugins own;     /* those that come with sheepdog, where any is named */
    struct instance *items;
    size_t count;

    /* What is wrong with the forms, "PATH:LINE:COLUMN: …" each: with any, the roster is
     * not to be used. */
    struct texts faults;
    struct texts troubles; /* the plugins that cannot be used; the others can */
};

struct roster *roster_read(const struct config *config);
void roster_free(struct roster *roster); /* NULL is fine */
AUTO_DEFINE(roster)

/* Whether they are the same thing, watched in the same way. */
bool instance_is_same(const struct instance *one, const struct instance *other);

const char *instance_name(const struct instance *instance); /* monitor's, plugin's */

/* Those of (plugins …), else /etc/sheepdog/plugins where that is. say: see plugin.h. */
void roster_load_plugins(const struct config *config, struct texts *troubles,
                         struct plugins *ret);
void roster_load_own(struct texts *troubles, struct plugins *ret);

#endif
