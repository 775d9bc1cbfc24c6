// SPDX-License-Identifier: GPL-3.0-or-later
/* silences - what is not to be told, for a stated time and reason. */
#include "store/incidents.h"
#include "store/internal.h"

#include <errno.h>

#include "base/zone.h"
#include "calendar/calendar.h"

/* ---- windows ---- */

/* The window that is, or the next that comes, as of now: from each time of the calendar
 * on; both at the silence's end where no further one begins before it. */
static int set_window(struct silence *silence, int64_t now, struct error *err)
{
    silence->start = silence->began;
    silence->stop = silence->until;
    if (!silence->calendar)
        return 0;
    AUTO(calendar) struct calendar *calendar = NULL;
    AUTO(zone) struct zone *zone = NULL;
    int64_t from = now > silence->began ? now : silence->began, time = 0;
    int rc = calendar_parse(silence->calendar, &calendar, err);
    if (rc == 0)
        rc = zone_load(silence->zone ? silence->zone : "", &zone, err);
    if (rc < 0)
        return error_prefix(err, -EINVAL, "a silence by a calendar");
    if (calendar_next(calendar, zone, from - silence->length, &time) < 0 ||
        time >= silence->until)
        silence->start = silence->until;
    else if (time > silence->began)
        silence->start = time;
    if (silence->start < silence->until && time < silence->until - silence->length)
        silence->stop = time + silence->length;
    return 0;
}

/* ---- put, end ---- */

static int check(const struct silence *silence, struct error *err)
{
    if (is_blank(silence->reason) || is_blank(silence->who))
        return error_set(err, -EINVAL, "a silence has a reason and a name");
    if (!*silence->host || !*silence->tag)
        return error_set(err, -EINVAL, "a silence has a host and a tag, or * for any");
    if (silence->until <= silence->began || silence->until <= silence->made)
        return error_set(err, -EINVAL, "a silence ends after it begins, and after now");
    if (silence->calendar && silence->length <= 0)
        return error_set(err, -EINVAL, "a silence by a calendar says how long it is");
    return 0;
}

int store_put_silence(struct store *store, const struct silence *silence,
                      int64_t *ret_number, struct error *err)
{
    static const char sql[] =
        "INSERT INTO silence (host, tag, began, until, calendar, zone, length, start,"
        " stop, until_recovery, reason, who, made)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    struct silence put = *silence;
    int rc = check(silence, err);
    if (rc == 0)
        rc = set_window(&put, put.made, err);
    if (rc == 0 && put.start >= put.until)
        rc = error_set(err, -EINVAL, "no window of its calendar begins before its end");
    if (rc < 0)
        return rc;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, put.host);
    bind_text(&query, put.tag);
    bind_number(&query, put.began);
    bind_number(&query, put.until);
    bind_text(&query, put.calendar);
    bind_text(&query, put.zone ? put.zone : "");
    bind_number(&query, put.calendar ? put.length : 0);
    bind_number(&query, put.start);
    bind_number(&query, put.stop);
    bind_number(&query, put.until_recovery);
    bind_text(&query, put.reason);
    bind_text(&query, put.who);
    bind_number(&query, put.made);
    rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret_number = sqlite3_last_insert_rowid(store->db);
    return 0;
}

int store_end_silence(struct store *store, int64_t number, int64_t now,
                      struct error *err)
{
    static const char sql[] = "UPDATE silence SET until = ?1, stop = min(stop, ?1)"
                              " WHERE number = ?2 AND until > ?1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    bind_number(&query, number);
    int rc = query_run(&query);
    if (rc == 0)
        return error_set(err, -ENOENT, "no silence %lld lasts", (long long)number);
    return rc < 0 ? rc : 0;
}

/* ---- lists ---- */

#define LIST(of)                                                                       \
    "SELECT number, host, tag, began, until, calendar, zone, length, start, stop,"     \
    " until_recovery, reason, who, made FROM silence WHERE" of " ORDER BY number DESC"

static struct silence column_silence(const struct query *query)
{
    return (struct silence){
        .number = column_number(query, 0),
        .host = column_text(query, 1),
        .tag = column_text(query, 2),
        .began = column_number(query, 3),
        .until = column_number(query, 4),
        .calendar = column_text(query, 5),
        .zone = column_text(query, 6),
        .length = column_number(query, 7),
        .start = column_number(query, 8),
        .stop = column_number(query, 9),
        .until_recovery = column_number(query, 10),
        .reason = column_text(query, 11),
        .who = column_text(query, 12),
        .made = column_number(query, 13),
    };
}

int store_each_silence(struct store *store, int64_t now, bool all,
                       store_silence_fn *each, void *context, struct error *err)
{
    static const char sql[] = LIST(" until > ?");
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, all ? INT64_MIN : now);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct silence silence = column_silence(&query);
        rc = each(&silence, context);
        if (rc < 0)
            break;
    }
    return rc;
}

/* In a pattern for GLOB a bracket means more than itself. */
#define HOLDS(pattern) " GLOB replace(" pattern ", '[', '[[]')"

int store_each_matched(struct store *store, const char *host, const char *tag,
                       void (*each)(void *context, const char *host, const char *tag,
                                    int64_t incident, const char *severity),
                       void *context, struct error *err)
{
    static const char sql[] =
        "SELECT * FROM (SELECT host, tag, number, severity FROM incident"
        " WHERE ended IS NULL"
        " AND host" HOLDS("?1") " AND tag" HOLDS(
            "?2") " UNION ALL SELECT host, tag, 0, NULL FROM tag t WHERE state > 0"
                  " AND host" HOLDS("?1") " AND tag" HOLDS(
                      "?2") " AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.ended "
                            "IS NULL"
                            " AND i.host = t.host AND i.tag = t.tag)"
                            ") ORDER BY severity IS NULL, host, tag, number";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    bind_text(&query, tag);
    int rc;
    while ((rc = query_step(&query)) > 0)
        each(context, column_text(&query, 0), column_text(&query, 1),
             column_number(&query, 2), column_text(&query, 3));
    return rc;
}

/* ---- time goes on ---- */

static int put_window(struct store *store, const struct silence *silence,
                      struct error *err)
{
    static const char sql[] = "UPDATE silence SET start = ?, stop = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, silence->start);
    bind_number(&query, silence->stop);
    bind_number(&query, silence->number);
    return query_run(&query);
}

static int turn_windows(struct store *store, int64_t now, struct error *err)
{
    static const char sql[] =
        LIST(" until > ?1 AND stop <= ?1 AND stop < until AND calendar IS NOT NULL");
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct silence silence = column_silence(&query);
        rc = set_window(&silence, now, err);
        if (rc == 0)
            rc = put_window(store, &silence, err);
        if (rc < 0)
            break;
    }
    return rc;
}

/* What is to be well again has been wrong meanwhile. */
int store_end_recovered(struct store *store, int64_t now, struct error *err)
{
    static const char sql[] =
        "UPDATE silence AS s SET until = ?1, stop = min(stop, ?1)"
        " WHERE until > ?1 AND start <= ?1 AND until_recovery AND NOT EXISTS"
        " (SELECT 1 FROM incident i INDEXED BY incident_open WHERE i.ended IS NULL"
        " AND i.host" HOLDS("s.host") " AND i.tag" HOLDS(
            "s.tag") ")"
                     " AND EXISTS (SELECT 1 FROM incident i INDEXED BY incident_ended"
                     " WHERE i.ended > max(s.start, s.made)"
                     " AND i.host" HOLDS("s.host") " AND i.tag" HOLDS("s.tag") ")";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    return query_run(&query);
}

static int find_turn(struct store *store, int64_t now, int64_t *ret, struct error *err)
{
    static const char sql[] = "SELECT min(iif(start > ?1, start, stop)) FROM silence"
                              " WHERE until > ?1 AND stop > ?1 HAVING count(*) > 0";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = rc > 0 ? column_number(&query, 0) : INT64_MAX;
    return 0;
}

int store_turn_silences(struct store *store, int64_t now, int64_t *ret_next,
                        struct error *err)
{
    int rc = turn_windows(store, now, err);
    if (rc >= 0)
        rc = store_end_recovered(store, now, err);
    return rc < 0 ? rc : find_turn(store, now, ret_next, err);
}
