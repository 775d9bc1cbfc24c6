// SPDX-License-Identifier: GPL-3.0-or-later
/* choice - which of several things a monitor watches: the settings "only" and "except",
 * patterns of their names (* and ?). */
#ifndef MONITOR_CHOICE_H
#define MONITOR_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "monitor/monitor.h"
#include "monitor/settings.h"

/* Where only says something, what it matches; else what except does not match. */
bool choice_has(const struct settings *settings, const char *name);

/* It stands in only as it is: somebody counts on it. */
bool choice_names(const struct settings *settings, const char *name);

/* The next name in only that is no pattern, from *at on; NULL: there is no more. */
const char *choice_next_name(const struct settings *settings, size_t *at);

/* Whether this look gives readings of that part too: of many parts each has a state,
 * but only the first CHOICE_READ have readings, so that a beat stays small where there
 * are hundreds of disks; unless only says something. */
#define CHOICE_READ 20
bool choice_is_read(const struct look *look, const char *part);

#endif
