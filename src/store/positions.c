// SPDX-License-Identifier: GPL-3.0-or-later
/* positions - how far each source is read, in its own words. */
#include "store/internal.h"

#include "base/memory.h"

int store_put_position(struct store *store, const char *source, const char *position,
                       struct error *err)
{
    static const char sql[] = "INSERT INTO position (source, position) VALUES (?, ?)"
                              " ON CONFLICT DO UPDATE SET position = excluded.position";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, source);
    bind_text(&query, position);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

int store_get_position(struct store *store, const char *source, char **ret,
                       struct error *err)
{
    static const char sql[] = "SELECT position FROM position WHERE source = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, source);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = rc > 0 ? text_copy(column_text(&query, 0)) : NULL;
    return 0;
}
