// SPDX-License-Identifier: GPL-3.0-or-later
/* log - a line is built whole and written by one write. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static enum log_level level_lowest = LOG_LEVEL_INFO;

void log_limit(enum log_level lowest)
{
    level_lowest = lowest;
}

/* C0, DEL, and C1 as UTF-8 writes it, which a terminal obeys as well. */
static void blank_controls(char *line, int size)
{
    for (int i = 0; i < size; i++) {
        unsigned char c = (unsigned char)line[i];
        bool is_c1 = c == 0xC2 && i + 1 < size && (line[i + 1] & 0xE0) == 0x80;
        if (c < 0x20 || c == 0x7F || is_c1)
            line[i] = ' ';
        if (is_c1)
            line[++i] = ' ';
    }
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
    int length = vsnprintf(line + head, (size_t)room, format, values);
    int size = head + (length < room ? length : room - 1);
    blank_controls(line, size);
    line[size++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)size) < 0)
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
