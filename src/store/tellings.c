// SPDX-License-Identifier: GPL-3.0-or-later
/* tellings - the outbox: what is to be told, put, taken when due, marked.
 *
 * What waits for one address of one (host, tag) is told in its order: behind the oldest
 * none is due. */
#include "store/incidents.h"
#include "store/internal.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

static const char *const kind_names[] = {
    [TELLING_NEW] = "new",       [TELLING_CHANGE] = "change", [TELLING_OVER] = "over",
    [TELLING_STILL] = "still",   [TELLING_NOTE] = "note",     [TELLING_SUM] = "sum",
    [TELLING_DIGEST] = "digest",
};

const char *telling_kind_name(enum telling_kind kind)
{
    return kind_names[kind];
}

static enum telling_kind kind_find(const char *name)
{
    enum telling_kind kind = 0;
    while (kind < TELLING_KINDS && strcmp(kind_names[kind], name) != 0)
        kind++;
    assert(kind < TELLING_KINDS);
    return kind;
}

/* ---- put ---- */

int store_put_telling(struct store *store, const struct telling *telling,
                      struct error *err)
{
    static const char sql[] =
        "INSERT INTO telling (what, incident, host, tag, notifier, address, body, made,"
        " due) VALUES (?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, telling_kind_name(telling->kind));
    bind_number(&query, telling->incident);
    bind_text(&query, telling->host);
    bind_text(&query, telling->tag);
    bind_text(&query, telling->notifier);
    bind_text(&query, telling->address);
    bind_text(&query, telling->body);
    bind_number(&query, telling->made);
    bind_number(&query, telling->due ? telling->due : telling->made);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* Those of one severity are told in their order, and do not wait for others: that is
 * the tag of the row. */
int store_put_sum(struct store *store, const char *notifier, const char *address,
                  const struct telling_sum *sum, int64_t now, struct error *err)
{
    return store_put_telling(store,
                             &(struct telling){.kind = TELLING_SUM,
                                               .host = "",
                                               .tag = sum->severity,
                                               .notifier = notifier,
                                               .address = address,
                                               .body = sum->body,
                                               .made = now,
                                               .due = sum->until},
                             err);
}

int store_each_sum(struct store *store, const char *notifier, const char *address,
                   int64_t since, store_sum_fn *each, void *context, struct error *err)
{
    static const char sql[] =
        "SELECT number, tag, body ->> 'since', body ->> 'until', due, body FROM telling"
        " INDEXED BY telling_made WHERE made >= ? AND what = 'sum' AND notifier = ?"
        " AND address = ? ORDER BY number";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, since);
    bind_text(&query, notifier);
    bind_text(&query, address);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        const struct telling_sum sum = {.number = column_number(&query, 0),
                                        .severity = column_text(&query, 1),
                                        .since = column_number(&query, 2),
                                        .until = column_number(&query, 3),
                                        .due = column_number(&query, 4),
                                        .body = column_text(&query, 5)};
        each(context, &sum);
    }
    return rc;
}

int store_change_sum(struct store *store, int64_t number, const char *body,
                     struct error *err)
{
    static const char sql[] = "UPDATE telling SET body = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, body);
    bind_number(&query, number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

int store_count_tellings(struct store *store, const char *notifier, const char *address,
                         int64_t since, int64_t *ret, struct error *err)
{
    static const char sql[] = "SELECT count(*) FROM telling INDEXED BY telling_made"
                              " WHERE made >= ? AND notifier = ? AND address = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, since);
    bind_text(&query, notifier);
    bind_text(&query, address);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = column_number(&query, 0);
    return 0;
}

/* ---- rows ---- */

#define COLUMNS                                                                        \
    "SELECT number, what, incident, host, tag, notifier, address, body, made, due,"    \
    " tries, failed, why, told FROM telling one"

static int give_row(const struct query *query, store_telling_fn *each, void *context)
{
    enum telling_kind kind = kind_find(column_text(query, 1));
    struct telling telling = {
        .number = column_number(query, 0),
        .kind = kind,
        .incident = column_number(query, 2),
        .host = column_text(query, 3),
        .tag = kind == TELLING_SUM ? "" : column_text(query, 4),
        .notifier = column_text(query, 5),
        .address = column_text(query, 6),
        .body = column_text(query, 7),
        .made = column_number(query, 8),
        .due = column_number(query, 9),
        .tries = (int)column_number(query, 10),
        .failed = column_number(query, 11),
        .why = column_text(query, 12),
        .told = column_number(query, 13),
    };
    return each(&telling, context);
}

/* ---- due ---- */

/* Those of a notifier that wait, but for those behind an older one. */
#define WAITING                                                                        \
    " WHERE told IS NULL AND notifier = ?1 AND NOT EXISTS"                             \
    " (SELECT 1 FROM telling older WHERE older.told IS NULL"                           \
    " AND older.notifier = one.notifier AND older.address = one.address"               \
    " AND older.host = one.host AND older.tag = one.tag AND older.number < "           \
    "one.number)"

/* 1, and what found said; 0: none. */
static int find_due(struct store *store, const char *sql, const char *notifier,
                    int64_t time, store_telling_fn *found, void *context,
                    struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    bind_number(&query, time);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    rc = give_row(&query, found, context);
    return rc < 0 ? rc : 1;
}

int store_due_telling(struct store *store, const char *notifier, int64_t now,
                      store_telling_fn *found, void *context, struct error *err)
{
    static const char due_sql[] =
        COLUMNS WAITING " AND due <= ?2 ORDER BY due, number LIMIT 1";
    static const char far_sql[] =
        COLUMNS WAITING " AND due > ?2 ORDER BY due, number LIMIT 1";
    int rc = find_due(store, due_sql, notifier, now, found, context, err);
    if (rc == 0)
        rc = find_due(store, far_sql, notifier, now + TELLING_WAIT_MAX, found, context,
                      err);
    return rc;
}

int store_next_telling(struct store *store, const char *notifier, int64_t *ret,
                       struct error *err)
{
    static const char sql[] =
        "SELECT due FROM telling one" WAITING " ORDER BY due LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = rc > 0 ? column_number(&query, 0) : INT64_MAX;
    return 0;
}

int store_telling_told(struct store *store, int64_t number, int64_t now,
                       struct error *err)
{
    static const char sql[] = "UPDATE telling SET told = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    bind_number(&query, number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

int store_telling_failed(struct store *store, int64_t number, int64_t now,
                         int64_t next_try, const char *why, struct error *err)
{
    static const char sql[] = "UPDATE telling SET tries = tries + 1,"
                              " failed = ifnull(failed, ?), due = ?, why = ?"
                              " WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    bind_number(&query, next_try);
    bind_text(&query, why);
    bind_number(&query, number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* ---- lists ---- */

#define LIST(by, of)                                                                   \
    COLUMNS by " WHERE made >= ?1 AND number < ?2" of " ORDER BY number DESC LIMIT ?3"

/* Few wait, of many: all that were ever told would be gone through. */
static const char all_sql[] = LIST("", "");
static const char waiting_sql[] = LIST(" INDEXED BY telling_due", " AND told IS NULL");
static const char incident_sql[] = LIST("", " AND incident = ?4");
static const char incident_waiting_sql[] =
    LIST("", " AND incident = ?4 AND told IS NULL");

static const char *list_text(const struct telling_filter *filter)
{
    if (filter->incident > 0)
        return filter->waiting ? incident_waiting_sql : incident_sql;
    return filter->waiting ? waiting_sql : all_sql;
}

int store_each_telling(struct store *store, const struct telling_filter *filter,
                       store_telling_fn *each, void *context, struct error *err)
{
    AUTO(query) struct query query = query_new(store, list_text(filter), err);
    bind_number(&query, filter->since);
    bind_number(&query, filter->before > 0 ? filter->before : INT64_MAX);
    bind_number(&query, filter->limit > 0 ? filter->limit : 100);
    if (filter->incident > 0)
        bind_number(&query, filter->incident);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        rc = give_row(&query, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}

/* SQLite takes why from the row that has the smallest failed. The index has no others
 * than those that failed, however many wait. */
int store_each_failing(struct store *store, int64_t since,
                       void (*each)(void *context, const char *notifier,
                                    const char *why),
                       void *context, struct error *err)
{
    static const char sql[] = "SELECT notifier, why, min(failed) FROM telling"
                              " INDEXED BY telling_failed"
                              " WHERE told IS NULL AND failed <= ? GROUP BY notifier";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, since);
    int rc;
    while ((rc = query_step(&query)) > 0)
        each(context, column_text(&query, 0), column_text(&query, 1));
    return rc;
}
