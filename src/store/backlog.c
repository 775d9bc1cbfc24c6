// SPDX-License-Identifier: GPL-3.0-or-later
/* backlog - hosts whose old messages still arrive. What one of them says is history,
 * and how the host stands is known when no more come; or after the longest hold, for a
 * clock that is wrong makes every message an old one. */
#include "store/internal.h"

int store_hold(struct store *store, const char *host, int64_t now, int64_t until,
               struct error *err)
{
    static const char sql[] =
        "INSERT INTO backlog (host, began, until) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (host) DO UPDATE SET began = iif(until > ?2, began, ?2),"
        " until = min(?3, iif(until > ?2, began, ?2) + ?4)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    bind_number(&query, now);
    bind_number(&query, until);
    bind_number(&query, HOLD_MAX);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}
