// SPDX-License-Identifier: GPL-3.0-or-later
/* watch - judges while the server runs: on a thread of its own, in rounds, each applied
 * by one job of the store's worker.
 *
 *     stored, a silence, the time ──> round (thread, reads) ──> apply (worker, writes)
 *
 * A round begins when something that rules read was touched, or when time may have
 * changed something, at most five times a second, and takes at most a twentieth of the
 * time: after one that took 100 ms the next begins 2 s after it began. A rule over a
 * second is named in the log, once. The door never waits for it. Of several programs on
 * one store one judges: who has the lock STORE-judge; what the others store it sees
 * within seconds.
 *
 * Comes from: handler/pump.h, door/.  Goes to: judge.h, incidents.h, notify/outbox.h.
 * */
#ifndef ALERT_WATCH_H
#define ALERT_WATCH_H

#include "base/auto.h"
#include "base/worker.h"
#include "config/config.h"
#include "store/store.h"
#include "store/touched.h"

struct uv_loop_s;
struct watch;

struct watch_parts {
    struct uv_loop_s *loop;
    struct worker *worker;           /* whose jobs alone write … */
    struct store *store;             /* … this */
    const char *path;                /* of the store: askers are opened on it */
    void (*has_news)(void *context); /* on the loop: something is to be told */
    void *context;
};

/* Nothing runs before watch_start; then the rules that the configuration names are
 * read. What is wrong with them is an alert, and logged. config is lent until
 * watch_use. */
struct watch *watch_new(const struct watch_parts *parts, const struct config *config);
void watch_start(struct watch *watch);

/* The configuration has changed: rules are read again, as they are when one of their
 * files changes. What was begun with the old one is done when the worker next is. */
void watch_use(struct watch *watch, const struct config *config);

/* Something was stored; touched is emptied. On the loop. */
void watch_wake(struct watch *watch, struct touched *touched);

/* No further round begins; stopped is called on the loop, when what runs has ended,
 * which is soon: judging ends in the middle. */
void watch_stop(struct watch *watch, void (*stopped)(void *context), void *context);
void watch_free(struct watch *watch); /* NULL is fine; stopped, or never started */
AUTO_DEFINE(watch)

#endif
