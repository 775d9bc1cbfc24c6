// SPDX-License-Identifier: GPL-3.0-or-later
/* lock - asked for again and again while waiting: a signal then ends us as it
 * should. */
#include "bark/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bark/self.h"
#include "bark/tag.h"
#include "base/auto.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

#define STEP 50 /* ms between two tries */

static int open_file(const char *name, int *ret_fd, struct error *err)
{
    AUTO(str) char *folder = NULL;
    int rc = self_folder("lock", "/run/sheepdog/lock", &folder, err);
    if (rc == 0)
        rc = files_make_folder(folder, 0700, err);
    if (rc < 0)
        return rc;

    char file[TAG_FILE_SIZE];
    tag_file(name, file);
    AUTO(str) char *path = text_format("%s/%s", folder, file);
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    *ret_fd = fd;
    return 0;
}

int lock_take(const char *name, int64_t wait_ms, int *ret_fd, struct error *err)
{
    AUTO(fd) int fd = -1;
    int rc = open_file(name, &fd, err);
    if (rc < 0)
        return rc;

    int64_t deadline = clock_monotonic() + wait_ms * 1000;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(err, -errno, "lock of %s: %s", name, strerror(errno));
        if (clock_monotonic() >= deadline)
            return error_set(err, -EAGAIN, "the run before it still runs");
        nanosleep(&(struct timespec){.tv_nsec = STEP * 1000000}, NULL);
    }
    *ret_fd = fd;
    fd = -1;
    return 0;
}

void lock_release(int fd)
{
    if (fd < 0)
        return;
    flock(fd, LOCK_UN); /* for all who inherited it, too */
    close(fd);
}
