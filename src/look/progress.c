// SPDX-License-Identifier: GPL-3.0-or-later
/* progress - "\r" goes to the line's beginning, ESC [ K empties it. */
#include "look/progress.h"

#include <stdio.h>
#include <unistd.h>

struct progress progress_start(void)
{
    return (struct progress){.is_shown = isatty(STDERR_FILENO) == 1};
}

void progress_tell(const struct progress *progress, size_t messages)
{
    if (progress->is_shown)
        fprintf(stderr, "\r%zu messages …", messages);
}

/* What stood there may be longer. */
void progress_say(const struct progress *progress, const char *text)
{
    if (progress->is_shown)
        fprintf(stderr, "\r%s …\033[K", text);
}

void progress_end(const struct progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
}
