// SPDX-License-Identifier: GPL-3.0-or-later
/* watches - looks at every instance of a roster when its time has come: never at one
 * twice at the same time, each within its timeout, ever more seldom at what crashes.
 *
 * Comes from: roster.h.  Goes to: looked, see below. */
#ifndef DAEMON_WATCHES_H
#define DAEMON_WATCHES_H

#include <stdbool.h>

#include "base/auto.h"
#include "daemon/helpers.h"
#include "daemon/roster.h"
#include "monitor/findings.h"

struct uv_loop_s;

/* What one look yielded; lent. */
struct looked {
    const struct instance *instance;
    const struct findings *findings;
    const char *fault; /* why it could not be looked at, or not well; NULL */
    bool is_crash;     /* it crashed, took too long, or printed too much */
    bool is_partial;   /* what it did not find may be as it was */
    bool is_first;     /* since it is watched */
};

struct watches_parts {
    struct uv_loop_s *loop;
    struct helpers *helpers;
    const char *host, *root; /* lent */
    void (*looked)(void *context, const struct looked *looked);
    void *context;
};

struct watches;

struct watches *watches_new(const struct watches_parts *parts);
void watches_free(struct watches *watches); /* NULL is fine; ends looks that run */
AUTO_DEFINE(watches)

/* These are watched from now on; the roster is lent until the next one is used. What is
 * the same as before keeps its time and its memory. */
void watches_use(struct watches *watches, const struct roster *roster);

/* Looks at everything once, now; twice at what is measured between two looks. done:
 * each was looked at. There must be an instance. */
void watches_look_once(struct watches *watches, const struct roster *roster,
                       void (*done)(void *context));

/* Instances that were not looked at yet. */
size_t watches_new_count(const struct watches *watches);

#endif
