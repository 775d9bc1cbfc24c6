// SPDX-License-Identifier: GPL-3.0-or-later
/* terminal - job control from the inside: who has the terminal is asked of it each
 * time, for the shell above us changes that too. */
#include "bark/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/say.h"

int terminal_find(void)
{
    if (tcgetpgrp(STDIN_FILENO) != getpgrp() || !isatty(STDOUT_FILENO))
        return -1;
    return STDIN_FILENO;
}

/* SIGTTOU is held back, so that we may from the background too: see signals.c. */
void terminal_give(int fd, pid_t group)
{
    if (fd >= 0)
        tcsetpgrp(fd, group);
}

void terminal_take_back(int fd, pid_t group)
{
    if (fd >= 0 && tcgetpgrp(fd) == group)
        terminal_give(fd, getpgrp());
}

/* Stops us until the shell continues us. False when nobody would: our group is an
 * orphan, or is to ignore this. */
static bool stop(void)
{
    sigset_t continued, pending, before;
    sigemptyset(&continued);
    sigaddset(&continued, SIGCONT);
    sigprocmask(SIG_BLOCK, &continued, &before);
    kill(0, SIGTSTP);
    sigpending(&pending);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return sigismember(&pending, SIGCONT) == 1;
}

void terminal_stopped(pid_t group, int number, int *terminal)
{
    bool wants_terminal = number == SIGTTIN || number == SIGTTOU;
    if (*terminal < 0 && wants_terminal)
        *terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (*terminal < 0)
        return;
    if (!wants_terminal || tcgetpgrp(*terminal) != getpgrp()) {
        terminal_take_back(*terminal, group);
        if (!stop() && wants_terminal) {
            say("the job asks for a terminal that it can never have; it gets TERM");
            kill(-group, SIGTERM);
        }
    }
    if (tcgetpgrp(*terminal) == getpgrp())
        terminal_give(*terminal, group);
    kill(-group, SIGCONT);
}
