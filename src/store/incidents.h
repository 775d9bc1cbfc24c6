// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - what rules conclude, kept: the time during which an alert is derived, who
 * knows of it, who wants quiet, and the outbox of what is still to be told.
 *
 * Comes from: alert/ (what is derived), door/ (silences, acknowledgements).  Goes to:
 * notify/ (tells), door/ (looks). Functions as of store.h: writing within a
 * transaction; times are ms since 1970 UTC; texts of rows are lent to the callback. */
#ifndef STORE_INCIDENTS_H
#define STORE_INCIDENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

/* ---- incidents ---- */

struct incident {
    int64_t number; /* given by the store; people name it by that */
    const char *host, *tag;
    const char *matter;          /* see incident_matter */
    const char *severity, *text; /* as they are now, or were at the end */
    int64_t began, ended;        /* 0: it goes on */
    int64_t changed;             /* when severity last did */
    const char *message;         /* id of its tag's newest message then; NULL: none */
    const char *why;             /* the derivation then, JSON as of proof_put_json */
    const char *held;            /* why it is not told: a JSON array of texts */
    int64_t acknowledged_until;  /* 0: it is not, or no longer */
    const char *acknowledged_by, *acknowledged_reason; /* NULL */
};

/* "state" for fail, warning and unknown, which become one another; else the severity
 * itself. Of a (host, tag) and a matter at most one incident is open. */
const char *incident_matter(const char *severity);

typedef int store_incident_fn(const struct incident *incident, void *context);

struct incident_filter {
    const char *host, *tag; /* NULL: any */
    bool all;               /* those that are over too */
    int64_t since;          /* of those, from this end on; 0: all */
    int64_t before;         /* number: only older ones; 0 */
    int limit;              /* 0: no limit */
};

/* Newest first. */
int store_each_incident(struct store *store, const struct incident_filter *filter,
                        int64_t now, store_incident_fn *each, void *context,
                        struct error *err) MUST_USE;
int store_find_incident(struct store *store, int64_t number, int64_t now,
                        store_incident_fn *found, void *context, struct error *err)
    MUST_USE; /* -ENOENT */

/* Opens one: host, tag, severity, text, began, message and why of it are read. */
int store_open_incident(struct store *store, const struct incident *incident,
                        int64_t *ret_number, struct error *err) MUST_USE;

/* Of an open one: text as it is now; where severity has changed too, also changed,
 * message and why. */
int store_change_incident(struct store *store, const struct incident *incident,
                          struct error *err) MUST_USE;
int store_hold_incident(struct store *store, int64_t number, const char *held,
                        struct error *err) MUST_USE;
int store_close_incident(struct store *store, int64_t number, int64_t ended,
                         struct error *err) MUST_USE;

/* ---- who knows ---- */

struct informed {
    const char *notifier, *address;
    const char *severity; /* that he knows */
    int64_t time;         /* when he was last told of it */
};

typedef int store_informed_fn(const struct informed *informed, void *context);

int store_each_informed(struct store *store, int64_t incident, store_informed_fn *each,
                        void *context, struct error *err) MUST_USE;
int store_put_informed(struct store *store, int64_t incident,
                       const struct informed *informed, struct error *err) MUST_USE;

/* ---- the outbox ---- */

enum telling_kind {
    TELLING_NEW,    /* an incident, to who did not know of it */
    TELLING_CHANGE, /* of its severity */
    TELLING_OVER,
    TELLING_STILL,  /* a reminder */
    TELLING_NOTE,   /* a message that is to be mailed as it is */
    TELLING_SUM,    /* more than are told one by one */
    TELLING_DIGEST, /* of a day */
    TELLING_KINDS
};

const char *telling_kind_name(enum telling_kind kind); /* "new" */

/* body is an object:
 *   new, change, over, still: {"severity":…, "before":…|null, "text":…, "since":ms,
 *       "until":ms|null, "message":id|null, "why":[…lines…], "explains":[[host,tag],…],
 *       "notifier":…}
 *   note:   {"message":id}
 *   sum:    {"severity":…, "since":ms, "until":ms, "items":[{"what":"new","host":…,
 *       "tag":…,"severity":…,"text":…,"time":ms,"incident":N}, …]}: of that time; one
 *       without items says that the flood is over
 *   digest: {"from":ms, "to":ms, "text":…, "subject":…}
 * Of one that waited for a notifier that is gone also "instead":N, the number of the
 * sum that tells it, by another; which has "for", the notifier's name. */
struct telling {
    int64_t number; /* given by the store */
    enum telling_kind kind;
    int64_t incident;       /* 0: of none */
    const char *host, *tag; /* "" of a sum and a digest */
    const char *notifier;   /* its name in the configuration, or "log", "mailto" */
    const char *address;    /* whom, where the notifier has several; "" */
    const char *body;
    int64_t made, due;
    int tries;       /* that failed */
    int64_t failed;  /* when the first of them did; 0 */
    const char *why; /* the last one failed; NULL */
    int64_t told;    /* 0: not yet */
};

/* due 0: at once. */
int store_put_telling(struct store *store, const struct telling *telling,
                      struct error *err) MUST_USE;

struct telling_sum {
    int64_t number;
    const char *severity;
    int64_t since, until; /* the time of which it is */
    int64_t due;          /* until, or later where it could not be told */
    const char *body;
};

typedef void store_sum_fn(void *context, const struct telling_sum *sum);

/* The sums for this notifier and address that were made since then, told or not, oldest
 * first. */
int store_each_sum(struct store *store, const char *notifier, const char *address,
                   int64_t since, store_sum_fn *each, void *context, struct error *err)
    MUST_USE;
/* Its number is given by the store, which knows when it is due. */
int store_put_sum(struct store *store, const char *notifier, const char *address,
                  const struct telling_sum *sum, int64_t now, struct error *err)
    MUST_USE;
int store_change_sum(struct store *store, int64_t number, const char *body,
                     struct error *err) MUST_USE;

/* How many were put for that notifier and address since then, sums as one. */
int store_count_tellings(struct store *store, const char *notifier, const char *address,
                         int64_t since, int64_t *ret, struct error *err) MUST_USE;

#define TELLING_PAUSE_MAX (15 * 60 * 1000)     /* ms; the longest till the next try */
#define TELLING_WAIT_MAX  (2 * 60 * 60 * 1000) /* ms; the longest: of a sum's next */

typedef int store_telling_fn(const struct telling *telling, void *context);

/* The oldest of a notifier that is due, given to found; 0: none is; 1. Due is also what
 * would wait for longer than anything does: the clock was set back meanwhile. What is
 * told to one address of one (host, tag) keeps its order. */
int store_due_telling(struct store *store, const char *notifier, int64_t now,
                      store_telling_fn *found, void *context, struct error *err)
    MUST_USE;

/* When the next one of a notifier is due; INT64_MAX: none waits. */
int store_next_telling(struct store *store, const char *notifier, int64_t *ret,
                       struct error *err) MUST_USE;
int store_telling_told(struct store *store, int64_t number, int64_t now,
                       struct error *err) MUST_USE;
int store_telling_failed(struct store *store, int64_t number, int64_t now,
                         int64_t next_try, const char *why, struct error *err) MUST_USE;

/* ---- who is gone ---- */

struct addressee {
    const char *notifier, *address;
};

/* The notifiers for which something waits. */
int store_each_awaited(struct store *store,
                       void (*each)(void *context, const char *notifier), void *context,
                       struct error *err) MUST_USE;

/* What waits for the one that is gone is told to another: digests as they are, all else
 * as one sum, which is due now; it then counts as told. */
int store_redirect(struct store *store, const char *gone, const struct addressee *to,
                   int64_t now, struct error *err) MUST_USE;

/* ---- lists of what was told ---- */

struct telling_filter {
    int64_t since;    /* made from then on; 0: all */
    int64_t incident; /* 0: any */
    bool waiting;     /* only those that are not told yet */
    int64_t before;   /* number: only older ones; 0 */
    int limit;        /* 0: 100 */
};

/* Newest first. */
int store_each_telling(struct store *store, const struct telling_filter *filter,
                       store_telling_fn *each, void *context, struct error *err)
    MUST_USE;

/* The notifiers that have failed since then or longer with something that waits. */
int store_each_failing(struct store *store, int64_t since,
                       void (*each)(void *context, const char *notifier,
                                    const char *why),
                       void *context, struct error *err) MUST_USE;

/* ---- quiet ---- */

struct silence {
    int64_t number;         /* given by the store */
    const char *host, *tag; /* patterns: * any text, ? any character */
    int64_t began, until;   /* every silence ends */
    const char *calendar; /* NULL: all the time between; else see calendar/calendar.h */
    const char *zone;     /* the calendar's */
    int64_t length;       /* ms of each window of the calendar */
    int64_t start, stop;  /* the window that is or comes; kept by store_turn_silences */
    bool until_recovery;  /* also ends when what it held is over, and nothing open */
    const char *reason, *who;
    int64_t made;
};

typedef int store_silence_fn(const struct silence *silence, void *context);

/* -EINVAL: no reason, no name, an end that is before the beginning, or a calendar that
 * cannot be read, or of which no time comes before its end. */
int store_put_silence(struct store *store, const struct silence *silence,
                      int64_t *ret_number, struct error *err) MUST_USE;
int store_end_silence(struct store *store, int64_t number, int64_t now,
                      struct error *err) MUST_USE; /* -ENOENT: none that lasts */

/* Those that have not ended; all: those too, newest first. */
int store_each_silence(struct store *store, int64_t now, bool all,
                       store_silence_fn *each, void *context, struct error *err)
    MUST_USE;

/* What these patterns hold, as of store_put_silence: the incidents that are open, and
 * the other tags that have a state, whose incident is 0 and whose severity is NULL.
 * Those come first; by host and tag. */
int store_each_matched(struct store *store, const char *host, const char *tag,
                       void (*each)(void *context, const char *host, const char *tag,
                                    int64_t incident, const char *severity),
                       void *context, struct error *err) MUST_USE;

/* Ends those of until_recovery of which nothing is open any more, but was. How many. */
int store_end_recovered(struct store *store, int64_t now, struct error *err) MUST_USE;

/* The same; and sets the windows of calendars as they are now. *ret_next: when one will
 * begin or end; INT64_MAX. */
int store_turn_silences(struct store *store, int64_t now, int64_t *ret_next,
                        struct error *err) MUST_USE;

/* "I know": until then it is not reminded of. -ENOENT: no such incident is open;
 * -EINVAL: no reason, no name, or until is not later than now. */
int store_acknowledge(struct store *store, int64_t incident, int64_t now, int64_t until,
                      const char *reason, const char *who, struct error *err) MUST_USE;

struct acknowledged {
    const char *host, *tag, *matter; /* of its incident */
    int64_t made, until;
    const char *reason, *who;
};

typedef int store_acknowledged_fn(const struct acknowledged *acknowledged,
                                  void *context);

/* All that are kept, oldest first. */
int store_each_acknowledged(struct store *store, store_acknowledged_fn *each,
                            void *context, struct error *err) MUST_USE;

/* ---- what is expected ---- */

struct expectation {
    const char *host, *tag;
    const char *every; /* see store_expect */
    const char *zone;  /* of the calendar; "": this process's */
    int64_t grace;     /* ms; < 0: as every_grace has it */
};

/* Those that the configuration says: the others of its own go. What it said before
 * goes on; what is new counts from the last run on, or from now where there was none.
 * -EINVAL: every is neither a duration nor a calendar. */
int store_put_expectations(struct store *store, const struct expectation *items,
                           size_t count, int64_t now, struct error *err) MUST_USE;

#endif
