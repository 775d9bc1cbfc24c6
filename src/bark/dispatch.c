// SPDX-License-Identifier: GPL-3.0-or-later
/* dispatch - a child like the job, but with a deadline of ours; what we are told
 * meanwhile goes to it, so that it can be ended. */
#include "bark/dispatch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bark/child.h"
#include "bark/signals.h"
#include "base/clock.h"
#include "base/program.h"

#define GRACE 2000 /* ms that it may take over its patience */

struct delivery {
    pid_t pid;
    int64_t deadline; /* microseconds, monotonic */
};

/* arguments: {"sheepdog-deliver", …}. input becomes its stdin. */
static int start(const char **arguments, int input, int64_t patience,
                 struct delivery *ret, struct error *err)
{
    AUTO(str) char *path = NULL;
    int rc = program_find("sheepdog-deliver", &path, err);
    if (rc < 0)
        return rc;

    arguments[0] = path;
    signals_prepare();
    struct child child = {
        .argv = (char *const *)arguments,
        .fds = {input, -1, -1},
        .mask = signals_inherited(),
        .terminal = -1,
    };
    rc = child_start(&child, &ret->pid, err);
    signals_forward(rc == 0 ? ret->pid : 0);
    ret->deadline = clock_monotonic() + (patience + GRACE) * 1000;
    return rc;
}

static int left_ms(const struct delivery *delivery)
{
    int64_t left = (delivery->deadline - clock_monotonic()) / 1000;
    return left > 0 ? (int)(left < 1 << 30 ? left : 1 << 30) : 0;
}

static int finish(const struct delivery *delivery, struct error *err)
{
    struct rusage usage;
    int status = 0;
    while (!signals_reap(delivery->pid, &status, &usage) || WIFSTOPPED(status)) {
        int left = left_ms(delivery);
        if (left == 0)
            kill(delivery->pid, SIGKILL);
        signals_wait(NULL, 0, left ? left : -1);
    }
    signals_forward(0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (left_ms(delivery) == 0)
        return error_set(err, -ETIMEDOUT, "sheepdog-deliver took too long");
    return error_set(err, -EAGAIN, "sheepdog-deliver could not deliver");
}

int dispatch_spool(const char *conf, const char *folder, int64_t patience,
                   struct error *err)
{
    const char *arguments[] = {NULL, "--folder", folder, conf ? "-c" : NULL,
                               conf, NULL};
    AUTO(fd) int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct delivery delivery;
    int rc = start(arguments, nothing, patience, &delivery, err);
    return rc < 0 ? rc : finish(&delivery, err);
}

/* The job's signals are on their way to it, and stay so. */
int dispatch_spool_aside(const char *conf, const char *folder, struct error *err)
{
    AUTO(str) char *path = NULL;
    int rc = program_find("sheepdog-deliver", &path, err);
    if (rc < 0)
        return rc;
    const char *arguments[] = {path, "--folder", folder, conf ? "-c" : NULL,
                               conf, NULL};
    AUTO(fd) int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct child child = {
        .argv = (char *const *)arguments,
        .fds = {nothing, nothing, nothing},
        .mask = signals_inherited(),
        .leads_group = true,
        .terminal = -1,
    };
    sigset_t all, before;
    pid_t pid;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    rc = child_start(&child, &pid, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* Without blocking, so that a reader which hangs costs no more than its patience. */
static void feed(const struct delivery *delivery, int to, const struct strbuf *json)
{
    fcntl(to, F_SETFL, O_NONBLOCK);
    for (size_t at = 0; at < json->size && left_ms(delivery) > 0;) {
        ssize_t count = write(to, json->data + at, json->size - at);
        if (count > 0) {
            at += (size_t)count;
        } else if (errno == EAGAIN) {
            struct pollfd fd = {.fd = to, .events = POLLOUT};
            signals_wait(&fd, 1, left_ms(delivery));
        } else if (errno != EINTR) {
            return;
        }
    }
}

int dispatch_message(const char *conf, const struct strbuf *json, int64_t patience,
                     struct error *err)
{
    const char *arguments[] = {NULL, "--stdin", conf ? "-c" : NULL, conf, NULL};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, -errno, "no pipe to sheepdog-deliver");

    AUTO(fd) int from = ends[0];
    int to = ends[1];
    struct delivery delivery;
    int rc = start(arguments, from, patience, &delivery, err);
    if (rc == 0)
        feed(&delivery, to, json);
    close(to);
    return rc < 0 ? rc : finish(&delivery, err);
}
