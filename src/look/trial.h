// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - tries a plugin in each of its four ways, and tells a person what it found.
 *
 * Comes from: plugin.c.  Goes to: stdout. */
#ifndef LOOK_TRIAL_H
#define LOOK_TRIAL_H

#include <stdbool.h>

#include "command/options.h"

/* A line for each step, "ok …", "not ok …" or "skipped …", with what was said below it;
 * words are its settings, "NAME=VALUE". Returns whether all is well. */
bool trial_run(const char *path, const struct words *words);

#endif
