// SPDX-License-Identifier: GPL-3.0-or-later
/* running - runs that have begun, by the id that a start and its outcome share.
 *
 * Nothing else ends one: a host that starts anew may tell of its end later, and two
 * runs of a tag may overlap. One that is older than what is kept goes: see prune.c. */
#include "store/internal.h"

/* Of a run whose start comes late the outcome may be here already. */
static int find_end(struct store *store, const struct message *start, struct error *err)
{
    static const char sql[] =
        "SELECT 1" BY_HOUR " max(start, ?2) AND hour.tag = ?1 AND start >= ?3"
        " AND kind = 'outcome' AND body ->> 'run' = ?4 LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, store->put.before.tag);
    bind_number(&query, store->put.time);
    bind_number(&query, hour_start(store->put.time));
    bind_text(&query, start->run);
    return query_step(&query);
}

int store_put_start(struct store *store, const struct message *message, bool *ret_runs,
                    struct error *err)
{
    static const char sql[] = "INSERT INTO running (run, tag, began, message)"
                              " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    bool is_late = store->put.before.ran >= store->put.time;
    int rc = message->run && is_late ? find_end(store, message, err) : 0;
    if (rc < 0)
        return rc;
    if (!message->run || rc > 0) {
        *ret_runs = false;
        return 0;
    }
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, message->run);
    bind_number(&query, store->put.before.tag);
    bind_number(&query, store->put.time);
    bind_text(&query, message->id);
    rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret_runs = rc > 0;
    return 0;
}

int store_end_run(struct store *store, const struct message *message, bool *ret_ran,
                  struct error *err)
{
    static const char sql[] = "DELETE FROM running WHERE run = ? AND tag = ?";
    if (!message->run) {
        *ret_ran = false;
        return 0;
    }
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, message->run);
    bind_number(&query, store->put.before.tag);
    int rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret_ran = rc > 0;
    return 0;
}
