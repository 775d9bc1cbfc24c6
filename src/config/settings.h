// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - how the text of a value becomes one of struct config; for config/ alone.
 *
 * Comes from: config.c, which reads the file.  Goes to: struct config. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* The member of config that the setting is about. */
void *setting_member(struct config *config, const struct config_setting *setting);

/* One text sets it; of a type that takes several, adds to it. -EINVAL: it is no such
 * value; err does not quote what may be a secret. */
int setting_set(struct config *config, const struct config_setting *setting,
                const char *text, struct error *err) MUST_USE;

bool config_type_is_texts(enum config_type type);  /* struct texts */
bool config_type_is_queues(enum config_type type); /* struct queue_places */

/* What stands there is not to be read in an error, even where it is written wrongly. */
bool setting_is_secret(const struct config_setting *setting);

void form_settings_clear(struct form_setting *settings, size_t count);

/* place becomes its own. */
void queue_places_add(struct queue_places *places, const struct queue_place *place);

/* Another one at the end, lent until the next is added. */
struct monitor_form *monitor_forms_add(struct monitor_forms *forms, const char *name);
struct form_setting *monitor_form_add(struct monitor_form *form, const char *name);

#endif
