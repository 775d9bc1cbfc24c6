// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents_parts - what the sources of incidents.h share.
 *
 *     incidents.c  pairs alerts with incidents: opens, changes and closes
 *     tell.c       who is to be told of one
 *     known.c      the incidents that are open, and who knows of them
 *     postbag.c    into the outbox */
#ifndef ALERT_INCIDENTS_PARTS_H
#define ALERT_INCIDENTS_PARTS_H

#include "alert/incidents.h"
#include "alert/postbag.h"
#include "base/arena.h"

/* Somebody who was told of an incident. */
struct knower {
    const char *notifier, *address; /* "*" and "*": all who are told by default */
    const char *severity;           /* that he knows */
    int64_t time;
};

/* An incident as it is in the store; once its alert was looked at, as it will be. */
struct known {
    struct incident is;
    const char *own_mailto; /* that its tag's last word asks for; NULL */
    int64_t since;          /* when that began to be wrong of which it was the last */
    const char *before;     /* the severity until now, where it has changed */
    const char *lines;      /* the derivation in words, a JSON array; NULL */
    bool is_looked_up;      /* the last word is */
};

struct applying {
    struct store *store;
    const struct config *config;
    const struct judgement *judgement;
    struct touched *touched; /* NULL */
    struct arena *arena;
    struct postbag *post;
    bool has_closed; /* an incident */
};

/* ---- known.c ---- */

/* Those that are open, by host, tag and matter, in the arena. */
int known_load(struct applying *applying, struct known ***ret, size_t *ret_count,
               struct error *err) MUST_USE;

/* Looks up the message that spoke last of its tag's state, whom that wants to be told,
 * and since when that is wrong; of another matter, since it began. */
int known_look_up(struct applying *applying, struct known *known, struct error *err)
    MUST_USE;

int known_each_knower(struct applying *applying, const struct known *known,
                      struct knower **ret, size_t *ret_count, struct error *err)
    MUST_USE;

/* ---- tell.c ---- */

/* Why it is not to be told now, a JSON array in the arena: "[]" where it is. */
const char *tell_held(const struct applying *applying, const struct known *known);

/* It is open: new, change and still, as the judgement says. */
int tell_open(struct applying *applying, struct known *known, struct error *err)
    MUST_USE;

/* It is over. */
int tell_over(struct applying *applying, struct known *known, struct error *err)
    MUST_USE;

#endif
