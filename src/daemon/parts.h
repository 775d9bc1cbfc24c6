// SPDX-License-Identifier: GPL-3.0-or-later
/* parts - what the daemon consists of; for daemon.c, telling.c and change.c alone. */
#ifndef DAEMON_PARTS_H
#define DAEMON_PARTS_H

#include <stdbool.h>
#include <uv.h>

#include "base/error.h"
#include "daemon/daemon.h"
#include "daemon/gather.h"
#include "daemon/helpers.h"
#include "daemon/inquiry.h"
#include "daemon/post.h"
#include "daemon/readings.h"
#include "daemon/standing.h"
#include "daemon/watches.h"

#define NAME "sheepdog-daemon"

enum timer { TIMER_BEAT, TIMER_MINUTE, TIMER_WATCHDOG };
#define TIMERS 3

struct daemon {
    const char *conf; /* as it was named; NULL: looked for */
    struct configuration now;
    uv_loop_t loop;
    int lock; /* -1: none */
    char *host, *root, *folder, *facts_folder, *deliver;
    struct helpers *helpers;
    struct post *post;
    struct standing *standing;
    struct readings *readings;
    struct gather *gather;
    struct watches *watches;
    struct inquiry *inquiry;
    uv_timer_t timers[TIMERS];
    uv_signal_t signals[3];
    bool has_beaten, is_ending;
    bool is_unkept; /* what was said could not be written, and that was logged */

    /* change.c */
    struct configuration next; /* it waits for its plugins; empty: there is none */
    char *fault;               /* of the configuration that was read last; NULL */
    bool is_known;             /* which plugins there are */
    bool is_reload_wanted;     /* once the plugins have answered */
    int64_t beat;              /* ms: how often one is planned; 0: none is */
    int minutes;               /* since those that cannot be used were asked */
};

/* ---- telling.c: what is found becomes messages ---- */

/* Of standing.h, watches.h and gather.h; context is the daemon. */
int telling_say(void *context, const struct saying *saying);
char *telling_hide(void *context, const char *text);
void telling_looked(void *context, const struct looked *looked);
void telling_facts_said(void *context, const char *sentence, bool is_fault);

/* The tag of something that is not watched by an instance; NULL: it is well. */
void telling_fault(struct daemon *daemon, const char *tag, const char *fault);

void telling_beat(struct daemon *daemon);

/* Logs that the service manager does not hear. */
void telling_ready(int rc, const struct error *err);

/* ---- change.c: what is watched, at first and from then on ---- */

void change_begin(struct daemon *daemon);
void change_reload(struct daemon *daemon); /* SIGHUP */
void change_turn(struct daemon *daemon);   /* every minute */
void change_asked(void *context);          /* of inquiry.h */

#endif
