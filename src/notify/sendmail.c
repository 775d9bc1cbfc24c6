// SPDX-License-Identifier: GPL-3.0-or-later
/* sendmail - the mail is a file in memory that becomes the program's stdin: so it may
 * read as slowly as it likes, or not at all. */
#include "notify/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/files.h"

extern char **environ;

/* Programs of this machine end their lines with a newline alone. */
static int write_mail(const struct strbuf *mail, int *ret_fd)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(fd) int fd = memfd_create("mail", MFD_CLOEXEC);
    for (size_t i = 0; i < mail->size; i++)
        if (mail->data[i] != '\r')
            strbuf_putc(&text, mail->data[i]);
    if (fd < 0)
        return -errno;
    int rc = files_write_all(fd, strbuf_text(&text), text.size);
    if (rc < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return rc < 0 ? rc : -errno;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static int start(const char *program, int mail, pid_t *ret)
{
    char *const argv[] = {(char *)program, "-t", "-i", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, mail, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int number = posix_spawn(ret, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -number;
}

/* Its exit status, or -ETIMEDOUT. */
static int await(pid_t pid, int64_t limit_ms)
{
    AUTO(fd) int fd = pidfd_open(pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    int status = 0;
    bool is_late = fd >= 0 && poll(&ended, 1, (int)limit_ms) == 0;
    if (is_late)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (is_late)
        return -ETIMEDOUT;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int sendmail_send(const char *program, const struct strbuf *mail, int64_t limit_ms,
                  struct error *err)
{
    AUTO(fd) int fd = -1;
    pid_t pid;
    int rc = write_mail(mail, &fd);
    if (rc == 0)
        rc = start(program, fd, &pid);
    if (rc < 0)
        return error_set(err, rc, "%s: %s", program, strerror(-rc));
    int status = await(pid, limit_ms);
    if (status == -ETIMEDOUT)
        return error_set(err, status, "%s: it took too long", program);
    if (status != 0)
        return error_set(err, -EIO, "%s: exit status %d", program, status);
    return 0;
}
