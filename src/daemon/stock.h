// SPDX-License-Identifier: GPL-3.0-or-later
/* stock - the plugins of this machine, and those that cannot be used.
 *
 * Comes from: plugin.h, at once (stock_fill), or by and by (inquiry.h).
 * Goes to: roster.h, catalogue.h. */
#ifndef DAEMON_STOCK_H
#define DAEMON_STOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "config/config.h"
#include "plugin/plugin.h"

struct trouble {
    char *name; /* of the plugin that it seems to be; NULL: of none */
    char *text;
};

struct stock {
    struct plugins plugins; /* of the folders of the configuration */
    struct plugins own;     /* those that come with sheepdog, which it names */
    struct trouble *troubles;
    size_t trouble_count;
    bool is_open; /* they were not asked yet: nobody knows which there are */
};

void stock_clear(struct stock *stock);
AUTO_DEFINE_CLEAR(stock)

/* Asks all of them, one after the other; also those that come with sheepdog and are not
 * named, where is_all. */
void stock_fill(const struct config *config, bool is_all, struct stock *ret);

/* The files that are to be asked, by absolute paths; a folder that cannot be read is a
 * trouble. */
void stock_list(const struct config *config, struct stock *stock, struct texts *ret);
void stock_list_own(const struct config *config, bool is_all, struct texts *ret);

/* What was found of a file: the plugin becomes its own, or why there is none. */
void stock_add(struct stock *stock, struct plugins *to, struct plugin *plugin);
void stock_fail(struct stock *stock, const char *path, const char *why);

/* NULL: none of that name is there. */
const struct plugin *stock_find(const struct stock *stock, const char *name);
const struct trouble *stock_find_trouble(const struct stock *stock, const char *name);

#endif
