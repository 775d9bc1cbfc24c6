// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - tries a plugin in each of its four ways, and tells a person what it found.
 *
 * Comes from: plugin.c.  Goes to: stdout. */
#ifndef LOOK_TRIAL_H
#define LOOK_TRIAL_H

#include <stdbool.h>

/* A line for each step, "ok …" or "not ok …", with what was said below it. Returns
 * whether all is well. */
bool trial_run(const char *path);

#endif
