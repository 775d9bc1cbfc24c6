// SPDX-License-Identifier: GPL-3.0-or-later
/* run - one execution of a command, from its start to its end.
 *
 *     command ──stdout──> relay ──> our stdout
 *             ──stderr──> relay ──> our stderr
 *
 * Comes from: job.c.  Goes to: outcome.c, as how it ended and what was captured. */
#ifndef BARK_RUN_H
#define BARK_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bark/relay.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct run {
    /* given */
    char *const *argv; /* lent */
    int64_t limit;     /* ms; 0: none */
    bool is_quiet;     /* nothing is passed on */

    /* while it runs; keep and search of the relays are given */
    struct relay relays[SEARCH_STREAMS];
    pid_t pid; /* also its process group */
    int terminal;

    /* when it has ended */
    bool is_over;
    int status;           /* exit code; -1: none, a signal ended it */
    int signal;           /* 0: none */
    bool is_timed_out;    /* we ended it: limit */
    int64_t began, ended; /* microseconds, monotonic */
    int64_t max_rss;      /* bytes; of it and what it waited for, as the times */
    double user_time, system_time; /* seconds */
};

void run_clear(struct run *run);
AUTO_DEFINE_CLEAR(run)

/* Forgets an earlier run of it. An error says that no process could be started. */
int run_start(struct run *run, struct error *err) MUST_USE;

/* Relays until it ends; then nothing of it is left to wait for. */
void run_finish(struct run *run);

#endif
