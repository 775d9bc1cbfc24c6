// SPDX-License-Identifier: GPL-3.0-or-later
/* say - the line is built whole and written by one write. */
#include "base/say.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/utf8.h"

/* Where nobody reads stderr any more there is nowhere left to say it. */
static void write_unharmed(const char *line, size_t size)
{
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigprocmask(SIG_BLOCK, &pipe_signal, &before);
    if (write(STDERR_FILENO, line, size) < 0 && errno == EPIPE)
        sigtimedwait(&pipe_signal, NULL, &(struct timespec){0});
    sigprocmask(SIG_SETMASK, &before, NULL);
}

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
    if (length < 0)
        return;
    secret_hide(line + used);
    used += strlen(line + used);

    utf8_tidy(line, used);
    line[used++] = '\n';
    write_unharmed(line, used);
}
