// SPDX-License-Identifier: GPL-3.0-or-later
/* roster - what is to be watched on this machine, as configured: each of these
 * instances has a monitor, or a plugin, with settings, and a tag of its own.
 *
 * All default monitors and all plugins of (plugins …) are there once; (monitor NAME …)
 * takes the place of that one, and may stand several times with different tags;
 * (monitor NAME off) takes it away. The plugins that come with sheepdog are there where
 * they are named.
 *
 * What is wrong with a monitor that is built in is a fault of the configuration, which
 * is then not to be used. A plugin is somebody else's: one that is not there, or cannot
 * be used, or not as its form says, is absent, and keeps no other from being watched.
 *
 * Comes from: config.h, with monitors.c and stock.h.  Goes to: watches.h, once.h. */
#ifndef DAEMON_ROSTER_H
#define DAEMON_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "config/config.h"
#include "daemon/stock.h"
#include "monitor/monitor.h"
#include "monitor/settings.h"

/* Of the daemon itself, and of its facts: no instance has them. */
#define ROSTER_OWN_TAG   "daemon"
#define ROSTER_FACTS_TAG "facts"

struct instance {
    char *tag;
    const struct monitor *monitor; /* NULL: a plugin */
    const struct plugin *plugin;   /* NULL: built in; lent from the roster */
    struct settings *settings;
    int64_t every, timeout; /* ms */
    int times;
    int line; /* of its form; 0: there is none */
};

/* Its state is unknown. */
struct absent {
    char *tag;
    char *why; /* with the place of its form, where it has one */
};

struct roster {
    struct stock stock;
    struct instance *items;
    size_t count;
    struct absent *absents;
    size_t absent_count;
    struct texts faults;   /* of the forms, "PATH:LINE:COLUMN: …" each */
    struct texts troubles; /* what is wrong besides, and has no tag of its own */
};

/* The stock becomes the roster's. In an open one, plugins are left out. */
struct roster *roster_read(const struct config *config, struct stock *stock);
void roster_free(struct roster *roster); /* NULL is fine */
AUTO_DEFINE(roster)

/* Whether they are the same thing, watched in the same way. */
bool instance_is_same(const struct instance *one, const struct instance *other);

const char *instance_name(const struct instance *instance); /* monitor's, plugin's */

#endif
