// SPDX-License-Identifier: GPL-3.0-or-later
/* runner - Linux's pipes of one page, and a line to the starter: shut down, the process
 * is to end; what comes by it is how it did. */
#include "receiver/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"

#define ONE_PAGE 1 /* bytes, which the kernel rounds up */

static void close_fd(int *fd)
{
    fd_auto(fd);
    *fd = -1;
}

/* Those that go to the starter are closed here once it has them. */
static void starter_plan_clear(struct starter_plan *plan)
{
    for (size_t i = 0; i < sizeof plan->fds / sizeof *plan->fds; i++)
        close_fd(&plan->fds[i]);
}
AUTO_DEFINE_CLEAR(starter_plan)

/* One end of a new pipe is ours, the other its fds[number]. */
static int make_pipe(struct starter_plan *plan, int number, int *ret_ours,
                     struct error *err)
{
    int ends[2], its = number == 0 ? 0 : 1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, -errno, "no pipe: %s", strerror(errno));
    plan->fds[number] = ends[its];
    *ret_ours = ends[!its];
    fcntl(*ret_ours, F_SETFL, O_NONBLOCK);
    return 0;
}

static int make_line(struct starter_plan *plan, int *ret_ours, struct error *err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_set(err, -errno, "no socket: %s", strerror(errno));
    *ret_ours = ends[0];
    plan->fds[3] = ends[1];
    return 0;
}

int runner_start(const struct runner_plan *plan, struct runner *ret, struct error *err)
{
    AUTO(runner) struct runner runner = RUNNER_NONE;
    AUTO(starter_plan)
    struct starter_plan start = {
        .path = plan->path, .has_network = plan->has_network, .fds = {-1, -1, -1, -1}};
    int rc = make_pipe(&start, 0, &runner.in, err);
    if (rc == 0)
        rc = make_pipe(&start, 1, &runner.out, err);
    if (rc == 0)
        rc = make_pipe(&start, 2, &runner.errors, err);
    if (rc == 0 && fcntl(runner.in, F_SETPIPE_SZ, ONE_PAGE) < 0)
        rc = error_set(err, -errno, "a pipe of one page: %s", strerror(errno));
    if (rc == 0)
        rc = make_line(&start, &runner.line, err);
    if (rc == 0)
        rc = starter_start(plan->starter, &start, err);
    if (rc < 0)
        return rc;
    *ret = runner;
    runner = (struct runner)RUNNER_NONE;
    return 0;
}

bool runner_runs(const struct runner *runner)
{
    return runner->line >= 0;
}

void runner_close_in(struct runner *runner)
{
    close_fd(&runner->in);
}

/* A starter that is killed takes all of them along, and nobody says more. */
bool runner_reap(struct runner *runner, int *ret_status)
{
    int status = 0;
    ssize_t size = recv(runner->line, &status, sizeof status, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    *ret_status = size == sizeof status ? status : SIGKILL;
    close_fd(&runner->line);
    return true;
}

void runner_kill(struct runner *runner)
{
    shutdown(runner->line, SHUT_WR);
}

void runner_clear(struct runner *runner)
{
    close_fd(&runner->in);
    close_fd(&runner->out);
    close_fd(&runner->errors);
    close_fd(&runner->line);
}
