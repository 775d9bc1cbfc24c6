// SPDX-License-Identifier: GPL-3.0-or-later
/* say - one line on stderr to whoever called the program: "sheepdog: what: why".
 *
 * For commands. A server, whose lines are read days later, logs instead (log.h). */
#ifndef BASE_SAY_H
#define BASE_SAY_H

#include "base/compiler.h"

/* Control characters become blanks, so that it stays one line. Where nobody reads it,
 * nothing happens: no SIGPIPE either. */
void say(const char *format, ...) PRINTF(1, 2);

#endif
