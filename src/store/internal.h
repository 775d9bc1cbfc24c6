// SPDX-License-Identifier: GPL-3.0-or-later
/* internal - what the files of store/ share: the connection, and queries on it. Nobody
 * else includes it.
 *
 *     static const char sql[] = "SELECT number FROM tag WHERE host = ? AND tag = ?";
 *     AUTO(query) struct query query = query_new(store, sql, err);
 *     bind_text(&query, host);
 *     bind_text(&query, tag);
 *     int rc = query_step(&query);       1: a row, 0: no more, negative: an error
 *
 * A statement is prepared once and kept under the address of its text, so a text is a
 * static array. It is used by one query at a time. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>

#include "base/strbuf.h"
#include "store/store.h"

#define STATEMENTS_MAX 96

/* A place in time. */
struct place {
    int64_t time;
    char id[UUID_SIZE];
};

/* How a (host, tag) stands. */
struct standing {
    int64_t tag;
    enum state state; /* STATE_NONE: no message has spoken, and there are no places */
    struct place since, newest;
};

struct store {
    sqlite3 *db;
    char *path;
    struct {
        int64_t number, time;
        struct standing before; /* of its tag */
    } put;                      /* the message that was put last */
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[STATEMENTS_MAX];
    int kept_count;
};

/* The errno for what SQLite last said, with the path and its words in err. */
int store_fail(struct store *store, struct error *err);

/* Runs SQL without parameters, several statements too. */
int store_execute(struct store *store, const char *sql, struct error *err) MUST_USE;

/* ---- queries (query.c) ---- */

struct query {
    struct store *store;
    sqlite3_stmt *statement;
    struct error *err;
    int bound; /* parameters that have a value */
    int rc;    /* the first error; it makes every later step fail */
};

struct query query_new(struct store *store, const char *sql, struct error *err);
void query_clear(struct query *query);
AUTO_DEFINE_CLEAR(query)

/* The next parameter, in the order of the text. Texts are lent until the query is
 * cleared; NULL is NULL. */
void bind_number(struct query *query, int64_t value);
void bind_real(struct query *query, double value);
void bind_text(struct query *query, const char *text);
void bind_bytes(struct query *query, const char *text, size_t size);
void bind_blob(struct query *query, const void *bytes, size_t size);
void bind_null(struct query *query);

int query_step(struct query *query) MUST_USE;

/* Runs a query that gives no rows; returns how many it changed. */
int query_run(struct query *query) MUST_USE;

/* Of the row that was stepped to; a text is lent until the next step, NULL for NULL. */
int64_t column_number(const struct query *query, int column);
const char *column_text(const struct query *query, int column);
const void *column_blob(const struct query *query, int column, size_t *ret_size);

/* ---- states (states.c) ---- */

/* 1; 0: no message of its (host, tag) is stored. */
int find_standing(struct store *store, const struct message *message,
                  struct standing *ret, struct error *err) MUST_USE;

/* ---- hours (messages.c) ---- */

#define HOUR 3600000 /* ms */

/* The beginning of the one that a time is in. */
static inline int64_t hour_start(int64_t time)
{
    return time - (time % HOUR + HOUR) % HOUR;
}

/* A tag's messages in the order of time, hour by hour: FROM and the first terms of
 * WHERE; what follows is from when on. */
#define BY_HOUR                                                                        \
    " FROM hour CROSS JOIN message m INDEXED BY message_time"                          \
    " WHERE m.tag = hour.tag AND m.time < start + 3600000 AND m.time >="

/* ---- bodies (body.c) ---- */

/* Splits a message's JSON, which is valid: what it printed (the members stdout, stderr
 * and bytes that are not null) goes to output, the rest to body; both are objects.
 * output stays empty where nothing was printed. */
void body_split(const char *json, size_t size, struct strbuf *body,
                struct strbuf *output);

/* Both in one object again; output may be NULL. */
void body_join(const char *body, const char *output, struct strbuf *json);

#endif
