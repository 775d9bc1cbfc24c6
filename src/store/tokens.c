// SPDX-License-Identifier: GPL-3.0-or-later
/* tokens - who may: the hash of each token, with its host and its role. */
#include "store/internal.h"

#include <errno.h>
#include <string.h>

static const char *const role_names[] = {
    [ROLE_BARK] = "bark",
    [ROLE_READ] = "read",
    [ROLE_SHEPHERD] = "shepherd",
};

const char *role_name(enum role role)
{
    return role_names[role];
}

int role_parse(const char *text, enum role *ret)
{
    for (enum role role = ROLE_BARK; role <= ROLE_SHEPHERD; role++)
        if (strcmp(text, role_names[role]) == 0) {
            *ret = role;
            return 0;
        }
    return -EINVAL;
}

int store_put_token(struct store *store, const struct token_row *token,
                    int64_t *ret_number, struct error *err)
{
    static const char sql[] = "INSERT INTO token (host, role, hash, made, expires)"
                              " VALUES (?, ?, ?, ?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, token->host);
    bind_text(&query, role_name(token->role));
    bind_blob(&query, token->hash, sizeof token->hash);
    bind_number(&query, token->made);
    bind_number(&query, token->expires);
    int rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret_number = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* A row that is not as we write it may not let anybody in. */
static int read_token(const struct query *query, struct token_row *ret,
                      struct error *err)
{
    size_t size;
    const void *hash = column_blob(query, 3, &size);
    struct token_row token = {
        .number = column_number(query, 0),
        .host = column_text(query, 1),
        .made = column_number(query, 4),
        .expires = column_number(query, 5),
    };
    if (role_parse(column_text(query, 2), &token.role) < 0 || size != TOKEN_HASH_SIZE)
        return error_set(err, -EBADMSG, "token %lld: its row is damaged",
                         (long long)token.number);
    memcpy(token.hash, hash, size);
    *ret = token;
    return 0;
}

int store_each_token(struct store *store, store_token_fn *each, void *context,
                     struct error *err)
{
    static const char sql[] = "SELECT number, host, role, hash, made, expires"
                              " FROM token ORDER BY number";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct token_row token;
        rc = read_token(&query, &token, err);
        if (rc == 0)
            rc = each(&token, context);
        if (rc < 0)
            break;
    }
    return rc;
}

/* SQLite keeps the highest number that it ever gave to one. */
int store_had_tokens(struct store *store, bool *ret, struct error *err)
{
    static const char sql[] = "SELECT seq FROM sqlite_sequence WHERE name = 'token'";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = rc > 0 && column_number(&query, 0) > 0;
    return 0;
}

int store_revoke_token(struct store *store, int64_t number, struct error *err)
{
    static const char sql[] = "DELETE FROM token WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    int rc = query_run(&query);
    if (rc == 0)
        return error_set(err, -ENOENT, "no token has the number %lld",
                         (long long)number);
    return rc < 0 ? rc : 0;
}
