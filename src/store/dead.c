// SPDX-License-Identifier: GPL-3.0-or-later
/* dead - dead letters. One that comes again, as a queue gives again what was not
 * acknowledged, is known by its name, or by what its bytes hash to. */
#include "store/internal.h"

#include <errno.h>
#include <sodium.h>

#include "message/message.h"

#define KEPT_MAX  MESSAGE_SIZE_MAX /* bytes of one letter */
#define HASH_SIZE crypto_generichash_BYTES

int store_put_dead(struct store *store, const struct dead_letter *letter,
                   struct error *err)
{
    static const char sql[] = "INSERT INTO dead (came, source, name, reason, bytes,"
                              " hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    unsigned char hash[HASH_SIZE];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)letter->bytes,
                       letter->size, NULL, 0);
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, letter->came);
    bind_text(&query, letter->source);
    bind_text(&query, letter->name);
    bind_text(&query, letter->reason);
    bind_blob(&query, letter->bytes, letter->size < KEPT_MAX ? letter->size : KEPT_MAX);
    bind_blob(&query, hash, sizeof hash);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

#define LETTER "SELECT number, came, source, name, reason, bytes FROM dead"

static int give_letter(const struct query *query, store_dead_fn *each, void *context)
{
    struct dead_letter letter = {
        .number = column_number(query, 0),
        .came = column_number(query, 1),
        .source = column_text(query, 2),
        .name = column_text(query, 3),
        .reason = column_text(query, 4),
    };
    letter.bytes = column_blob(query, 5, &letter.size);
    return each(&letter, context);
}

int store_each_dead(struct store *store, int64_t before, int limit, store_dead_fn *each,
                    void *context, struct error *err)
{
    static const char sql[] = LETTER " WHERE number < ? ORDER BY number DESC LIMIT ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before > 0 ? before : INT64_MAX);
    bind_number(&query, limit);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        rc = give_letter(&query, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}

static int fail_missing(int64_t number, struct error *err)
{
    return error_set(err, -ENOENT, "no dead letter has the number %lld",
                     (long long)number);
}

int store_find_dead(struct store *store, int64_t number, store_dead_fn *found,
                    void *context, struct error *err)
{
    static const char sql[] = LETTER " WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    int rc = query_step(&query);
    if (rc == 0)
        return fail_missing(number, err);
    if (rc > 0)
        rc = give_letter(&query, found, context);
    return rc < 0 ? rc : 0;
}

int store_drop_dead(struct store *store, int64_t number, struct error *err)
{
    static const char sql[] = "DELETE FROM dead WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    int rc = query_run(&query);
    if (rc == 0)
        return fail_missing(number, err);
    return rc < 0 ? rc : 0;
}
