// SPDX-License-Identifier: GPL-3.0-or-later
/* machine_run - a program in a process group of its own, which has so long to say so
 * much. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/memory.h"
#include "facts/machine.h"

#define RUN_MS   30000
#define RUN_SIZE (16 << 20) /* bytes that it may print */

static const char *const folders[] = {
    "/usr/bin",       "/usr/sbin", "/bin", "/run/current-system/profile/bin",
    "/usr/local/bin", NULL};

/* To be freed; NULL: it is nowhere. */
static char *find(const char *root, const char *name)
{
    for (size_t i = 0; folders[i]; i++) {
        AUTO(str) char *path = text_format("%s%s/%s", root, folders[i], name);
        if (access(path, X_OK) == 0)
            return TAKE(path);
    }
    return NULL;
}

static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
                                             POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETSIGDEF);
}

static int start(const char *path, const char *const *argv, int out, pid_t *ret)
{
    static const char *const environment[] = {
        "PATH=/usr/bin:/usr/sbin:/bin:/sbin:/run/current-system/profile/bin",
        "LC_ALL=C", "HOME=/", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    set_attributes(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int number = posix_spawn(ret, path, &actions, &attributes, (char *const *)argv,
                             (char *const *)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return -number;
}

/* Until it has closed its end. */
static int read_all(int fd, struct strbuf *out)
{
    int64_t deadline = clock_monotonic() + RUN_MS * 1000LL;
    for (size_t start_size = out->size;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left = (deadline - clock_monotonic()) / 1000;
        char piece[16384];
        if (left <= 0)
            return -ETIMEDOUT;
        if (poll(&ready, 1, (int)left) <= 0)
            continue;
        ssize_t count = read(fd, piece, sizeof piece);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? -errno : 0;
        strbuf_add(out, piece, (size_t)count);
        if (out->size - start_size > RUN_SIZE)
            return -EFBIG;
    }
}

/* One that is to be ended takes with it what it started. */
static int finish(pid_t pid, bool is_to_end, int *ret_status)
{
    if (is_to_end)
        kill(-pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

static int fail(const char *path, int rc, int status, struct error *err)
{
    if (rc == -ETIMEDOUT)
        return error_set(err, rc, "%s: it took longer than %d s", path, RUN_MS / 1000);
    if (rc == -EFBIG)
        return error_set(err, rc, "%s: it printed more than %d MiB", path,
                         RUN_SIZE >> 20);
    if (rc < 0)
        return error_set(err, rc, "%s: %s", path, strerror(-rc));
    if (WIFSIGNALED(status))
        return error_set(err, -EIO, "%s: signal %d ended it", path, WTERMSIG(status));
    return error_set(err, -EIO, "%s: exit status %d", path, WEXITSTATUS(status));
}

int machine_run(const char *root, const char *const *argv, struct strbuf *out,
                struct error *err)
{
    AUTO(str) char *path = find(root, argv[0]);
    size_t before = out->size;
    int ends[2];
    pid_t pid;
    int status = 0;
    if (!path)
        return error_set(err, -ENOENT, "%s is not installed", argv[0]);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));

    AUTO(fd) int from = ends[0];
    int rc = start(path, argv, ends[1], &pid);
    close(ends[1]);
    if (rc < 0)
        return fail(path, rc, 0, err);
    rc = read_all(from, out);
    int ended = finish(pid, rc < 0, &status);
    rc = rc < 0 ? rc : ended;
    if (rc == 0 && status == 0)
        return 0;
    strbuf_shorten(out, before);
    return fail(path, rc, status, err);
}
