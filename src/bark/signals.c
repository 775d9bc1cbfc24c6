// SPDX-License-Identifier: GPL-3.0-or-later
/* signals - SIGCHLD is let in only while we wait, so that none is missed, and SIGTTOU,
 * so that we may write to a terminal that the job has; the others are held back only
 * around a fork and a wait4, so that none goes to a stranger. */
#include "bark/signals.h"

#include <errno.h>
#include <stddef.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"

#define KILL_AFTER 10 /* seconds */

static const int forwarded[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
#define FORWARDED_COUNT (sizeof forwarded / sizeof forwarded[0])

/* A write that these would tell of fails as well, and that is enough for us. */
static const int ignored[] = {SIGPIPE, SIGXFSZ};
#define IGNORED_COUNT (sizeof ignored / sizeof ignored[0])

static volatile sig_atomic_t target, is_to_end, is_timed_out;
static sigset_t inherited_ignored; /* after an exec the others are at their default */
static sigset_t inherited_mask;
static bool is_prepared, is_handling;

static void pass_on(int number)
{
    int before = errno;
    is_to_end |= number != SIGUSR1 && number != SIGUSR2;
    if (target != 0)
        kill(target, number);
    errno = before;
}

static void end_target(int number)
{
    (void)number;
    int before = errno;
    if (target != 0) {
        kill(target, is_timed_out ? SIGKILL : SIGTERM);
        kill(target, SIGCONT);
        is_timed_out = 1;
    }
    errno = before;
}

/* That it came is all there is to know: it ends the wait. */
static void note_child(int number)
{
    (void)number;
}

static void handle(int number, void (*handler)(int), struct sigaction *ret_before)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(number, &action, ret_before);
}

static void restore(int number)
{
    bool was_ignored = sigismember(&inherited_ignored, number) == 1;
    handle(number, was_ignored ? SIG_IGN : SIG_DFL, NULL);
}

static void restore_dispositions(void)
{
    for (size_t i = 0; i < FORWARDED_COUNT; i++)
        restore(forwarded[i]);
    for (size_t i = 0; i < IGNORED_COUNT; i++)
        restore(ignored[i]);
    is_handling = false;
}

void signals_prepare(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, is_prepared ? NULL : &inherited_mask);
    if (!is_prepared)
        handle(SIGCHLD, note_child, NULL);
    if (is_handling)
        restore_dispositions();
    is_prepared = true;
}

const sigset_t *signals_inherited(void)
{
    return &inherited_mask;
}

static void note_inherited(int number, const struct sigaction *before)
{
    if (before->sa_handler == SIG_IGN)
        sigaddset(&inherited_ignored, number);
}

static void start_handling(void)
{
    struct sigaction before;
    for (size_t i = 0; i < FORWARDED_COUNT; i++) {
        handle(forwarded[i], pass_on, &before);
        note_inherited(forwarded[i], &before);
        if (before.sa_handler == SIG_IGN)
            restore(forwarded[i]);
    }
    for (size_t i = 0; i < IGNORED_COUNT; i++) {
        handle(ignored[i], SIG_IGN, &before);
        note_inherited(ignored[i], &before);
    }
    is_handling = true;
}

static void let_in_most(void)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigaddset(&mask, SIGTTOU);
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

void signals_forward(pid_t new_target)
{
    target = new_target;
    if (!is_handling)
        start_handling();
    let_in_most();
}

void signals_limit(int64_t ms)
{
    struct itimerval timer = {0};
    is_timed_out = 0;
    if (ms > 0) {
        handle(SIGALRM, end_target, NULL);
        timer.it_value.tv_sec = (time_t)(ms / 1000);
        timer.it_value.tv_usec = (suseconds_t)(ms % 1000 * 1000);
        timer.it_interval.tv_sec = KILL_AFTER;
    }
    setitimer(ITIMER_REAL, &timer, NULL);
}

bool signals_is_timed_out(void)
{
    return is_timed_out;
}

int signals_wait(struct pollfd *fds, nfds_t count, int timeout)
{
    struct timespec time = {.tv_sec = timeout / 1000,
                            .tv_nsec = (long)(timeout % 1000) * 1000000};
    sigset_t none;
    sigemptyset(&none);
    int rc = ppoll(fds, count, timeout < 0 ? NULL : &time, &none);
    for (nfds_t i = 0; rc < 0 && i < count; i++)
        fds[i].revents = 0;
    return rc < 0 ? 0 : rc;
}

bool signals_pause(int64_t ms)
{
    sigset_t all, before;
    int64_t until = clock_monotonic() + ms * 1000;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    for (int64_t left = ms; !is_to_end && left > 0;
         left = (until - clock_monotonic()) / 1000)
        signals_wait(NULL, 0, left < 1 << 30 ? (int)left : 1 << 30);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return !is_to_end;
}

bool signals_reap(pid_t pid, int *ret_status, struct rusage *ret_usage)
{
    sigset_t all, before;
    int status;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    bool is_changed = wait4(pid, &status, WNOHANG | WUNTRACED, ret_usage) == pid;
    if (is_changed && !WIFSTOPPED(status) && !is_timed_out)
        target = 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (is_changed)
        *ret_status = status;
    return is_changed;
}
