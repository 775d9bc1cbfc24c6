// SPDX-License-Identifier: GPL-3.0-or-later
/* terminal - job control from the inside: who has the terminal is asked of it each
 * time, for the shell above us changes that too. */
#include "bark/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int terminal_find(void)
{
    if (tcgetpgrp(STDIN_FILENO) != getpgrp() || !isatty(STDOUT_FILENO))
        return -1;
    return STDIN_FILENO;
}

/* Whoever is in the background must not mind SIGTTOU to do this. */
void terminal_give(int fd, pid_t group)
{
    sigset_t output, before;
    if (fd < 0)
        return;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    sigprocmask(SIG_BLOCK, &output, &before);
    tcsetpgrp(fd, group);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void terminal_take_back(int fd, pid_t group)
{
    if (fd >= 0 && tcgetpgrp(fd) == group)
        terminal_give(fd, getpgrp());
}

/* It asked for a terminal that is ours to give. */
static bool wants_terminal(int number, int fd)
{
    return (number == SIGTTIN || number == SIGTTOU) && tcgetpgrp(fd) == getpgrp();
}

void terminal_stopped(pid_t group, int number, int *terminal)
{
    if (*terminal < 0 && (number == SIGTTIN || number == SIGTTOU))
        *terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (*terminal < 0)
        return;
    if (!wants_terminal(number, *terminal)) {
        terminal_take_back(*terminal, group);
        kill(0, SIGTSTP); /* here we are stopped, until the shell continues us */
    }
    if (tcgetpgrp(*terminal) == getpgrp())
        terminal_give(*terminal, group);
    kill(-group, SIGCONT);
}
