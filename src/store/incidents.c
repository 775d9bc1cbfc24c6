// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - opened, changed, held and closed; and who knows of each. */
#include "store/incidents.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

const char *incident_matter(const char *severity)
{
    static const char *const states[] = {"fail", "warning", "unknown"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(severity, states[i]) == 0)
            return "state";
    return severity;
}

/* ---- lists ---- */

/* ?1 is now. The last acknowledgement counts, while it lasts. */
#define LIST(from, of)                                                                 \
    "SELECT i.number, i.host, i.tag, matter, severity, text, began, ended, changed,"   \
    " message, why, held, a.until, a.who, a.reason FROM incident i" from               \
    " LEFT JOIN acknowledgement a ON a.until > ?1 AND a.number ="                      \
    " (SELECT max(b.number) FROM acknowledgement b WHERE b.incident = i.number)" of
#define PAGE " AND i.number < ?2 ORDER BY i.number DESC LIMIT ?3"
#define ANY  " AND ifnull(i.host = ?4, 1) AND ifnull(i.tag = ?5, 1)"

static const char one_sql[] = LIST("", " WHERE i.number = ?2");
static const char open_sql[] =
    LIST(" INDEXED BY incident_open", " WHERE ended IS NULL" ANY PAGE);
static const char all_sql[] =
    LIST("", " WHERE (ended IS NULL OR ended >= ?6)" ANY PAGE);
static const char tag_sql[] =
    LIST(" INDEXED BY incident_tag", " WHERE (ended IS NULL OR ended >= ?6)"
                                     " AND i.host = ?4 AND i.tag = ?5" PAGE);

static const char *list_text(const struct incident_filter *filter)
{
    if (!filter->all)
        return open_sql;
    return filter->host && filter->tag ? tag_sql : all_sql;
}

static int give_row(const struct query *query, store_incident_fn *each, void *context)
{
    struct incident incident = {
        .number = column_number(query, 0),
        .host = column_text(query, 1),
        .tag = column_text(query, 2),
        .matter = column_text(query, 3),
        .severity = column_text(query, 4),
        .text = column_text(query, 5),
        .began = column_number(query, 6),
        .ended = column_number(query, 7),
        .changed = column_number(query, 8),
        .message = column_text(query, 9),
        .why = column_text(query, 10),
        .held = column_text(query, 11),
        .acknowledged_until = column_number(query, 12),
        .acknowledged_by = column_text(query, 13),
        .acknowledged_reason = column_text(query, 14),
    };
    return each(&incident, context);
}

int store_each_incident(struct store *store, const struct incident_filter *filter,
                        int64_t now, store_incident_fn *each, void *context,
                        struct error *err)
{
    AUTO(query) struct query query = query_new(store, list_text(filter), err);
    bind_number(&query, now);
    bind_number(&query, filter->before > 0 ? filter->before : INT64_MAX);
    bind_number(&query, filter->limit > 0 ? filter->limit : -1);
    bind_text(&query, filter->host);
    bind_text(&query, filter->tag);
    if (filter->all)
        bind_number(&query, filter->since);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        rc = give_row(&query, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}

static int fail_missing(int64_t number, struct error *err)
{
    return error_set(err, -ENOENT, "no incident %lld", (long long)number);
}

int store_find_incident(struct store *store, int64_t number, int64_t now,
                        store_incident_fn *found, void *context, struct error *err)
{
    AUTO(query) struct query query = query_new(store, one_sql, err);
    bind_number(&query, now);
    bind_number(&query, number);
    int rc = query_step(&query);
    if (rc == 0)
        return fail_missing(number, err);
    if (rc > 0)
        rc = give_row(&query, found, context);
    return rc < 0 ? rc : 0;
}

/* ---- from its beginning to its end ---- */

int store_open_incident(struct store *store, const struct incident *incident,
                        int64_t *ret_number, struct error *err)
{
    static const char sql[] =
        "INSERT INTO incident (host, tag, matter, severity, text, began, changed,"
        " message, why) VALUES (?, ?, ?, ?, ?, ?6, ?6, ?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, incident->host);
    bind_text(&query, incident->tag);
    bind_text(&query, incident_matter(incident->severity));
    bind_text(&query, incident->severity);
    bind_text(&query, incident->text);
    bind_number(&query, incident->began);
    bind_text(&query, incident->message);
    bind_text(&query, incident->why ? incident->why : "null");
    int rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret_number = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* Runs what changes an open one. */
static int run_on(struct query *query, int64_t number)
{
    int rc = query_run(query);
    if (rc == 0)
        return error_set(query->err, -ENOENT, "no incident %lld is open",
                         (long long)number);
    return rc < 0 ? rc : 0;
}

int store_change_incident(struct store *store, const struct incident *incident,
                          struct error *err)
{
    static const char sql[] =
        "UPDATE incident SET text = ?2, severity = ?3,"
        " changed = iif(severity = ?3, changed, ?4),"
        " message = iif(severity = ?3, message, ?5),"
        " why = iif(severity = ?3, why, ?6) WHERE number = ?1 AND ended IS NULL";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, incident->number);
    bind_text(&query, incident->text);
    bind_text(&query, incident->severity);
    bind_number(&query, incident->changed);
    bind_text(&query, incident->message);
    bind_text(&query, incident->why ? incident->why : "null");
    return run_on(&query, incident->number);
}

int store_hold_incident(struct store *store, int64_t number, const char *held,
                        struct error *err)
{
    static const char sql[] =
        "UPDATE incident SET held = ? WHERE number = ? AND ended IS NULL";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, held);
    bind_number(&query, number);
    return run_on(&query, number);
}

/* Not before it began, wherever the clock was set. */
int store_close_incident(struct store *store, int64_t number, int64_t ended,
                         struct error *err)
{
    static const char sql[] =
        "UPDATE incident SET ended = max(began, ?) WHERE number = ? AND ended IS NULL";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, ended);
    bind_number(&query, number);
    return run_on(&query, number);
}

/* ---- who knows ---- */

int store_each_informed(struct store *store, int64_t incident, store_informed_fn *each,
                        void *context, struct error *err)
{
    static const char sql[] =
        "SELECT notifier, address, severity, time FROM informed WHERE incident = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, incident);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct informed informed = {
            .notifier = column_text(&query, 0),
            .address = column_text(&query, 1),
            .severity = column_text(&query, 2),
            .time = column_number(&query, 3),
        };
        rc = each(&informed, context);
        if (rc < 0)
            break;
    }
    return rc;
}

int store_put_informed(struct store *store, int64_t incident,
                       const struct informed *informed, struct error *err)
{
    static const char sql[] =
        "INSERT INTO informed (incident, notifier, address, severity, time)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET severity = excluded.severity, time = excluded.time";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, incident);
    bind_text(&query, informed->notifier);
    bind_text(&query, informed->address);
    bind_text(&query, informed->severity);
    bind_number(&query, informed->time);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* ---- "I know" ---- */

int store_acknowledge(struct store *store, int64_t incident, int64_t now, int64_t until,
                      const char *reason, const char *who, struct error *err)
{
    static const char sql[] =
        "INSERT INTO acknowledgement (incident, made, until, reason, who)"
        " SELECT number, ?, ?, ?, ? FROM incident WHERE number = ? AND ended IS NULL";
    if (is_blank(reason) || is_blank(who))
        return error_set(err, -EINVAL, "an acknowledgement has a reason and a name");
    if (until <= now)
        return error_set(err, -EINVAL, "an acknowledgement ends later than now");
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    bind_number(&query, until);
    bind_text(&query, reason);
    bind_text(&query, who);
    bind_number(&query, incident);
    return run_on(&query, incident);
}

int store_each_acknowledged(struct store *store, store_acknowledged_fn *each,
                            void *context, struct error *err)
{
    static const char sql[] =
        "SELECT host, tag, matter, made, until, reason, who FROM acknowledgement a"
        " JOIN incident i ON i.number = a.incident ORDER BY a.number";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        const struct acknowledged row = {.host = column_text(&query, 0),
                                         .tag = column_text(&query, 1),
                                         .matter = column_text(&query, 2),
                                         .made = column_number(&query, 3),
                                         .until = column_number(&query, 4),
                                         .reason = column_text(&query, 5),
                                         .who = column_text(&query, 6)};
        rc = each(&row, context);
        if (rc < 0)
            break;
    }
    return rc;
}
