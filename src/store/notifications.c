// SPDX-License-Identifier: GPL-3.0-or-later
/* notifications - what is to be told: put with its cause, taken when due, marked.
 *
 * What a backlog changes is held. Until its hold ends such a row only says who is to be
 * told, and what he knows (state_before); so however many messages come, in whatever
 * order, none of them need look at it. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

static void notification_clear(struct notification *notification)
{
    free(notification->notifier);
    free(notification->address);
    message_free(notification->message);
}

void notification_list_clear(struct notification_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        notification_clear(&list->items[i]);
    free(list->items);
    *list = (struct notification_list){0};
}

/* ---- put ---- */

struct held {
    int64_t number;
    enum state before;
};

/* What is held for the same address, of the (host, tag) of that message; 0: none; 1. */
static int find_held(struct store *store, int64_t number,
                     const struct notification *notification, struct held *ret,
                     struct error *err)
{
    static const char sql[] = "SELECT number, state_before FROM notification"
                              " WHERE backlog IS NOT NULL"
                              " AND tag = (SELECT tag FROM message WHERE number = ?)"
                              " AND notifier = ? AND address = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    bind_text(&query, notification->notifier);
    bind_text(&query, notification->address);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    ret->number = column_number(&query, 0);
    ret->before = (enum state)column_number(&query, 1);
    return 1;
}

static int drop_held(struct store *store, int64_t number, struct error *err)
{
    static const char sql[] = "DELETE FROM notification WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    return query_run(&query);
}

static int put_backlog(struct store *store, int64_t number, int64_t until,
                       struct error *err)
{
    static const char sql[] =
        "INSERT INTO backlog (host, began, until)"
        " SELECT host, 0, ? FROM tag"
        " WHERE number = (SELECT tag FROM message WHERE number = ?)"
        " ON CONFLICT (host) DO UPDATE SET until = excluded.until";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, until);
    bind_number(&query, number);
    return query_run(&query);
}

static int insert(struct store *store, int64_t number,
                  const struct notification *notification, bool is_held,
                  struct error *err)
{
    static const char sql[] =
        "INSERT INTO notification (message, tag, notifier, address, state_before,"
        " state_now, since, made, due, backlog)"
        " SELECT message.number, tag.number, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " iif(?9, (SELECT number FROM backlog b WHERE b.host = tag.host), NULL)"
        " FROM message JOIN tag ON tag.number = message.tag"
        " WHERE message.number = ?1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    bind_text(&query, notification->notifier);
    bind_text(&query, notification->address);
    bind_number(&query, notification->before);
    bind_number(&query, notification->now);
    bind_number(&query, notification->since);
    bind_number(&query, notification->made);
    bind_number(&query, notification->made + (is_held ? NOTIFICATION_HOLD_MAX : 0));
    bind_number(&query, is_held);
    int rc = query_run(&query);
    return rc == 0 ? error_set(err, -ENOENT, "message %lld is not stored",
                               (long long)number)
                   : rc;
}

static int put_held(struct store *store, int64_t number,
                    const struct notification *notification, bool is_second,
                    int64_t until, struct error *err)
{
    int rc = put_backlog(store, number, until, err);
    if (rc >= 0 && !is_second)
        rc = insert(store, number, notification, true, err);
    return rc;
}

int store_put_notification(struct store *store, int64_t number,
                           const struct notification *notification, int64_t held_until,
                           struct error *err)
{
    struct held held = {0};
    struct notification due = *notification;
    int rc = find_held(store, number, notification, &held, err);
    bool is_second = rc > 0;
    if (rc >= 0 && held_until > 0)
        rc = put_held(store, number, notification, is_second, held_until, err);
    if (rc < 0 || held_until > 0)
        return rc < 0 ? rc : 0;
    if (is_second) {
        due.before = held.before;
        rc = drop_held(store, held.number, err);
    }
    if (rc >= 0 && (!is_second || state_is_news(due.before, due.now)))
        rc = insert(store, number, &due, false, err);
    return rc < 0 ? rc : 0;
}

/* ---- held ---- */

/* When it is due, or its hold ends. */
#define DUE                                                                            \
    " iif(one.backlog IS NULL, due, min(due,"                                          \
    " (SELECT until FROM backlog WHERE backlog.number = one.backlog)))"

/* Past, or so far ahead that the clock was set back meanwhile: ?2 is now, ?3 the
 * longest pause. */
#define IS_TIME DUE " NOT BETWEEN ?2 + 1 AND ?2 + ?3"

#define ENDED                                                                          \
    " notification.number IN (SELECT number FROM notification one"                     \
    " WHERE notifier = ?1 AND one.backlog IS NOT NULL AND" IS_TIME ")"

static int end_hold(struct store *store, const char *sql, const char *notifier,
                    int64_t now, struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    bind_number(&query, now);
    bind_number(&query, NOTIFICATION_PAUSE_MAX);
    return query_run(&query);
}

/* The message is the one that brought the state, the interruption the newest. */
int store_end_hold(struct store *store, const char *notifier, int64_t now,
                   struct error *err)
{
    static const char drop_sql[] =
        "DELETE FROM notification WHERE" ENDED
        " AND EXISTS (SELECT 1 FROM tag WHERE tag.number = notification.tag"
        " AND (state = state_before OR max(state, state_before) <= 1))";
    static const char end_sql[] =
        "UPDATE notification SET backlog = NULL, made = ?2, due = ?2, state_now = "
        "state,"
        " message = ifnull((SELECT number FROM message WHERE id = since_id), newest),"
        " since = ifnull((SELECT began FROM interruption i WHERE i.tag = t.number"
        " ORDER BY began DESC LIMIT 1), notification.since)"
        " FROM tag t WHERE t.number = notification.tag AND" ENDED;
    int rc = end_hold(store, drop_sql, notifier, now, err);
    if (rc >= 0)
        rc = end_hold(store, end_sql, notifier, now, err);
    return rc < 0 ? rc : 0;
}

/* ---- due ---- */

/* Its time is that of the store, which is never later than it came. */
static int read_message(const struct query *query, struct message **ret,
                        struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct message_defaults defaults = {0};
    body_join(column_text(query, 8), column_text(query, 9), &json);
    int rc = message_parse(json.data, json.size, &defaults, ret, err);
    if (rc < 0)
        return error_prefix(err, rc, "message %s", column_text(query, 10));
    (*ret)->time = column_number(query, 11);
    return 0;
}

static void list_add(struct notification_list *list, const struct query *query,
                     struct message *message)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = (struct notification){
        .number = column_number(query, 0),
        .notifier = text_copy(column_text(query, 1)),
        .address = text_copy(column_text(query, 2)),
        .before = (enum state)column_number(query, 3),
        .now = (enum state)column_number(query, 4),
        .since = column_number(query, 5),
        .made = column_number(query, 6),
        .tries = (int)column_number(query, 7),
        .message = message,
    };
}

/* Those of a notifier that wait, but for those behind an older one of their tag. */
#define WAITING                                                                        \
    " FROM notification one WHERE told IS NULL AND notifier = ?1 AND NOT EXISTS"       \
    " (SELECT 1 FROM notification older WHERE older.told IS NULL"                      \
    " AND older.notifier = one.notifier AND older.address = one.address"               \
    " AND older.tag = one.tag AND older.number < one.number)"

int store_due_notifications(struct store *store, const char *notifier, int64_t now,
                            int limit, struct notification_list *ret, struct error *err)
{
    static const char sql[] =
        "SELECT n.number, notifier, address, state_before, state_now, since, made,"
        " tries, body, output, id, time"
        " FROM notification n JOIN message m ON m.number = n.message"
        " WHERE n.number IN (SELECT number" WAITING " AND backlog IS NULL AND" IS_TIME
        " ORDER BY number LIMIT ?) ORDER BY n.number";
    AUTO(notification_list) struct notification_list list = {0};
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    bind_number(&query, now);
    bind_number(&query, NOTIFICATION_PAUSE_MAX);
    bind_number(&query, limit);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct message *message;
        rc = read_message(&query, &message, err);
        if (rc < 0)
            break;
        list_add(&list, &query, message);
    }
    if (rc < 0)
        return rc;
    *ret = list;
    list = (struct notification_list){0};
    return 0;
}

int store_next_due(struct store *store, const char *notifier, int64_t *ret,
                   struct error *err)
{
    static const char sql[] = "SELECT ifnull(min(" DUE "), ?2)" WAITING;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    bind_number(&query, INT64_MAX);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = column_number(&query, 0);
    return 0;
}

int store_mark_told(struct store *store, int64_t number, int64_t now, struct error *err)
{
    static const char sql[] = "UPDATE notification SET told = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, now);
    bind_number(&query, number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

int store_mark_untold(struct store *store, int64_t number, int64_t next_try,
                      const char *why, struct error *err)
{
    static const char sql[] = "UPDATE notification SET due = ?, tries = tries + 1,"
                              " why = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, next_try);
    bind_text(&query, why);
    bind_number(&query, number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}
