// SPDX-License-Identifier: GPL-3.0-or-later
/* ready - tells the service manager how this program is: the protocol of sd_notify(3),
 * without its library. */
#ifndef BASE_READY_H
#define BASE_READY_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

/* These are done by 0; where no service manager listens ($NOTIFY_SOCKET is not set)
 * there is nothing to do. */
int ready_started(struct error *err) MUST_USE;
int ready_reloading(struct error *err) MUST_USE; /* ready_started ends it */
int ready_stopping(struct error *err) MUST_USE;

/* How often the manager wants a sign of life, in ms ($WATCHDOG_USEC, for this process);
 * 0: it wants none. Half of that is a good time between two. */
int64_t ready_watchdog_limit(void);
int ready_watchdog(struct error *err) MUST_USE; /* the sign */

#endif
