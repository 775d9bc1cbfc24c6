// SPDX-License-Identifier: GPL-3.0-or-later
/* numbers - a message's number is given to no other, whatever was removed meanwhile:
 * who reads on from a number misses nothing. SQLite alone counts on from the newest row
 * that is there; where that goes, its number stays as a position. */
#include "store/internal.h"

#include <stdlib.h>

#include "base/memory.h"

#define POSITION "message"

static int find_number(struct store *store, const char *sql, int64_t *ret,
                       struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    if (rc > 0)
        *ret = column_number(&query, 0);
    return rc < 0 ? rc : 0;
}

int numbers_last(struct store *store, int64_t *ret, struct error *err)
{
    static const char sql[] =
        "SELECT max(ifnull((SELECT max(number) FROM message), 0), ifnull((SELECT"
        " CAST(position AS INTEGER) FROM position WHERE source = '" POSITION "'), 0))";
    return find_number(store, sql, ret, err);
}

int numbers_keep(struct store *store, int64_t last, struct error *err)
{
    static const char sql[] = "SELECT ifnull(max(number), 0) FROM message";
    int64_t now = last;
    int rc = find_number(store, sql, &now, err);
    if (rc < 0 || now == last)
        return rc;
    AUTO(str) char *position = text_format("%lld", (long long)last);
    return store_put_position(store, POSITION, position, err);
}
