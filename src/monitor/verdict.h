// SPDX-License-Identifier: GPL-3.0-or-later
/* verdict - values held against their thresholds, and the sentence that says so.
 *
 *     load 3.20 per core, warning from 2.00
 *     memory available 8.1 % (1.3 GiB of 16 GiB), warning from 10.0 % down
 *     busy 12.0 %, below 95.0 %; iowait 2.1 %, below 50.0 %
 *
 * Comes from: the looks of this folder.  Goes to: findings.h. */
#ifndef MONITOR_VERDICT_H
#define MONITOR_VERDICT_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "message/state.h"
#include "monitor/findings.h"

struct threshold {
    const char *what;   /* "memory available"; "": the value speaks for itself */
    double value;       /* not finite: not known, and nothing is said */
    const char *unit;   /* "%", "B", "B/s", "s", "C", ""; or words: "per core" */
    const char *detail; /* in parentheses behind the value; NULL: none */
    double warn, fail;  /* in that unit; NAN: none */
    bool is_low_bad;
};

/* Several values of one thing, which has one state: the worst. The text is of those
 * that are wrong, or where none is, of all. */
struct verdict {
    enum state state; /* STATE_NONE: nothing was judged */
    struct strbuf text;
};

/* Where it has neither warn nor fail, nothing is added. */
void verdict_add(struct verdict *verdict, const struct threshold *threshold);

/* What is no number: "link up". */
void verdict_add_state(struct verdict *verdict, enum state state, const char *text);

/* Says it of that part (NULL: of the whole), if anything was judged. */
void verdict_say(const struct verdict *verdict, struct findings *findings,
                 const char *part);

void verdict_clear(struct verdict *verdict);
AUTO_DEFINE_CLEAR(verdict)

#endif
