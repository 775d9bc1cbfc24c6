// SPDX-License-Identifier: GPL-3.0-or-later
/* round - what the watch does away from the loop, step by step: rules are read again
 * where they have changed, judged, and applied.
 *
 *     turn (worker, writes) ──> judge (thread, reads) ──> apply (worker, writes)
 *
 * Comes from: watch.c.  Goes to: judge.h, incidents.h. No two steps of one round at a
 * time. Within watch.h's sources. */
#ifndef ALERT_ROUND_H
#define ALERT_ROUND_H

#include "alert/judge.h"
#include "config/config.h"

struct round {
    const char *path;            /* of the store */
    struct store *store;         /* the worker's */
    const struct config *config; /* of the step */
    struct texts folders;        /* of the rules; a copy */

    /* of this round */
    struct touched *touched;
    int64_t now;
    bool is_timed;
    bool is_forced; /* rules are read again, whether a file was changed or not */
    int rc;         /* of the step; judge: 1, there is something to apply; apply: 1, it
                       is to be judged again before */
    struct error err;
    int64_t work; /* microseconds of processor so far */
    bool has_news;

    /* from one round to the next */
    struct judge *judge;
    struct store *asker; /* the thread's; NULL: not open */
    struct judgement judgement;
    bool is_used;  /* the store knows what the configuration expects, and whom it has */
    char *stamp;   /* of the rules that were read; NULL: none were */
    char *refused; /* what was said last of rules that do not serve; NULL */
    char *slow;    /* the rule that was said to be slow last; NULL */
    int64_t version; /* of the store's data, as the others last changed it */
    int lock;        /* STORE-judge; -1: another program's */
};

void round_init(struct round *round, const char *path, struct store *store);
void round_clear(struct round *round);

/* Takes the lock; silences begin and end; what the configuration expects is stored; and
 * what other programs have stored is noted. */
void round_turn(void *round);

/* Without the lock nothing is judged, and all of it once it is ours. */
void round_judge(void *round);

void round_apply(void *round);

#endif
