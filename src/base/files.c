// SPDX-License-Identifier: GPL-3.0-or-later
/* files - short reads and writes are nobody else's business. */
#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define LOCK_STEP 20 /* ms */

/* By way of the stack: most files are small, and room for a large one costs more than
 * reading it. */
int files_read_fd(int fd, size_t limit, struct strbuf *buf, struct error *err)
{
    size_t start = buf->size;
    for (;;) {
        char piece[2048];
        ssize_t count = read(fd, piece, sizeof piece);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            int rc = error_set(err, -errno, "%s", strerror(errno));
            strbuf_shorten(buf, start);
            return rc;
        }
        if (count == 0)
            return 0;
        strbuf_add(buf, piece, (size_t)count);
        if (buf->size - start > limit) {
            strbuf_shorten(buf, start);
            return error_set(err, -EFBIG, "larger than %zu bytes", limit);
        }
    }
}

int files_read(const char *path, size_t limit, struct strbuf *buf, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = files_read_fd(fd, limit, buf, err);
    return rc < 0 ? error_prefix(err, rc, "%s", path) : 0;
}

bool files_is_private(const struct stat *status)
{
    bool is_group_chosen = status->st_uid == 0 && status->st_gid != 0;
    mode_t others = is_group_chosen ? S_IROTH : S_IRGRP | S_IROTH;
    return (status->st_mode & others) == 0;
}

int files_lock(const char *path, int *ret_fd, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, errno == EWOULDBLOCK ? -EAGAIN : -errno, "%s: %s", path,
                         errno == EWOULDBLOCK ? "somebody holds it" : strerror(errno));
    *ret_fd = fd;
    fd = -1;
    return 0;
}

int files_lock_within(const char *path, int64_t wait_ms, int *ret_fd, struct error *err)
{
    int64_t deadline = clock_monotonic() + wait_ms * 1000;
    for (;;) {
        int rc = files_lock(path, ret_fd, err);
        if (rc != -EAGAIN || clock_monotonic() >= deadline)
            return rc;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP * 1000000}, NULL);
    }
}

int files_write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        bytes += count;
        size -= (size_t)count;
    }
    return 0;
}

/* A group that may read it stays one only where root chose it. */
static int set_like(int fd, struct stat like)
{
    like.st_mode &= 0660;
    if (!files_is_private(&like))
        like.st_mode &= 0600;
    return fchown(fd, like.st_uid, like.st_gid) < 0 || fchmod(fd, like.st_mode) < 0
               ? -errno
               : 0;
}

/* like may be NULL. */
static int write_synced(int folder, const char *name, const struct stat *like,
                        const char *bytes, size_t size)
{
    AUTO(fd)
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    0600);
    if (fd < 0)
        return -errno;
    int rc = like ? set_like(fd, *like) : 0;
    if (rc == 0)
        rc = files_write_all(fd, bytes, size);
    if (rc == 0 && fsync(fd) < 0)
        rc = -errno;
    return rc;
}

static int put(const char *folder, const char *name, const struct stat *like,
               const char *bytes, size_t size, struct error *err)
{
    AUTO(fd) int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));

    AUTO(str) char *temporary = text_format(".%s.new", name);
    int rc = write_synced(at, temporary, like, bytes, size);
    if (rc == 0 && renameat(at, temporary, at, name) < 0)
        rc = -errno;
    if (rc < 0) {
        unlinkat(at, temporary, 0);
        return error_set(err, rc, "%s/%s: %s", folder, name, strerror(-rc));
    }
    if (fsync(at) < 0)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));
    return 0;
}

int files_put(const char *folder, const char *name, const char *bytes, size_t size,
              struct error *err)
{
    return put(folder, name, NULL, bytes, size, err);
}

int files_put_like(const char *folder, const char *name, const char *like,
                   const char *bytes, size_t size, struct error *err)
{
    struct stat status;
    bool is_there = stat(like, &status) == 0;
    if (!is_there && errno != ENOENT)
        return error_set(err, -errno, "%s: %s", like, strerror(errno));
    return put(folder, name, is_there ? &status : NULL, bytes, size, err);
}

/* So that the folder is still there after a power cut; where we may not read what it
 * stands in, that is left to the file system. */
static void sync_parent(const char *path)
{
    AUTO(str) char *parent = text_format("%s/..", path);
    AUTO(fd) int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        fsync(fd);
}

static int make_one_folder(const char *path, mode_t mode)
{
    struct stat status;
    if (mkdir(path, mode) == 0) {
        sync_parent(path);
        return 0;
    }
    if (errno != EEXIST || stat(path, &status) < 0)
        return -errno;
    return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

int files_make_folder(const char *path, mode_t mode, struct error *err)
{
    AUTO(str) char *partial = text_copy(path);
    for (char *slash = partial; slash; *slash = '/') {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        int rc = make_one_folder(partial, mode);
        if (rc < 0)
            return error_set(err, rc, "%s: %s", partial, strerror(-rc));
        if (!slash)
            break;
    }
    return 0;
}

int files_make_scratch(const char *name, char **ret, struct error *err)
{
    const char *parent = getenv("TMPDIR");
    AUTO(str)
    char *path = text_format("%s/%s.XXXXXX", parent && *parent ? parent : "/tmp", name);
    if (!mkdtemp(path))
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    *ret = TAKE(path);
    return 0;
}

void files_remove_scratch(const char *path)
{
    DIR *folder = path ? opendir(path) : NULL;
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        AUTO(str) char *file = text_format("%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(file);
    }
    closedir(folder);
    rmdir(path);
}
