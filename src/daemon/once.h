// SPDX-License-Identifier: GPL-3.0-or-later
/* once - looks at everything once, and prints what would be sent; sends nothing.
 *
 * Used by: main/sheepdog-daemon.c. */
#ifndef DAEMON_ONCE_H
#define DAEMON_ONCE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "daemon/daemon.h"

/* Prints for people, or as JSON, an object a line. Returns whether all is well. */
bool once_print(const struct configuration *configuration, bool is_json) MUST_USE;

#endif
