// SPDX-License-Identifier: GPL-3.0-or-later
/* notifications - what is to be told: put with its cause, taken when due, marked. */
#include "store/internal.h"

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

int store_put_notification(struct store *store, int64_t number,
                           const struct notification *notification, bool is_late UNUSED,
                           struct error *err)
{
    static const char sql[] =
        "INSERT INTO notification (message, tag, notifier, address, state_before,"
        " state_now, since, made, due)"
        " VALUES (?1, (SELECT tag FROM message WHERE number = ?1),"
        " ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    bind_text(&query, notification->notifier);
    bind_text(&query, notification->address);
    bind_number(&query, notification->before);
    bind_number(&query, notification->now);
    bind_number(&query, notification->since);
    bind_number(&query, notification->made);
    bind_number(&query, notification->made);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

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
    " FROM notification one WHERE told IS NULL AND notifier = ? AND NOT EXISTS"        \
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
        " WHERE n.number IN (SELECT number" WAITING
        " AND due NOT BETWEEN ?2 + 1 AND ?2 + ?3"
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
    static const char sql[] = "SELECT due" WAITING " ORDER BY due LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, notifier);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = rc > 0 ? column_number(&query, 0) : INT64_MAX;
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
