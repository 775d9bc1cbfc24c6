// SPDX-License-Identifier: GPL-3.0-or-later
/* probing - the monitors whose look sheepdog-probe takes, in a process of its own.
 *
 * Their settings stand here, for the daemon; it gives them to sheepdog-probe as JSON on
 * stdin, as to any plugin, and reads lines. */
#ifndef MONITOR_PROBING_H
#define MONITOR_PROBING_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* Appends "…/sheepdog-probe NAME"; -ENOENT: it is not installed. */
int probing_command(const char *name, struct texts *argv, struct error *err) MUST_USE;

#endif
