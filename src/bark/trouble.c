// SPDX-License-Identifier: GPL-3.0-or-later
/* trouble - a file that is there or not. */
#include "bark/trouble.h"

#include <fcntl.h>
#include <unistd.h>

#include "bark/tag.h"
#include "base/auto.h"
#include "base/files.h"
#include "base/memory.h"

static char *mark_path(const char *spool, const char *tag)
{
    char name[TAG_FILE_SIZE];
    tag_file(tag, name);
    return text_format("%s/.trouble/%s", spool, name);
}

bool trouble_is_marked(const char *spool, const char *tag)
{
    AUTO(str) char *path = mark_path(spool, tag);
    return access(path, F_OK) == 0;
}

void trouble_mark(const char *spool, const char *tag)
{
    AUTO(str) char *path = mark_path(spool, tag);
    AUTO(str) char *folder = text_format("%s/.trouble", spool);
    if (files_make_folder(folder, 0700, NULL) < 0)
        return;
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        fsync(fd);
}

void trouble_clear(const char *spool, const char *tag)
{
    AUTO(str) char *path = mark_path(spool, tag);
    unlink(path);
}
