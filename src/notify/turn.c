// SPDX-License-Identifier: GPL-3.0-or-later
/* turn - a lock, and inotify on its file. */
#include "notify/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"

struct turn {
    char *path;
    int lock;  /* -1: not ours */
    int watch; /* inotify */
};

static int watch_file(struct turn *turn, struct error *err)
{
    AUTO(fd)
    int fd = open(turn->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                  0600);
    if (fd >= 0)
        turn->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (turn->watch < 0 || inotify_add_watch(turn->watch, turn->path, IN_ATTRIB) < 0)
        return error_set(err, -errno, "%s: %s", turn->path, strerror(errno));
    return 0;
}

int turn_open(const char *store, const char *notifier, struct turn **ret,
              struct error *err)
{
    AUTO(turn) struct turn *turn = memory_new(sizeof *turn);
    turn->path = text_format("%s-tell-%s", store, notifier);
    turn->lock = turn->watch = -1;
    int rc = watch_file(turn, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(turn);
    return 0;
}

void turn_close(struct turn *turn)
{
    if (!turn)
        return;
    fd_auto(&turn->watch);
    fd_auto(&turn->lock);
    free(turn->path);
    free(turn);
}

int turn_take(struct turn *turn, struct error *err)
{
    return files_lock(turn->path, &turn->lock, err);
}

void turn_pass_on(const struct turn *turn)
{
    (void)utimensat(AT_FDCWD, turn->path, NULL, AT_SYMLINK_NOFOLLOW);
}

int turn_fd(const struct turn *turn)
{
    return turn->watch;
}

void turn_heed(struct turn *turn)
{
    char events[4096];
    while (read(turn->watch, events, sizeof events) > 0)
        ;
}
