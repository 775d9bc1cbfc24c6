// SPDX-License-Identifier: GPL-3.0-or-later
/* judge_parts - what the sources of judge.h share.
 *
 *     judge.c     the outside: other rules, a round
 *     aims.c      what is derived: the rules of alert, and hold, route, …
 *     derive.c    runs them on the store
 *     judgement.c   what they gave, put together
 *     scope.c     what of the store each of them reads
 *     given.c     what a round is about
 *     conclusions.c  what they gave last */
#ifndef ALERT_JUDGE_PARTS_H
#define ALERT_JUDGE_PARTS_H

#include <pthread.h>

#include "alert/conclusions.h"
#include "alert/judge.h"
#include "alert/scope.h"
#include "datalog/kept.h"
#include "rules/relations.h"

/* The relations that mean something. */
enum head { HEAD_ALERT, HEAD_HOLD, HEAD_ROUTE, HEAD_REMIND, HEAD_EXPLAINS, HEADS };

/* One rule of alert, or another head with all its rules. */
struct aim {
    enum head head;
    char *name; /* "alerts.dl:12", or that of the head */
    size_t columns;
    size_t number; /* of the rule among those of alert */
    struct scope scope;
    struct conclusions found; /* sorted */
    bool was_judged;          /* rows are what it gave */
    char *trouble;            /* why it gave nothing the last time; NULL */
    int64_t rests_until;      /* it took too much, and is not tried before; ms */
    enum narrow_reach reach;  /* in this round */
};

struct aims {
    struct aim *items;
    size_t count;
};

void aims_clear(struct aims *aims);
AUTO_DEFINE_CLEAR(aims)

struct judge {
    struct evaluation_limits limits;
    struct library *library; /* NULL: none was taken yet */
    char *refused;           /* why others were not; NULL */
    struct store *asker;     /* that these two are of */
    struct relations *relations;
    struct kept *kept; /* for each set of aims that is derived together */
    struct aims aims;
    char *slowest; /* of the last round; NULL */
    int64_t slowest_ms;
    bool has_changed;  /* something is given that was not, or no longer */
    int64_t forgotten; /* as of store_find_forgotten, in the last round */

    pthread_mutex_t lock;          /* over these two, which judge_stop uses too */
    struct evaluation *evaluation; /* that runs; NULL */
    bool is_stopped;
};

/* Of this asker; another one's are of no use. */
struct relations *judge_relations(struct judge *judge, struct store *asker);
struct kept *judge_kept(struct judge *judge, struct store *asker);

/* NULL: none runs any more. */
void judge_set_evaluation(struct judge *judge, struct evaluation *evaluation);

/* A program of the rules, checked; and what it runs on. */
struct reading {
    struct judge *judge;
    struct library *library;
    struct store *asker;
    int64_t now;
    bool is_telling; /* alert is given, and the others are derived; else alert is */
    bool is_moving;  /* the time, as of check.h */
    struct program *program;
    struct catalogue catalogue;
    struct narrowing *narrowing;
};

/* -EINVAL: they do not fit together; others: the store's. Within one read of it. */
int reading_open(struct reading *reading, struct complaint *complaint) MUST_USE;
void reading_clear(struct reading *reading);
AUTO_DEFINE_CLEAR(reading)

/* What the program has of this head; NULL: nothing. */
struct predicate *reading_head(const struct program *program, enum head head);

/* What these rules have to derive. */
int aims_find(struct reading *reading, struct aims *ret, struct complaint *complaint)
    MUST_USE;

/* Derives those whose reach is not NARROW_NONE: what they give becomes theirs. One that
 * fails by a fault of its own keeps what it has, and gets its trouble. */
struct deriving {
    struct judge *judge;
    const struct judge_round *round;
    const struct given *given;
    const struct conclusions *alerts; /* that are told; NULL: they are derived */
};

int derive(const struct deriving *deriving, struct complaint *complaint) MUST_USE;

/* ---- judgement.c ---- */

/* The alerts of all rules, one of a matter, and what is wrong with the rules. */
void judgement_collect(const struct judge *judge, struct conclusions *ret);
bool judgement_reminds(const struct judge *judge); /* time alone is something to tell */
void judgement_make(const struct judge *judge, const struct conclusions *alerts,
                    int64_t now, struct judgement *ret);

#endif
