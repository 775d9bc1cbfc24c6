// SPDX-License-Identifier: GPL-3.0-or-later
/* history - readline's, in a file of ours. */
#include "ask/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>

#include "bark/self.h"
#include "base/files.h"
#include "base/memory.h"

#define FOR_ROOT  "/root/.local/state/sheepdog/ask"
#define LINES_MAX 1000

/* NULL: it is not kept. readline's own history is one for a program too. */
static char *path;

/* Nobody else reads what was asked. */
static int make_file(const char *folder)
{
    int rc = files_make_folder(folder, 0700, NULL);
    if (rc < 0)
        return rc;
    path = text_format("%s/history", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

void history_open(void)
{
    AUTO(str) char *folder = NULL;
    using_history();
    stifle_history(LINES_MAX);
    if (self_folder("ask", FOR_ROOT, &folder, NULL) < 0 || make_file(folder) < 0) {
        history_close();
        return;
    }
    read_history(path);
    history_truncate_file(path, LINES_MAX);
}

/* A comment to the end of its line would swallow the lines behind it. */
void history_put(const char *text)
{
    AUTO(str) char *line = text_copy(text);
    const HIST_ENTRY *last = history_get(history_base + history_length - 1);
    if (strchr(line, '\n') && strstr(line, "//"))
        return;
    for (char *at = line; (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    if (last && strcmp(last->line, line) == 0)
        return;
    add_history(line);
    if (path)
        append_history(1, path);
}

void history_close(void)
{
    free(TAKE(path));
    clear_history();
}
