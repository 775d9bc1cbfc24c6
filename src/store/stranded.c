// SPDX-License-Identifier: GPL-3.0-or-later
/* stranded - what waits in the outbox for a notifier that there is no longer: another
 * one tells it, and the rows of the first are marked. */
#include "store/incidents.h"
#include "store/internal.h"

int store_each_awaited(struct store *store,
                       void (*each)(void *context, const char *notifier), void *context,
                       struct error *err)
{
    static const char sql[] =
        "SELECT DISTINCT notifier FROM telling WHERE told IS NULL ORDER BY notifier";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc;
    while ((rc = query_step(&query)) > 0)
        each(context, column_text(&query, 0));
    return rc;
}

/* Several addresses of one notifier waited for the same. */
static int put_sum(struct store *store, const char *gone, const struct addressee *to,
                   int64_t now, struct error *err)
{
    static const char sql[] =
        "INSERT INTO telling (what, host, tag, notifier, address, body, made, due)"
        " SELECT 'sum', '', '', ?2, ?3, json_object('severity', '', 'since', min(made),"
        " 'until', ?4, 'for', ?1, 'items', json_group_array(json(item))), ?4, ?4"
        " FROM (SELECT made, json_object('what', what, 'host', host, 'tag', tag,"
        " 'severity', body ->> 'severity', 'text', body ->> 'text', 'time', made,"
        " 'incident', incident) AS item FROM telling WHERE told IS NULL"
        " AND notifier = ?1 AND what NOT IN ('sum', 'digest', 'note')"
        " UNION SELECT made, j.value FROM telling, json_each(body, '$.items') j"
        " WHERE told IS NULL AND notifier = ?1 AND what = 'sum') HAVING count(*) > 0";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, gone);
    bind_text(&query, to->notifier);
    bind_text(&query, to->address);
    bind_number(&query, now);
    return query_run(&query);
}

/* sum 0: there was nothing to say, but that a flood is over. */
static int mark(struct store *store, const char *gone, int64_t sum, int64_t now,
                struct error *err)
{
    static const char sql[] =
        "UPDATE telling SET told = ?3, body = json_set(body, '$.instead', ?2)"
        " WHERE told IS NULL AND notifier = ?1 AND what NOT IN ('digest', 'note')";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, gone);
    bind_number(&query, sum);
    bind_number(&query, now);
    return query_run(&query);
}

static int readdress(struct store *store, const char *gone, const struct addressee *to,
                     struct error *err)
{
    static const char sql[] =
        "UPDATE telling SET notifier = ?2, address = ?3, due = made, tries = 0,"
        " failed = NULL, why = NULL WHERE told IS NULL AND notifier = ?1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, gone);
    bind_text(&query, to->notifier);
    bind_text(&query, to->address);
    return query_run(&query);
}

int store_redirect(struct store *store, const char *gone, const struct addressee *to,
                   int64_t now, struct error *err)
{
    int rc = put_sum(store, gone, to, now, err);
    if (rc >= 0)
        rc = mark(store, gone, rc > 0 ? sqlite3_last_insert_rowid(store->db) : 0, now,
                  err);
    if (rc >= 0)
        rc = readdress(store, gone, to, err);
    return rc < 0 ? rc : 0;
}
