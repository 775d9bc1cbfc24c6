// SPDX-License-Identifier: GPL-3.0-or-later
/* run - the loop of the wrapper: wait for either pipe or the child, until it has
 * ended. */
#include "bark/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bark/child.h"
#include "bark/signals.h"
#include "bark/terminal.h"
#include "base/clock.h"
#include "base/say.h"

#define GROUP_STEP     50    /* ms between two looks at a group that is to go */
#define GROUP_PATIENCE 12000 /* ms; it gets its KILL after 10 s at the latest */

void run_clear(struct run *run)
{
    for (int i = 0; i < SEARCH_STREAMS; i++)
        relay_clear(&run->relays[i]);
}

/* The write end for the job; -1, so that it writes past us, where there is no pipe. */
static int open_relay(struct run *run, enum search_stream stream)
{
    struct relay *relay = &run->relays[stream];
    int ends[2];
    capture_clear(&relay->capture);
    relay_close(relay);
    relay->to = run->is_quiet ? -1 : (int)stream + STDOUT_FILENO;
    relay->stream = stream;
    relay->is_wide = false;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        say("no pipe: %s; what the job prints is not kept", strerror(errno));
        return -1;
    }
    relay->from = ends[0];
    return ends[1];
}

int run_start(struct run *run, struct error *err)
{
    AUTO(fd) int out = open_relay(run, SEARCH_STDOUT);
    AUTO(fd) int errors = open_relay(run, SEARCH_STDERR);
    run->terminal = terminal_find();
    run->is_over = run->is_timed_out = false;
    run->status = run->signal = 0;
    run->began = clock_monotonic();

    signals_prepare();
    struct child child = {
        .argv = run->argv,
        .fds = {-1, out, errors},
        .mask = signals_inherited(),
        .leads_group = true,
        .terminal = run->terminal,
    };
    int rc = child_start(&child, &run->pid, err);
    signals_forward(rc == 0 ? -run->pid : 0);
    if (rc == 0 && run->limit > 0)
        signals_limit(run->limit);
    return rc;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void note_end(struct run *run, int status, const struct rusage *usage)
{
    run->is_over = true;
    run->ended = clock_monotonic();
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    run->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    run->max_rss = (int64_t)usage->ru_maxrss * 1024;
    run->user_time = seconds(usage->ru_utime);
    run->system_time = seconds(usage->ru_stime);
}

static void look_at_child(struct run *run)
{
    struct rusage usage;
    int status;
    if (run->is_over || !signals_reap(run->pid, &status, &usage))
        return;
    if (WIFSTOPPED(status))
        terminal_stopped(run->pid, WSTOPSIG(status), &run->terminal);
    else
        note_end(run, status, &usage);
}

/* A group that ran out of its time has to be gone as a whole. Zombies that nobody waits
 * for, as in a container without an init, are as gone as they will ever be. */
static bool is_finished(const struct run *run)
{
    if (!run->is_over || !signals_is_timed_out())
        return run->is_over;
    return kill(-run->pid, 0) < 0 ||
           clock_monotonic() - run->ended > GROUP_PATIENCE * 1000;
}

static void wait_and_relay(struct run *run)
{
    struct pollfd fds[SEARCH_STREAMS];
    for (int i = 0; i < SEARCH_STREAMS; i++)
        fds[i] = (struct pollfd){.fd = run->relays[i].from, .events = POLLIN};
    signals_wait(fds, SEARCH_STREAMS, run->is_over ? GROUP_STEP : -1);
    for (int i = 0; i < SEARCH_STREAMS; i++)
        if (fds[i].revents)
            relay_read(&run->relays[i], fds[i].revents);
}

void run_finish(struct run *run)
{
    while (!is_finished(run)) {
        wait_and_relay(run);
        look_at_child(run);
    }
    for (int i = 0; i < SEARCH_STREAMS; i++)
        relay_drain(&run->relays[i]);
    if (run->limit > 0) {
        run->is_timed_out = signals_is_timed_out();
        signals_limit(0);
        signals_forward(0);
    }
    terminal_take_back(run->terminal, run->pid);
    if (run->terminal > STDIN_FILENO)
        close(run->terminal);
}
