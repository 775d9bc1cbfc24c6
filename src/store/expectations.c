// SPDX-License-Identifier: GPL-3.0-or-later
/* expectations - what is to come again and again, and when the next is due.
 *
 * A message declares one for its tag, or the server's configuration, whose word goes
 * before. Every run moves due on, never back: a late one says less than is known. */
#include "store/incidents.h"
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/rhythm.h"

/* A row of the table. */
struct promise {
    char *every, *zone;
    int64_t grace, due, declared; /* due 0: no further one is */
    bool by_server;
};

static void promise_clear(struct promise *promise)
{
    free(promise->every);
    free(promise->zone);
}
AUTO_DEFINE_CLEAR(promise)

/* 1; 0: nothing is expected of that tag. */
static int find_promise(struct store *store, int64_t tag, struct promise *ret,
                        struct error *err)
{
    static const char sql[] = "SELECT every, zone, grace, due, declared, by_server"
                              " FROM expectation WHERE tag = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    *ret = (struct promise){
        .every = text_copy(column_text(&query, 0)),
        .zone = text_copy(column_text(&query, 1)),
        .grace = column_number(&query, 2),
        .due = column_number(&query, 3),
        .declared = column_number(&query, 4),
        .by_server = column_number(&query, 5),
    };
    return 1;
}

static int put_promise(struct store *store, int64_t tag, const struct promise *promise,
                       struct error *err)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO expectation (tag, every, zone, grace, due, declared,"
        " by_server) VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    bind_text(&query, promise->every);
    bind_text(&query, promise->zone);
    bind_number(&query, promise->grace);
    bind_number(&query, promise->due);
    bind_number(&query, promise->declared);
    bind_number(&query, promise->by_server);
    return query_run(&query);
}

static int drop_promise(struct store *store, int64_t tag, struct error *err)
{
    static const char sql[] = "DELETE FROM expectation WHERE tag = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    return query_run(&query);
}

static bool is_same(const struct promise *promise, const char *every, const char *zone)
{
    return promise->every && strcmp(promise->every, every) == 0 &&
           strcmp(promise->zone, zone) == 0;
}

/* ---- by messages ---- */

/* A run is what ended, or said how it is; and the word that it is to come again. */
static bool is_run(const struct message *message)
{
    return message->kind == MESSAGE_OUTCOME ||
           (message->kind == MESSAGE_NOTE &&
            (message->expect || message_state(message) != STATE_NONE));
}

/* Where it is the newest: an older one may have run longer than is known here. */
static struct span last_run(const struct store *store, const struct message *message)
{
    int64_t time = store->put.time, ran = store->put.before.ran;
    if (!is_run(message) || ran > time)
        return (struct span){.began = ran ? ran : time, .ended = ran ? ran : time};
    int64_t elapsed = message->elapsed > 0 ? (int64_t)(message->elapsed * 1000) : 0;
    return (struct span){.began = time - elapsed, .ended = time};
}

/* Makes the promise say what the message does. */
static int declare(const struct store *store, const struct message *message,
                   struct promise *promise, struct error *err)
{
    const char *zone = message->zone ? message->zone : "";
    AUTO(rhythm) struct rhythm rhythm = {0};
    int rc = rhythm_parse(message->expect, zone, &rhythm, err);
    if (rc < 0)
        return rc;
    struct span declared = {.began = store->put.time, .ended = store->put.time};
    struct span last = is_run(message) ? last_run(store, message) : declared;
    int64_t due = rhythm_next(&rhythm, &last);
    if (!is_same(promise, message->expect, zone) || due > promise->due)
        promise->due = due;
    free(promise->every);
    free(promise->zone);
    promise->every = text_copy(message->expect);
    promise->zone = text_copy(zone);
    promise->grace = message->grace >= 0 ? message->grace : every_grace(rhythm.every);
    promise->declared = store->put.time;
    return 0;
}

/* What is there may be of a version that could read more. */
static void move_on(const struct store *store, const struct message *message,
                    struct promise *promise)
{
    AUTO(rhythm) struct rhythm rhythm = {0};
    if (rhythm_parse(promise->every, promise->zone, &rhythm, NULL) < 0)
        return;
    struct span last = last_run(store, message);
    int64_t due = rhythm_next(&rhythm, &last);
    if (due > promise->due || due == 0)
        promise->due = due;
}

static int change(struct store *store, const struct message *message,
                  struct promise *promise, struct error *err)
{
    bool is_declared = promise->every != NULL;
    bool may_declare = message->expect && !promise->by_server &&
                       (!is_declared || store->put.time >= promise->declared);
    bool ends = may_declare && strcmp(message->expect, EXPECT_END) == 0;
    int64_t tag = store->put.before.tag;
    int rc = 0;
    if (ends)
        return drop_promise(store, tag, err);
    if (may_declare)
        rc = declare(store, message, promise, err);
    else if (is_declared && is_run(message))
        move_on(store, message, promise);
    else
        return 0;
    if (rc == 0 && promise->every)
        rc = put_promise(store, tag, promise, err);
    return rc;
}

int store_expect(struct store *store, const struct message *message, bool *ret_changed,
                 struct error *err)
{
    AUTO(promise) struct promise promise = {0};
    int rc = find_promise(store, store->put.before.tag, &promise, err);
    if (rc >= 0)
        rc = change(store, message, &promise, err);
    if (rc < 0)
        return rc;
    *ret_changed = rc > 0;
    return 0;
}

/* ---- by the configuration ---- */

/* Of which nothing was ever heard, perhaps. */
static int get_tag(struct store *store, const char *host, const char *tag,
                   int64_t *ret_number, int64_t *ret_ran, struct error *err)
{
    static const char make_sql[] =
        "INSERT INTO tag (host, tag) VALUES (?, ?) ON CONFLICT DO NOTHING";
    static const char find_sql[] =
        "SELECT number, ran FROM tag WHERE host = ? AND tag = ?";
    AUTO(query) struct query make = query_new(store, make_sql, err);
    bind_text(&make, host);
    bind_text(&make, tag);
    int rc = query_run(&make);
    if (rc < 0)
        return rc;
    AUTO(query) struct query find = query_new(store, find_sql, err);
    bind_text(&find, host);
    bind_text(&find, tag);
    rc = query_step(&find);
    if (rc < 0)
        return rc;
    *ret_number = column_number(&find, 0);
    *ret_ran = column_number(&find, 1);
    return 0;
}

static int put_one(struct store *store, const struct expectation *item, int64_t now,
                   struct error *err)
{
    AUTO(promise) struct promise promise = {0};
    AUTO(rhythm) struct rhythm rhythm = {0};
    int64_t tag = 0, ran = 0;
    int rc = rhythm_parse(item->every, item->zone, &rhythm, err);
    if (rc < 0)
        return error_prefix(err, rc, "expect %s %s", item->host, item->tag);
    rc = get_tag(store, item->host, item->tag, &tag, &ran, err);
    if (rc == 0)
        rc = find_promise(store, tag, &promise, err);
    if (rc < 0)
        return rc;
    int64_t from = ran ? ran : now;
    struct span last = {.began = from, .ended = from};
    bool is_kept = promise.by_server && is_same(&promise, item->every, item->zone);
    struct promise put = {
        .every = (char *)item->every,
        .zone = (char *)item->zone,
        .grace = item->grace >= 0 ? item->grace : every_grace(rhythm.every),
        .due = is_kept ? promise.due : rhythm_next(&rhythm, &last),
        .declared = is_kept ? promise.declared : now,
        .by_server = true,
    };
    return put_promise(store, tag, &put, err);
}

/* Those that are not put again are left with a 0: they go. */
static int mark(struct store *store, const char *sql, struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    return query_run(&query);
}

int store_put_expectations(struct store *store, const struct expectation *items,
                           size_t count, int64_t now, struct error *err)
{
    static const char mark_sql[] =
        "UPDATE expectation SET by_server = 2 WHERE by_server = 1";
    static const char drop_sql[] = "DELETE FROM expectation WHERE by_server = 2";
    int rc = mark(store, mark_sql, err);
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = put_one(store, &items[i], now, err);
    if (rc >= 0)
        rc = mark(store, drop_sql, err);
    return rc < 0 ? rc : 0;
}
