// SPDX-License-Identifier: GPL-3.0-or-later
/* ledger - what these rules would have told beside what was told then.
 *
 *     tellings ──> items, one for each who was told ──> events, which have both sides
 *
 * An event is what was told of one (host, tag) at one time, to whomever. A sum counts
 * as what stands in it. Notes and digests do not hang on rules and are left out.
 *
 * Comes from: course.c, store/ (a reader).  Goes to: print.h. */
#ifndef REPLAY_LEDGER_H
#define REPLAY_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "store/incidents.h"

enum side {
    SIDE_THESE, /* these rules would have told it */
    SIDE_THEN,  /* it was told */
    SIDES
};

struct event {
    int64_t time; /* by these rules; where they say nothing, when it was told */
    enum telling_kind what;
    const char *host, *tag, *severity, *text;
    const char *whom[SIDES]; /* "log, mailto shepherd@example.org"; NULL: nobody */
};

struct ledger {
    struct arena *arena; /* in which all lies */
    struct item **items;
    size_t item_count;
    struct event **events; /* by time */
    size_t count;
    size_t both, only[SIDES]; /* how many events have both sides, or that one alone */
};

void ledger_init(struct ledger *ledger);
void ledger_clear(struct ledger *ledger);
AUTO_DEFINE_CLEAR(ledger)

/* -EPROTO: its body is none. */
int ledger_add(struct ledger *ledger, enum side side, const struct telling *telling,
               struct error *err) MUST_USE;

/* Makes the events of all that was added: what is told within slack ms of each other is
 * told at one time. Once. */
void ledger_make(struct ledger *ledger, int64_t slack);

#endif
