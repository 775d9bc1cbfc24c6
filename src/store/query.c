// SPDX-License-Identifier: GPL-3.0-or-later
/* query - statements prepared once, bound in order, and SQLite's errors as ours. */
#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const struct {
    int sqlite, rc;
} codes[] = {
    {SQLITE_FULL, -ENOSPC},     {SQLITE_BUSY, -EBUSY},     {SQLITE_LOCKED, -EBUSY},
    {SQLITE_CORRUPT, -EBADMSG}, {SQLITE_NOTADB, -EBADMSG}, {SQLITE_READONLY, -EROFS},
    {SQLITE_PERM, -EACCES},     {SQLITE_TOOBIG, -EFBIG},   {SQLITE_CONSTRAINT, -EINVAL},
    {SQLITE_NOMEM, -ENOMEM},
};

int store_fail(struct store *store, struct error *err)
{
    int code = sqlite3_errcode(store->db);
    int system = code == SQLITE_IOERR || code == SQLITE_CANTOPEN
                     ? sqlite3_system_errno(store->db)
                     : 0;
    int rc = -EIO;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].sqlite == code)
            rc = codes[i].rc;
    return error_set(err, rc, "%s: %s%s%s", store->path, sqlite3_errmsg(store->db),
                     system ? ": " : "", system ? strerror(system) : "");
}

int store_execute(struct store *store, const char *sql, struct error *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(store, err);
    return 0;
}

static int find_statement(struct store *store, const char *sql, sqlite3_stmt **ret,
                          struct error *err)
{
    for (int i = 0; i < store->kept_count; i++)
        if (store->kept[i].sql == sql) {
            *ret = store->kept[i].statement;
            return 0;
        }
    assert(store->kept_count < STATEMENTS_MAX);
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           NULL) != SQLITE_OK)
        return store_fail(store, err);
    store->kept[store->kept_count].sql = sql;
    store->kept[store->kept_count++].statement = statement;
    *ret = statement;
    return 0;
}

struct query query_new(struct store *store, const char *sql, struct error *err)
{
    struct query query = {.store = store, .err = err};
    query.rc = find_statement(store, sql, &query.statement, err);
    assert(query.rc < 0 || !sqlite3_stmt_busy(query.statement));
    return query;
}

struct query query_make(struct store *store, const char *sql, struct error *err)
{
    struct query query = {.store = store, .err = err, .is_own = true};
    if (sqlite3_prepare_v2(store->db, sql, -1, &query.statement, NULL) != SQLITE_OK)
        query.rc = store_fail(store, err);
    return query;
}

void query_clear(struct query *query)
{
    if (query->is_own)
        sqlite3_finalize(TAKE(query->statement));
    if (!query->statement)
        return;
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
}

static void check_bound(struct query *query, int code)
{
    if (query->rc == 0 && code != SQLITE_OK)
        query->rc = store_fail(query->store, query->err);
}

void bind_number(struct query *query, int64_t value)
{
    if (query->rc == 0)
        check_bound(query, sqlite3_bind_int64(query->statement, ++query->bound, value));
}

void bind_real(struct query *query, double value)
{
    if (query->rc == 0)
        check_bound(query,
                    sqlite3_bind_double(query->statement, ++query->bound, value));
}

void bind_text(struct query *query, const char *text)
{
    bind_bytes(query, text, text ? strlen(text) : 0);
}

void bind_bytes(struct query *query, const char *text, size_t size)
{
    if (query->rc == 0)
        check_bound(query, sqlite3_bind_text64(query->statement, ++query->bound, text,
                                               size, SQLITE_STATIC, SQLITE_UTF8));
}

/* Without an address it would be NULL, and not empty. */
void bind_blob(struct query *query, const void *bytes, size_t size)
{
    if (query->rc == 0)
        check_bound(query,
                    sqlite3_bind_blob64(query->statement, ++query->bound,
                                        size > 0 ? bytes : "", size, SQLITE_STATIC));
}

void bind_null(struct query *query)
{
    if (query->rc == 0)
        check_bound(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void query_again(struct query *query)
{
    sqlite3_reset(query->statement);
    query->bound = 0;
}

int query_step(struct query *query)
{
    if (query->rc < 0)
        return query->rc;
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code == SQLITE_ROW;
    query->rc = store_fail(query->store, query->err);
    return query->rc;
}

int query_run(struct query *query)
{
    int rc = query_step(query);
    return rc < 0 ? rc : sqlite3_changes(query->store->db);
}

int64_t column_number(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

const char *column_text(const struct query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

double column_real(const struct query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

/* Never NULL: that is what SQLite gives for one that is empty. */
const void *column_blob(const struct query *query, int column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *ret_size = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes ? bytes : "";
}
