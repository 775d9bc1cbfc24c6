// SPDX-License-Identifier: GPL-3.0-or-later
/* scope - what of the store a rule reads, and so when it is to be judged again, and for
 * what.
 *
 * Comes from: datalog/narrow.h.  Goes to: judge.c. Within judge.h's sources. */
#ifndef ALERT_SCOPE_H
#define ALERT_SCOPE_H

#include "alert/given.h"

struct scope_read {
    char *relation;
    enum narrow_reach reach;
};

struct scope {
    struct scope_read *reads; /* a relation once, by how far the rule reaches in it */
    size_t count;
    bool knows_time;
};

void scope_clear(struct scope *scope);

/* Adds what the rule reads. */
void scope_add(struct scope *scope, struct narrowing *narrowing,
               const struct rule *rule);

/* About what it is to be judged, as this was touched and perhaps time has passed; what
 * given is to take of that is noted in it. NARROW_NONE: about nothing. */
enum narrow_reach scope_touched(const struct scope *scope,
                                const struct touched *touched, bool is_timed,
                                struct given *given);

#endif
