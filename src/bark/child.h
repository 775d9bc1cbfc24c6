// SPDX-License-Identifier: GPL-3.0-or-later
/* child - starts a program, at the least cost: vfork, which copies no memory. */
#ifndef BARK_CHILD_H
#define BARK_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "base/error.h"

struct child {
    char *const *argv; /* argv[0] is looked for in PATH, as a shell does */
    int fds[3];        /* become its stdin, stdout, stderr; -1: ours */
    const sigset_t *mask;

    /* It leads a process group of its own, and takes the terminal for it where we have
     * one to give: see terminal.h. -1: none. */
    bool leads_group;
    int terminal;
};

/* All signals must be held back: see signals.h. A program that cannot be run says why
 * on its stderr, and ends with 127 when there is none of that name, else 126. */
int child_start(const struct child *child, pid_t *ret, struct error *err) MUST_USE;

#endif
