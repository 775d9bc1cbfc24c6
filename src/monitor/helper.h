// SPDX-License-Identifier: GPL-3.0-or-later
/* helper - a program, or a function of ours in a child of its own, that runs beside us
 * under limits: it may hang, crash, or print without end, and costs us nothing but that
 * look.
 *
 *     plan ──> helper ──> what it printed and how it ended (struct ended, monitor.h)
 *
 * It leads a process group, with nice 10, no core, descriptors and seconds of processor
 * that are limited, the working folder /, and an environment in which there is only
 * PATH, LC_ALL=C, LANG, HOME, TZ, and what the plan adds. When its time is over its
 * group gets TERM, and 2 s later KILL. When it ends, what is left of its group is
 * killed.
 *
 * SIGPIPE must be ignored where a plan has an input, which its reader may leave unread.
 *
 * Used by: daemon/, which goes on meanwhile (helper_turn), and plugin/, which waits
 * (helper_run). Whoever has threads uses plans without a call. */
#ifndef MONITOR_HELPER_H
#define MONITOR_HELPER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "monitor/monitor.h"

#define HELPER_ERRORS_MAX                                                              \
    (64 << 10)                    /* bytes of its stderr that are kept; it may print
                                         LINES_SIZE_MAX there */
#define HELPER_MEMORY (512 << 20) /* bytes that a plugin may have */

/* Lent while helper_start runs; what a call works with, until it is over. */
struct helper_plan {
    char *const *argv; /* argv[0] is looked for in that PATH; NULL: call is run */

    /* In a child that was forked, whose exit status is what it returns; it may print on
     * stdout and stderr. No handler of atexit() runs there. */
    int (*call)(void *context);
    void *context;

    const char *input; /* of its stdin; NULL: nothing */
    size_t input_size;
    const struct texts *environment; /* NAME=VALUE, added; NULL: none */
    int64_t timeout;                 /* ms */
    int64_t memory;                  /* bytes of data; 0: not limited */
    size_t out_max;                  /* bytes that it may print; 0: LINES_SIZE_MAX */

    /* One of our own programs: our environment, nice and working folder are its too. */
    bool is_ours;
};

struct helper;

/* -errno: no process can be started. That there is no such program shows in its end:
 * status 127, and why on its stderr. */
int helper_start(const struct helper_plan *plan, struct helper **ret, struct error *err)
    MUST_USE;

/* NULL is fine. Its group is killed, where it still runs. */
void helper_free(struct helper *helper);
AUTO_DEFINE(helper)

#define HELPER_FDS 3

/* What is to be watched for it: up to HELPER_FDS descriptors. Those of one helper stay
 * the same but for one that is no longer there. */
size_t helper_poll(const struct helper *helper, struct pollfd ret[HELPER_FDS]);

/* Gives it and takes from it what can be had without waiting, looks whether it ended,
 * and ends what takes too long or prints too much. Returns whether it is over. To be
 * called when a descriptor is ready, at SIGCHLD, and at the time of helper_due. */
bool helper_turn(struct helper *helper);
int64_t helper_due(const struct helper *helper); /* us, by clock_monotonic() */

/* It was killed long ago and still is not over: it hangs in the kernel, as what reads
 * from a file server that is gone does. */
bool helper_is_stuck(const struct helper *helper);

/* Once it is over, or stuck: lent until it is freed. */
void helper_ended(const struct helper *helper, struct ended *ret);

/* Starts it, and waits until it is over, or stuck. */
int helper_run(const struct helper_plan *plan, struct helper **ret, struct error *err)
    MUST_USE;

/* Says in words what is wrong with an end: too slow, too much output, a signal, or a
 * status that is not 0, with the last line of its stderr. 0: nothing is; else
 * -ETIMEDOUT, -EFBIG, -ECHILD (a signal), -EIO (a status). */
int ended_check(const struct ended *ended, int64_t timeout, struct error *err) MUST_USE;

#endif
