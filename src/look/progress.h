// SPDX-License-Identifier: GPL-3.0-or-later
/* progress - how far a long work is, for a person who waits: one line on stderr that is
 * written over, where stderr is a terminal; else nothing.
 *
 * Comes from: export.c, import.c, replay/. */
#ifndef LOOK_PROGRESS_H
#define LOOK_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    bool is_shown;
};

struct progress progress_start(void);
void progress_tell(const struct progress *progress, size_t messages);
void progress_say(const struct progress *progress, const char *text);
void progress_end(const struct progress *progress); /* takes the line away */

#endif
