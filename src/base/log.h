// SPDX-License-Identifier: GPL-3.0-or-later
/* log - one line on stderr: "2026-11-22T09:48:08.123Z warning door: what: why;
 * what now".
 *
 * Only programs, loops and handlers log; all below them return their error. Control
 * characters in a line become blanks, so that no message can forge one. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/compiler.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

void log_limit(enum log_level lowest); /* below it nothing is written; INFO at first */

void log_debug(const char *format, ...) PRINTF(1, 2);
void log_info(const char *format, ...) PRINTF(1, 2);
void log_warning(const char *format, ...) PRINTF(1, 2);
void log_error(const char *format, ...) PRINTF(1, 2);

#endif
