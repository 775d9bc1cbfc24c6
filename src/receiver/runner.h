// SPDX-License-Identifier: GPL-3.0-or-later
/* runner - the process that is a receiver: FILE receive, in a process group of its own,
 * nice, with the environment, the memory and the descriptors that a plugin may have,
 * without new privileges, and without a network unless it asked for one.
 *
 * Where the server is root, it becomes nobody; else it is who the server is.
 *
 * Used by: receiver.c, on the receiver's thread. Its three descriptors never block. */
#ifndef RECEIVER_RUNNER_H
#define RECEIVER_RUNNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

#define RUNNER_MEMORY (512 << 20) /* bytes of data */
#define RUNNER_USER   "nobody"

struct runner {
    pid_t pid; /* also its group; 0: none runs */
    int in;    /* of one page: ready to be written when all in it was read; -1 */
    int out, errors;
    int ended; /* ready to be read when it has ended */
};

#define RUNNER_NONE                                                                    \
    {                                                                                  \
        .in = -1, .out = -1, .errors = -1, .ended = -1                                 \
    }

struct runner_plan {
    const char *path;
    bool has_network;
};

/* That it cannot be run shows in its end: status 126 or 127, and why on its stderr. */
int runner_start(const struct runner_plan *plan, struct runner *ret, struct error *err)
    MUST_USE;

void runner_close_in(struct runner *runner); /* it sees the end of its input */

/* Whether it has ended, and how, as waitpid says it; what is left of its group is
 * killed. Its output may still be read. */
bool runner_reap(struct runner *runner, int *ret_status);

void runner_kill(struct runner *runner);  /* at once; then it is to be reaped */
void runner_clear(struct runner *runner); /* kills it too, where it still runs */
AUTO_DEFINE_CLEAR(runner)

/* Whether we may take the network away from a child of ours; tried out. */
bool runner_can_isolate(void);

#endif
