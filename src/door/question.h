// SPDX-License-Identifier: GPL-3.0-or-later
/* question - what a GET asks for: its parameters, read strictly. */
#ifndef DOOR_QUESTION_H
#define DOOR_QUESTION_H

#include "base/compiler.h"
#include "base/error.h"
#include "door/request.h"
#include "store/incidents.h"
#include "store/store.h"

#define QUESTION_LIMIT_MAX 10000 /* messages in one reply */

/* host, tag, failed, since, until, limit, before; texts in *ret are lent by the
 * request. -EINVAL names the parameter, what was found and what was expected. */
int question_of_messages(const struct request *request, struct message_filter *ret,
                         struct error *err) MUST_USE;

/* failed alone */
int question_of_states(const struct request *request, bool *ret_failed,
                       struct error *err) MUST_USE;

/* What part of a long list. */
struct page {
    int limit;
    int64_t before, after; /* numbers; 0: open */
    int64_t since;         /* ms since 1970 UTC; 0: open */
};

/* limit, before; what is not asked for stays as it is. */
int question_of_dead_letters(const struct request *request, struct page *page,
                             struct error *err) MUST_USE;

/* limit, after, since; likewise. */
int question_of_export(const struct request *request, struct page *page,
                       struct error *err) MUST_USE;

/* host, at, all, limit, after; what is not asked for stays as it is. */
int question_of_facts(const struct request *request, struct fact_filter *filter,
                      struct error *err) MUST_USE;

/* A series, or a part of one. */
struct series_filter {
    const char *host, *name; /* lent by the request; NULL: any */
    int64_t since, until;    /* ms since 1970 UTC; 0: open */
    bool hours;
};

/* host, name, since, until, hours; the first two are required. */
int question_of_readings(const struct request *request, struct series_filter *ret,
                         struct error *err) MUST_USE;

/* host alone, and tag alone; *ret is lent by the request; NULL: any. */
int question_of_series(const struct request *request, const char **ret_host,
                       struct error *err) MUST_USE;
int question_of_tag(const struct request *request, const char **ret_tag,
                    struct error *err) MUST_USE;

/* all, since, before, limit, host, tag; what is not asked for stays as it is. */
int question_of_incidents(const struct request *request, struct incident_filter *filter,
                          struct error *err) MUST_USE;

/* since, waiting, incident, before, limit; likewise. */
int question_of_tellings(const struct request *request, struct telling_filter *filter,
                         struct error *err) MUST_USE;

/* all alone; since alone, ms since 1970 UTC; likewise. */
int question_of_silences(const struct request *request, bool *ret_all,
                         struct error *err) MUST_USE;
int question_of_digest(const struct request *request, int64_t *ret_since,
                       struct error *err) MUST_USE;

/* None at all. */
int question_of_nothing(const struct request *request, struct error *err) MUST_USE;

#endif
