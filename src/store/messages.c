// SPDX-License-Identifier: GPL-3.0-or-later
/* messages - put once by their id, listed by their time, found by a part of the id. */
#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define PART_MIN       4
#define LAST_WORD_SIZE 256 /* bytes */

/* The first message of a (host, tag) makes its row, unless its id is known. */
static int make_tag(struct store *store, const struct message *message, int64_t time,
                    int64_t *ret, struct error *err)
{
    static const char sql[] = "INSERT INTO tag (host, tag, first) SELECT ?, ?, ?"
                              " WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, message->host);
    bind_text(&query, message->tag);
    bind_number(&query, time);
    bind_text(&query, message->id);
    int rc = query_run(&query);
    if (rc > 0)
        *ret = sqlite3_last_insert_rowid(store->db);
    return rc == 0 ? -EEXIST : rc;
}

static void bind_message(struct query *query, const struct message *message)
{
    bind_number(query, message_state(message));
    bind_text(query, message_err_name(message->err));
    if (message->status >= 0)
        bind_number(query, message->status);
    else
        bind_null(query);
    if (message->elapsed >= 0)
        bind_real(query, message->elapsed);
    else
        bind_null(query);
}

static int insert_message(struct store *store, const struct message *message,
                          int64_t came, struct error *err)
{
    static const char sql[] =
        "INSERT INTO message (number, id, tag, kind, time, came, state, err, status,"
        " elapsed, last_word, body, output) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)"
        " ON CONFLICT (id) DO NOTHING";
    AUTO(strbuf) struct strbuf body = {0};
    AUTO(strbuf) struct strbuf output = {0};
    char last_word[LAST_WORD_SIZE];
    assert(message->body.data);
    body_split(message->body.data, message->body.size, message->kind, &body, &output);
    message_last_word(message, last_word, sizeof last_word);

    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, store->last + 1);
    bind_text(&query, message->id);
    bind_number(&query, store->put.before.tag);
    bind_text(&query, message_kind_name(message->kind));
    bind_number(&query, store->put.time);
    bind_number(&query, came);
    bind_message(&query, message);
    bind_text(&query, last_word);
    if (output.size > 0)
        bind_bytes(&query, body.data, body.size);
    else
        bind_bytes(&query, message->body.data, message->body.size);
    bind_bytes(&query, output.data, output.size);
    int rc = query_run(&query);
    return rc == 0 ? -EEXIST : rc;
}

/* That of the tag's newest message, which is never pruned, is there already. */
static int put_hour(struct store *store, struct error *err)
{
    static const char sql[] =
        "INSERT INTO hour (tag, start) VALUES (?, ?) ON CONFLICT DO NOTHING";
    const struct standing *before = &store->put.before;
    int64_t hour = hour_start(store->put.time);
    if (before->state != STATE_NONE && hour_start(before->newest.time) == hour)
        return 0;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before->tag);
    bind_number(&query, hour);
    return query_run(&query);
}

/* Once a transaction: until its end nobody else writes. */
static int find_last(struct store *store, struct error *err)
{
    if (store->last > 0 && !sqlite3_get_autocommit(store->db))
        return 0;
    return numbers_last(store, &store->last, err);
}

int store_put_message(struct store *store, const struct message *message, int64_t came,
                      int64_t *ret_number, struct error *err)
{
    struct standing before = {0};
    int64_t time = message->time < came ? message->time : came;
    int rc = find_standing(store, message, &before, err);
    if (rc == 0)
        rc = make_tag(store, message, time, &before.tag, err);
    if (rc < 0)
        return rc;
    store->put.before = before;
    store->put.time = time;
    rc = find_last(store, err);
    if (rc == 0)
        rc = insert_message(store, message, came, err);
    if (rc < 0)
        return rc;
    store->put.number = ++store->last;
    rc = put_hour(store, err);
    if (rc < 0)
        return rc;
    *ret_number = store->put.number;
    return 0;
}

/* ---- lists ---- */

/* The newest are found and sorted as numbers; then come the rows, which are long. */
#define LIST(of)                                                                       \
    "SELECT number, time, came, id, state, last_word, body, NULL"                      \
    " FROM message WHERE number IN"                                                    \
    " (SELECT number FROM message WHERE time >= ? AND (time, id) < (?, ?)" of          \
    " ORDER BY time DESC, id DESC LIMIT ?) ORDER BY time DESC, id DESC"
#define LIST_TAG(of)                                                                   \
    "SELECT number, time, came, id, state, last_word, body, NULL"                      \
    " FROM message WHERE number IN"                                                    \
    " (SELECT m.number" BY_HOUR " max(start, ?1) AND (m.time, id) < (?2, ?3)"          \
    " AND hour.tag = (SELECT number FROM tag WHERE host = ?4 AND tag = ?5)"            \
    " AND start > ?1 - 3600000 AND start <= ?2" of                                     \
    " ORDER BY start DESC, m.time DESC, id DESC LIMIT ?6)"                             \
    " ORDER BY time DESC, id DESC"
#define OF_TAGS                                                                        \
    " AND tag IN (SELECT number FROM tag WHERE ifnull(host = ?, 1)"                    \
    " AND ifnull(tag = ?, 1))"
#define OF_WRONG " AND state > 1"

static const char list_sql[] = LIST("");
static const char list_wrong_sql[] = LIST(OF_WRONG);
static const char list_tag_sql[] = LIST_TAG("");
static const char list_tag_wrong_sql[] = LIST_TAG(OF_WRONG);
static const char list_tags_sql[] = LIST(OF_TAGS);
static const char list_tags_wrong_sql[] = LIST(OF_TAGS OF_WRONG);

static const char *list_text(const struct message_filter *filter)
{
    if (filter->host && filter->tag)
        return filter->failed ? list_tag_wrong_sql : list_tag_sql;
    if (filter->host || filter->tag)
        return filter->failed ? list_tags_wrong_sql : list_tags_sql;
    return filter->failed ? list_wrong_sql : list_sql;
}

/* A list ends before this place in time: that of a message, or a time with no id. */
struct bound {
    int64_t time;
    char id[UUID_SIZE];
};

static int find_bound(struct store *store, const struct message_filter *filter,
                      struct bound *ret, struct error *err)
{
    static const char sql[] = "SELECT time FROM message WHERE id = ?";
    ret->time = filter->until ? filter->until : INT64_MAX;
    if (!filter->before)
        return 0;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, filter->before);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return error_set(err, -ENOENT, "no message %.40s", filter->before);
    if (column_number(&query, 0) >= ret->time)
        return 0;
    ret->time = column_number(&query, 0);
    memcpy(ret->id, filter->before, UUID_SIZE);
    return 0;
}

/* Lends the row that was stepped to. */
static int give_row(const struct query *query, store_message_fn *each, void *context)
{
    AUTO(strbuf) struct strbuf whole = {0};
    const char *body = column_text(query, 6), *output = column_text(query, 7);
    if (output)
        body_join(body, output, &whole);
    struct message_row row = {
        .number = column_number(query, 0),
        .time = column_number(query, 1),
        .came = column_number(query, 2),
        .id = column_text(query, 3),
        .state = (enum state)column_number(query, 4),
        .last_word = column_text(query, 5),
        .body = output ? whole.data : body,
    };
    return each(&row, context);
}

int store_each_message(struct store *store, const struct message_filter *filter,
                       store_message_fn *each, void *context, struct error *err)
{
    struct bound bound = {0};
    int rc = find_bound(store, filter, &bound, err);
    if (rc < 0)
        return rc;

    AUTO(query) struct query query = query_new(store, list_text(filter), err);
    bind_number(&query, filter->since ? filter->since : INT64_MIN);
    bind_number(&query, bound.time);
    bind_text(&query, bound.id);
    if (filter->host || filter->tag) {
        bind_text(&query, filter->host);
        bind_text(&query, filter->tag);
    }
    bind_number(&query, filter->limit > 0 ? filter->limit : 100);
    while ((rc = query_step(&query)) > 0) {
        rc = give_row(&query, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}

/* ---- all, as they were stored ---- */

/* Numbers come with times, nearly: to begin at a time, what was stored long before it
 * need not be read. */
static int find_first(struct store *store, int64_t since, int64_t *ret,
                      struct error *err)
{
    static const char sql[] =
        "SELECT ifnull(min(number), ?) FROM message WHERE time >= ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, INT64_MAX);
    bind_number(&query, since);
    int rc = query_step(&query);
    if (rc > 0)
        *ret = column_number(&query, 0);
    return rc < 0 ? rc : 0;
}

int store_each_stored(struct store *store, int64_t after, int64_t since, int limit,
                      store_message_fn *each, void *context, struct error *err)
{
    static const char sql[] =
        "SELECT number, time, came, id, state, last_word, body, output"
        " FROM message WHERE number >= ? AND time >= ? ORDER BY number LIMIT ?";
    int64_t first = after + 1;
    int rc = 0;
    if (after == 0 && since > 0)
        rc = find_first(store, since, &first, err);
    if (rc < 0)
        return rc;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, first);
    bind_number(&query, since > 0 ? since : INT64_MIN);
    bind_number(&query, limit);
    while ((rc = query_step(&query)) > 0) {
        rc = give_row(&query, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}

int store_last_stored(struct store *store, int64_t *ret, struct error *err)
{
    return numbers_last(store, ret, err);
}

/* ---- one message ---- */

/* 0: none; 1: one, and *ret is its number; 2: several. */
static int count_ids(struct store *store, const char *sql, const char *part,
                     int64_t *ret, struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, part);
    int count = 0, rc;
    while ((rc = query_step(&query)) > 0) {
        *ret = column_number(&query, 0);
        count++;
    }
    return rc < 0 ? rc : count;
}

static int find_part(struct store *store, const char *part, int64_t *ret,
                     struct error *err)
{
    /* '~' comes after every letter of an id */
    static const char start_sql[] =
        "SELECT number FROM message WHERE id >= ?1 AND id < ?1 || '~' LIMIT 2";
    static const char part_sql[] =
        "SELECT number FROM message WHERE instr(id, ?) > 0 LIMIT 2";
    if (strlen(part) < PART_MIN || strlen(part) >= UUID_SIZE)
        return error_set(err, -ENOENT,
                         "\"%.40s\" is no part of an id: it has %d to %d "
                         "characters",
                         part, PART_MIN, UUID_SIZE - 1);
    int count = count_ids(store, start_sql, part, ret, err);
    if (count == 0)
        count = count_ids(store, part_sql, part, ret, err);
    if (count == 0)
        return error_set(err, -ENOENT, "no message %s", part);
    if (count > 1)
        return error_set(err, -ENOTUNIQ, "several messages have %s in their id", part);
    return count < 0 ? count : 0;
}

int store_find_message(struct store *store, const char *part, store_message_fn *found,
                       void *context, struct error *err)
{
    static const char sql[] =
        "SELECT number, time, came, id, state, last_word, body, output"
        " FROM message WHERE number = ?";
    int64_t number = 0;
    int rc = find_part(store, part, &number, err);
    if (rc < 0)
        return rc;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    rc = query_step(&query);
    if (rc == 0) /* pruned this moment */
        return error_set(err, -ENOENT, "no message %s", part);
    if (rc > 0)
        rc = give_row(&query, found, context);
    return rc < 0 ? rc : 0;
}

int store_find_word(struct store *store, const char *host, const char *tag,
                    store_message_fn *found, void *context, int64_t *ret_since,
                    struct error *err)
{
    static const char sql[] =
        "SELECT m.number, m.time, came, m.id, m.state, last_word, body, NULL,"
        " (SELECT max(began) FROM interruption i WHERE i.tag = t.number)"
        " FROM tag t JOIN message m ON m.number = t.newest"
        " WHERE t.host = ? AND t.tag = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    bind_text(&query, tag);
    int rc = query_step(&query);
    if (rc > 0) {
        *ret_since = column_number(&query, 8);
        rc = give_row(&query, found, context);
        rc = rc < 0 ? rc : 1;
    }
    return rc;
}
