// SPDX-License-Identifier: GPL-3.0-or-later
/* interrupt - a signal has no other way to us than variables of the file. */
#include "ask/interrupt.h"

#include <poll.h>
#include <stddef.h>

static volatile sig_atomic_t flag;
static void (*volatile stop_function)(void *context);
static void *volatile stop_context;
static bool is_taken;

static void handle(int number)
{
    (void)number;
    flag = 1;
    if (stop_function)
        stop_function(stop_context);
}

static void hold(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(how, &set, NULL);
}

void interrupt_take(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigemptyset(&action.sa_mask);
    hold(SIG_BLOCK);
    sigaction(SIGINT, &action, NULL);
    is_taken = true;
}

bool interrupt_wait(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    sigset_t none;
    sigemptyset(&none);
    flag = 0;
    while (!flag)
        if (ppoll(&poll_fd, 1, NULL, &none) > 0)
            return true;
    return false;
}

void interrupt_begin(void (*stop)(void *context), void *context)
{
    flag = 0;
    stop_context = context;
    stop_function = stop;
    if (is_taken)
        hold(SIG_UNBLOCK);
}

void interrupt_end(void)
{
    if (is_taken)
        hold(SIG_BLOCK);
    stop_function = NULL;
}

const volatile sig_atomic_t *interrupt_flag(void)
{
    return &flag;
}
