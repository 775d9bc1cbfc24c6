// SPDX-License-Identifier: GPL-3.0-or-later
/* judge - derives from the store what rules say is wrong, and how it is to be told.
 *
 * Five relations of the rules mean something here; whoever defines one with these
 * columns adds to it:
 *
 *     alert(host, tag, severity, text)       this is wrong
 *     hold(host, tag, severity, why)         do not tell that now
 *     route(host, tag, notifier)             tell it by that notifier
 *     remind(host, tag, every)               tell it again so often
 *     explains(host, tag, of_host, of_tag)   the first is why the second is wrong
 *
 * First alert is derived; then the others, for which alert is what was found, so that
 * they cost little while little is wrong.
 *
 * A rule of alert whose every stored row bears the head's own host and tag is local to
 * the tag, or with the host alone to the host; when something was touched it is judged
 * for those alone, by giving them to it as a bound relation. Others are judged whole
 * when a relation that they read was touched. Those that know the time are judged whole
 * when it passes; and where they read all of a relation, then alone.
 *
 * Comes from: store/ (an asker), rules/library.h.  Goes to: incidents.h. Used by one
 * thread at a time. */
#ifndef ALERT_JUDGE_H
#define ALERT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "datalog/evaluate.h"
#include "rules/library.h"
#include "store/store.h"
#include "store/touched.h"

struct judge;

struct alert {
    const char *host, *tag, *severity, *text;
    const char *why;   /* JSON as of proof_put_json, where it was wanted; else NULL */
    const char *lines; /* the same in words, a JSON array of lines; NULL */
};

struct hold {
    const char *host, *tag, *severity, *why;
};

struct route {
    const char *host, *tag, *notifier;
};

struct reminder {
    const char *host, *tag;
    int64_t every; /* ms */
};

struct explanation {
    const char *host, *tag, *of_host, *of_tag;
};

/* All that is derived as of a moment; sorted by their texts, alerts by host, tag and
 * matter. Of one matter alert has one row: the worst severity, the first text. */
struct judgement {
    struct arena *arena; /* in which all lies */
    int64_t time;
    int64_t stored;    /* number of the last message that it knows of; 0: any */
    int64_t forgotten; /* as of store_find_forgotten */
    struct alert *alerts;
    struct hold *holds;
    struct route *routes;
    struct reminder *reminders;
    struct explanation *explanations;
    size_t alert_count, hold_count, route_count, reminder_count, explanation_count;

    /* The rules that could not be judged since the start, as their place begins or
     * stands in why: what they said is not over because of that. Ends with NULL. */
    const char *const *unjudged;
};

void judgement_clear(struct judgement *judgement);
AUTO_DEFINE_CLEAR(judgement)

struct judge *judge_new(const struct evaluation_limits *limits);
void judge_free(struct judge *judge); /* NULL is fine; before its asker is closed */
AUTO_DEFINE(judge)

/* Takes other rules, a share of them. Those that do not fit together, such as an alert
 * of three columns, and those of which a file was left out that serves now, are refused
 * as a whole: -EINVAL with their complaint; then it goes on with what it had, and each
 * judgement has the alert ("", "rules", "fail", complaint), host "" being the server
 * itself, until rules are taken again. Files that were left out from the start are that
 * alert too. */
int judge_use(struct judge *judge, struct library *library, struct store *asker,
              struct error *err) MUST_USE;

/* One round, as of now: of what was touched, and what the time may have changed.
 * is_timed false: no time has passed that is worth looking at. is_new says of an alert
 * that was not there before whether its why is wanted; it may read the asker. */
struct judge_round {
    struct store *asker;     /* of store_open_asker */
    struct touched *touched; /* emptied */
    int64_t now;
    bool is_timed;
    bool (*is_new)(void *context, const struct alert *alert);
    void *context;
};

/* 1; 0: nothing has changed since the round before, no time has passed of which anybody
 * is to be reminded, and *ret stays as it is. Errors are the store's; then what was
 * touched is judged in the next round again. A rule that fails by itself keeps what it
 * gave, and is the alert ("", "rules", "fail", …); one that takes more than the limits
 * rests for ten minutes. -EINTR: see judge_stop. */
int judge_round(struct judge *judge, const struct judge_round *round,
                struct judgement *ret, struct error *err) MUST_USE;

/* From any thread: a round that runs ends soon, and so does each one after it. */
void judge_stop(struct judge *judge);

/* The rule, or the relation, that took longest in the last round, "alerts.dl:12", and
 * its ms; NULL: none took any. */
const char *judge_slowest(const struct judge *judge, int64_t *ret_ms);

#endif
