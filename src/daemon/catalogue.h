// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue - prints every monitor and plugin that there is, with its settings. */
#ifndef DAEMON_CATALOGUE_H
#define DAEMON_CATALOGUE_H

#include <stdbool.h>

#include "config/config.h"

/* For people, or as one JSON object. The plugins are those of config, and those that
 * come with sheepdog; of one that cannot be used, say hears. */
void catalogue_print(const struct config *config, bool is_json,
                     void (*say)(const char *sentence));

#endif
