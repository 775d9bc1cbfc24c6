// SPDX-License-Identifier: GPL-3.0-or-later
/* history - readline's, in a file of ours. */
#include "ask/history.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <readline/history.h>

#include "bark/self.h"
#include "base/files.h"
#include "base/memory.h"

#define FOR_ROOT  "/root/.local/state/sheepdog/ask"
#define LINES_MAX 1000

static char *find_folder(void)
{
    char *folder = NULL;
    return self_folder("ask", FOR_ROOT, &folder, NULL) < 0 ? NULL : folder;
}

void history_open(void)
{
    using_history();
    stifle_history(LINES_MAX);
    AUTO(str) char *folder = find_folder();
    if (!folder)
        return;
    AUTO(str) char *path = text_format("%s/history", folder);
    read_history(path);
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
    if (!last || strcmp(last->line, line) != 0)
        add_history(line);
}

void history_close(void)
{
    AUTO(str) char *folder = find_folder();
    if (!folder || files_make_folder(folder, 0700, NULL) < 0)
        return;
    AUTO(str) char *path = text_format("%s/history", folder);
    mode_t mask = umask(077);
    write_history(path);
    umask(mask);
    clear_history();
}
