// SPDX-License-Identifier: GPL-3.0-or-later
/* say - the line is built whole and written by one write. */
#include "base/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void say(const char *format, ...)
{
    static const char prefix[] = "sheepdog: ";
    char line[2048];
    size_t used = sizeof prefix - 1;
    size_t room = sizeof line - used - 1;
    memcpy(line, prefix, used);

    va_list values;
    va_start(values, format);
    int length = vsnprintf(line + used, room, format, values);
    va_end(values);
    used += length < (int)room ? (size_t)length : room - 1;

    for (size_t i = 0; i < used; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = ' ';
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0)
        return; /* nowhere left to say it */
}
