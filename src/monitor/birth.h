// SPDX-License-Identifier: GPL-3.0-or-later
/* birth - what a child of ours does between its fork and the program that it becomes,
 * so that nothing of us is left in it. All but birth_environment may be called there,
 * by a process that had threads too.
 *
 * Used by: helper.h, receiver/runner.h. */
#ifndef MONITOR_BIRTH_H
#define MONITOR_BIRTH_H

#include <sys/resource.h>

#include "config/config.h"

#define BIRTH_FILES_MAX 256 /* descriptors */

/* PATH, LC_ALL=C, HOME, LANG and TZ as ours, and what is added (may be NULL). Behind
 * the last stands a NULL, so that ret->items is an environ. */
void birth_environment(const struct texts *added, struct texts *ret);

void birth_limit(int what, rlim_t soft, rlim_t hard); /* never more than we have */
void birth_be_nice(void);
void birth_reset_signals(void);
void birth_close_others(void); /* all descriptors from 3 on */

#endif
