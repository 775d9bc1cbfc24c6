// SPDX-License-Identifier: GPL-3.0-or-later
/* log - a line is built whole and written by one write. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/utf8.h"

static enum log_level level_lowest = LOG_LEVEL_INFO;

void log_limit(enum log_level lowest)
{
    level_lowest = lowest;
}

PRINTF(2, 0)
static void log_line(enum log_level level, const char *format, va_list values)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if (level < level_lowest)
        return;

    char line[2048], time[CLOCK_TEXT_SIZE];
    clock_format_utc(clock_now(), time);
    int head = snprintf(line, sizeof line, "%s %s ", time, names[level]);
    int room = (int)sizeof line - head - 1;
    if (vsnprintf(line + head, (size_t)room, format, values) < 0)
        return;
    secret_hide(line + head);
    size_t size = strlen(line);
    utf8_tidy(line, size);
    line[size++] = '\n';
    if (write(STDERR_FILENO, line, size) < 0)
        return; /* nowhere left to say it */
}

#define LOG_DEFINE(name, level)                                                        \
    void name(const char *format, ...)                                                 \
    {                                                                                  \
        va_list values;                                                                \
        va_start(values, format);                                                      \
        log_line(level, format, values);                                               \
        va_end(values);                                                                \
    }

LOG_DEFINE(log_debug, LOG_LEVEL_DEBUG)
LOG_DEFINE(log_info, LOG_LEVEL_INFO)
LOG_DEFINE(log_warning, LOG_LEVEL_WARNING)
LOG_DEFINE(log_error, LOG_LEVEL_ERROR)
