// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - series of a host, as they came and by the hour; the old ones become hours,
 * and the old hours go. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

#define SERIES_MAX 10000 /* of a host; those that are empty go, see below */

/* ---- put ---- */

struct series {
    int64_t number, time;
    bool has_unit;
};

/* 1; 0: there is none. */
static int find_series(struct store *store, int64_t host, const char *name,
                       const char *unit, struct series *ret, struct error *err)
{
    static const char sql[] = "SELECT number, time, ifnull(unit = ?, 1) FROM series"
                              " WHERE host = ? AND name = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, unit);
    bind_number(&query, host);
    bind_text(&query, name);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    *ret = (struct series){.number = column_number(&query, 0),
                           .time = column_number(&query, 1),
                           .has_unit = column_number(&query, 2)};
    return 1;
}

static int make_series(struct store *store, int64_t host,
                       const struct message_reading *reading, int64_t time,
                       struct error *err)
{
    static const char sql[] =
        "INSERT INTO series (host, name, unit, time, value) SELECT ?1, ?2, ?3, ?4, ?5"
        " WHERE (SELECT count(*) FROM series WHERE host = ?1) < ?6";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, host);
    bind_text(&query, reading->name);
    bind_text(&query, reading->unit ? reading->unit : "");
    bind_number(&query, time);
    bind_real(&query, reading->value);
    bind_number(&query, SERIES_MAX);
    int rc = query_run(&query);
    if (rc == 0)
        return error_set(err, -EINVAL,
                         "reading %s: the host has %d others already, the most",
                         reading->name, SERIES_MAX);
    return rc;
}

static int put_newest(struct store *store, int64_t series,
                      const struct message_reading *reading, int64_t time,
                      struct error *err)
{
    static const char sql[] = "UPDATE series SET time = ?, value = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, time);
    bind_real(&query, reading->value);
    bind_number(&query, series);
    return query_run(&query);
}

static int put_unit(struct store *store, int64_t series, const char *unit,
                    struct error *err)
{
    static const char sql[] = "UPDATE series SET unit = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, unit);
    bind_number(&query, series);
    return query_run(&query);
}

/* A late one of an hour that is counted already is none of it: it may be in there. */
static int put_value(struct store *store, int64_t series, int64_t time, bool is_late,
                     double value, struct error *err)
{
    static const char sql[] =
        "INSERT INTO reading (hour, series, time, value) SELECT ?1, ?2, ?3, ?4"
        " WHERE NOT ?5 OR NOT EXISTS"
        " (SELECT 1 FROM reading_hour WHERE series = ?2 AND start = ?1)"
        " ON CONFLICT DO NOTHING";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, hour_start(time));
    bind_number(&query, series);
    bind_number(&query, time);
    bind_real(&query, value);
    bind_number(&query, is_late);
    return query_run(&query);
}

static int put_reading(struct store *store, int64_t host,
                       const struct message_reading *reading, int64_t time,
                       struct error *err)
{
    struct series series = {.time = INT64_MIN, .has_unit = true};
    int rc = find_series(store, host, reading->name, reading->unit, &series, err);
    bool is_newest = rc >= 0 && time > series.time;
    if (rc == 0) {
        rc = make_series(store, host, reading, time, err);
        series.number = sqlite3_last_insert_rowid(store->db);
    } else if (rc > 0 && is_newest) {
        rc = put_newest(store, series.number, reading, time, err);
    }
    if (rc >= 0 && is_newest && !series.has_unit)
        rc = put_unit(store, series.number, reading->unit, err);
    if (rc >= 0)
        rc = put_value(store, series.number, time, !is_newest, reading->value, err);
    return rc;
}

int put_readings(struct store *store, int64_t host, const struct message *message,
                 int64_t time, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < message->reading_count; i++)
        rc = put_reading(store, host, &message->readings[i], time, err);
    return rc < 0 ? rc : 0;
}

/* ---- lists ---- */

int store_each_series(struct store *store, const char *host, store_series_fn *each,
                      void *context, struct error *err)
{
    static const char sql[] =
        "SELECT host.host, name, unit, time, value FROM host"
        " JOIN series ON series.host = host.number WHERE ifnull(host.host = ?, 1)"
        " ORDER BY host.host, name";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct series_row row = {
            .host = column_text(&query, 0),
            .name = column_text(&query, 1),
            .unit = column_text(&query, 2),
            .time = column_number(&query, 3),
            .value = column_real(&query, 4),
        };
        rc = each(&row, context);
        if (rc < 0)
            break;
    }
    return rc;
}

static int find_series_of(struct store *store, const char *host, const char *name,
                          int64_t *ret, struct error *err)
{
    static const char sql[] = "SELECT series.number FROM host"
                              " JOIN series ON series.host = host.number"
                              " WHERE host.host = ? AND name = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    bind_text(&query, name);
    int rc = query_step(&query);
    if (rc == 0)
        return error_set(err, -ENOENT, "host %s has no reading %s", host, name);
    if (rc > 0)
        *ret = column_number(&query, 0);
    return rc < 0 ? rc : 0;
}

/* The hours between ?2 and ?3 in which there is any reading, found one after the other,
 * with the readings of series ?1. */
#define OF_SERIES                                                                      \
    " FROM hours CROSS JOIN reading r WHERE r.hour = hours.hour AND r.series = ?1"     \
    " AND r.time >= ?2 AND r.time < ?3"
#define WITH_HOURS                                                                     \
    "WITH RECURSIVE hours (hour) AS (SELECT min(hour) FROM reading"                    \
    " WHERE hour > ?2 - 3600000 UNION ALL"                                             \
    " SELECT (SELECT min(r.hour) FROM reading r WHERE r.hour > hours.hour) FROM hours" \
    " WHERE hours.hour < ?3) "
#define OF_HOURS                                                                       \
    " FROM reading_hour WHERE series = ?1 AND start > ?2 - 3600000 AND start < ?3"

static const char points_sql[] = WITH_HOURS
    "SELECT start AS time, minimum, mean, maximum, count" OF_HOURS
    " UNION ALL SELECT r.time, r.value, r.value, r.value, 1" OF_SERIES " ORDER BY 1";

/* An hour may stand there both ways, when some of it came late. */
static const char hours_sql[] = WITH_HOURS
    "SELECT start, min(minimum), sum(mean * count) / sum(count), max(maximum),"
    " sum(count) FROM (SELECT start, minimum, mean, maximum, count" OF_HOURS
    " UNION ALL SELECT r.hour, min(r.value), avg(r.value), max(r.value),"
    " count(*)" OF_SERIES " GROUP BY r.hour) GROUP BY start ORDER BY start";

int store_each_reading(struct store *store, const char *host, const char *name,
                       int64_t since, int64_t until, bool hours, store_reading_fn *each,
                       void *context, struct error *err)
{
    int64_t series = 0;
    int rc = find_series_of(store, host, name, &series, err);
    if (rc < 0)
        return rc;
    AUTO(query)
    struct query query = query_new(store, hours ? hours_sql : points_sql, err);
    bind_number(&query, series);
    bind_number(&query, since > INT64_MIN + HOUR ? since : INT64_MIN + HOUR);
    bind_number(&query, until);
    while ((rc = query_step(&query)) > 0) {
        struct reading_row row = {
            .time = column_number(&query, 0),
            .minimum = column_real(&query, 1),
            .mean = column_real(&query, 2),
            .maximum = column_real(&query, 3),
            .count = column_number(&query, 4),
        };
        rc = each(&row, context);
        if (rc < 0)
            break;
    }
    return rc;
}

int store_each_measured(struct store *store, int64_t start, store_measured_fn *each,
                        void *context, struct error *err)
{
    static const char sql[] =
        "SELECT host.host, name, unit, r.time, r.value, is_hour FROM ("
        "SELECT series, time, value, 0 AS is_hour FROM reading WHERE hour = ?1"
        " UNION ALL SELECT series, start + 3599999, mean, 1 FROM reading_hour"
        " INDEXED BY reading_hour_start WHERE start = ?1) r"
        " JOIN series s ON s.number = r.series JOIN host ON host.number = s.host"
        " ORDER BY r.time, host.host, name";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, start);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        const struct series_row row = {.host = column_text(&query, 0),
                                       .name = column_text(&query, 1),
                                       .unit = column_text(&query, 2),
                                       .time = column_number(&query, 3),
                                       .value = column_real(&query, 4)};
        rc = each(&row, column_number(&query, 5), context);
        if (rc < 0)
            break;
    }
    return rc;
}

/* ---- rolled up ---- */

/* The readings of one series in one hour. */
struct group {
    int64_t hour, series, count;
    double minimum, mean, maximum;
};

struct groups {
    struct group *items;
    size_t count;
};

static void groups_clear(struct groups *groups)
{
    free(groups->items);
}
AUTO_DEFINE_CLEAR(groups)

/* The oldest, until they have limit readings; one at least, where there is any. */
static int find_groups(struct store *store, int64_t before, int limit,
                       struct groups *ret, struct error *err)
{
    static const char sql[] =
        "SELECT hour, series, count(*), min(value), avg(value), max(value) FROM reading"
        " WHERE hour <= ? - 3600000 GROUP BY hour, series LIMIT ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before);
    bind_number(&query, limit);
    int64_t readings = 0;
    int rc = 0;
    ret->items = memory_new((size_t)(limit > 0 ? limit : 1) * sizeof *ret->items);
    while (readings < limit && (rc = query_step(&query)) > 0) {
        struct group *group = &ret->items[ret->count++];
        *group = (struct group){.hour = column_number(&query, 0),
                                .series = column_number(&query, 1),
                                .count = column_number(&query, 2),
                                .minimum = column_real(&query, 3),
                                .mean = column_real(&query, 4),
                                .maximum = column_real(&query, 5)};
        readings += group->count;
    }
    return rc < 0 ? rc : 0;
}

static int put_hour(struct store *store, const struct group *group, struct error *err)
{
    static const char sql[] =
        "INSERT INTO reading_hour (series, start, minimum, mean, maximum, count)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (series, start) DO UPDATE SET"
        " minimum = min(minimum, excluded.minimum),"
        " mean = (mean * count + excluded.mean * excluded.count)"
        " / (count + excluded.count),"
        " maximum = max(maximum, excluded.maximum), count = count + excluded.count";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, group->series);
    bind_number(&query, group->hour);
    bind_real(&query, group->minimum);
    bind_real(&query, group->mean);
    bind_real(&query, group->maximum);
    bind_number(&query, group->count);
    return query_run(&query);
}

static int drop_readings(struct store *store, const struct group *group,
                         struct error *err)
{
    static const char sql[] = "DELETE FROM reading WHERE hour = ? AND series = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, group->hour);
    bind_number(&query, group->series);
    return query_run(&query);
}

static int drop_hours(struct store *store, int64_t before, int limit, struct error *err)
{
    static const char sql[] =
        "DELETE FROM reading_hour WHERE (series, start) IN (SELECT series, start"
        " FROM reading_hour WHERE start < ? ORDER BY start LIMIT ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before);
    bind_number(&query, limit);
    return query_run(&query);
}

/* Of what is no longer read nothing is left when its hours are gone; those that were
 * read of late need not be looked at. */
static int drop_series(struct store *store, int64_t before, int limit,
                       struct error *err)
{
    static const char sql[] =
        "DELETE FROM series WHERE number IN (SELECT number FROM series s"
        " WHERE time < ? AND NOT EXISTS"
        " (SELECT 1 FROM reading_hour WHERE series = s.number) LIMIT ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before);
    bind_number(&query, limit);
    return query_run(&query);
}

int store_roll_readings(struct store *store, int64_t raw_before, int64_t hours_before,
                        int limit, int *ret, struct error *err)
{
    AUTO(groups) struct groups groups = {0};
    int rc = find_groups(store, raw_before, limit, &groups, err);
    int changed = 0;
    for (size_t i = 0; rc >= 0 && i < groups.count; i++) {
        rc = put_hour(store, &groups.items[i], err);
        if (rc >= 0)
            rc = drop_readings(store, &groups.items[i], err);
        changed += rc > 0 ? rc : 0;
    }
    if (rc >= 0)
        rc = drop_hours(store, hours_before, limit, err);
    changed += rc > 0 ? rc : 0;
    int64_t series_before = raw_before < hours_before ? raw_before : hours_before;
    if (rc >= 0 && changed == 0) { /* else one may have readings, or hours, that wait */
        rc = drop_series(store, series_before - HOUR, limit, err);
        changed = rc;
    }
    if (rc < 0)
        return rc;
    *ret = changed;
    return 0;
}
