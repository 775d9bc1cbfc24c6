// SPDX-License-Identifier: GPL-3.0-or-later
/* runner - the process that is a receiver, FILE receive, as confinement.h makes it: its
 * pipes, its end, and how it came.
 *
 * Comes from: starter.h.  Used by: talk.h, on the receiver's thread. None of its
 * descriptors ever blocks. */
#ifndef RECEIVER_RUNNER_H
#define RECEIVER_RUNNER_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "receiver/starter.h"

struct runner {
    int in; /* of one page: ready to be written when all in it was read; -1 */
    int out, errors;
    int line; /* ready to be read when it has ended; -1: none runs */
};

#define RUNNER_NONE                                                                    \
    {                                                                                  \
        .in = -1, .out = -1, .errors = -1, .line = -1                                  \
    }

struct runner_plan {
    const struct starter *starter;
    const char *path;
    bool has_network;
};

/* That it cannot be run shows in its end: status 126 or 127, and why on its stderr. */
int runner_start(const struct runner_plan *plan, struct runner *ret, struct error *err)
    MUST_USE;

bool runner_runs(const struct runner *runner);
void runner_close_in(struct runner *runner); /* it sees the end of its input */

/* Whether it has ended, and how, as waitpid says it; what is left of its group is
 * killed. Its output may still be read. */
bool runner_reap(struct runner *runner, int *ret_status);

void runner_kill(struct runner *runner);  /* at once; then it is to be reaped */
void runner_clear(struct runner *runner); /* ends it too, where it still runs */
AUTO_DEFINE_CLEAR(runner)

#endif
