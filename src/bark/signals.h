// SPDX-License-Identifier: GPL-3.0-or-later
/* signals - what sheepdog is told while its child runs goes to the child.
 *
 * TERM INT HUP QUIT USR1 USR2 are passed on by the signal handlers themselves, and so
 * is the end of the time limit: a write of ours that waits for a slow reader delays
 * neither. One that we were started to ignore, as by nohup, stays ignored, by the child
 * too.
 *
 *     signals_prepare();           all are held back; dispositions as we inherited them
 *     child_start(…);
 *     signals_forward(-group);     now they go there
 *     while (…) signals_wait(…);   also for the child
 *     signals_forward(0);          it is gone: they are only noted from here on
 *
 * Signals are the process's own, so this is the one module of bark/ that has state. */
#ifndef BARK_SIGNALS_H
#define BARK_SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/compiler.h"

void signals_prepare(void);
const sigset_t *signals_inherited(void); /* the mask that a child is to have */

/* target: as kill() takes it; 0: nobody. */
void signals_forward(pid_t target);

/* After so many ms the target gets TERM (and CONT, so that it can obey), and KILL 10 s
 * later and every 10 s from then on. 0: no limit. */
void signals_limit(int64_t ms);
bool signals_is_timed_out(void); /* since signals_limit() */

/* poll() that a signal ends as well; timeout in ms, -1: none. Returns what poll would,
 * 0 when a signal came. */
int signals_wait(struct pollfd *fds, nfds_t count, int timeout);

/* Waits so long. False, and at once, when TERM INT HUP or QUIT comes or has come ever:
 * whoever sent it wants an end of it. */
bool signals_pause(int64_t ms);

/* wait4() of the target without waiting. Once it has ended nothing more goes to it,
 * except that a group that ran out of its time is followed until signals_forward().
 * Returns whether status was set. */
bool signals_reap(pid_t pid, int *ret_status, struct rusage *ret_usage);

#endif
