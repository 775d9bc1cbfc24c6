// SPDX-License-Identifier: GPL-3.0-or-later
/* job - watches one command as it was asked: lock, attempts, what to tell.
 *
 * Comes from: command/run.c.  Goes to: run.h for each attempt, then report.h. */
#ifndef BARK_JOB_H
#define BARK_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "bark/search.h"

#include "base/compiler.h"

#define JOB_STATUS_LOCKED 75 /* EX_TEMPFAIL: not now */

/* All lent. */
struct job {
    char *const *argv;
    const char *command;   /* as a person reads it */
    const char *tag;       /* NULL: the command names it */
    const char *conf;      /* named by -c; NULL */
    const char *mailto;    /* clean; NULL */
    const char *every;     /* how often it promises to come; NULL: nothing */
    int64_t grace;         /* ms for which it may be late; < 0: not said */
    int64_t limit;         /* ms that each attempt may take; 0: any */
    int64_t keep;          /* bytes of each end of each stream */
    bool is_locking;       /* one run of the tag at a time */
    int64_t wait;          /* ms to wait for the one before */
    int64_t retries;       /* further attempts after one that failed */
    int64_t delay;         /* ms before each of them */
    bool is_quiet;         /* print only when it failed */
    bool is_always;        /* a message on success too */
    bool tells_start;      /* a message when it begins too */
    bool stores_stdout;    /* in the message on success too */
    struct search *search; /* NULL: what it prints is not looked at */
};

/* Runs it, tells how it went, and returns the exit status: the job's own, 128+N when
 * signal N ended it, JOB_STATUS_LOCKED when it was not run for its lock. */
int job_run(const struct job *job) MUST_USE;

#endif
