// SPDX-License-Identifier: GPL-3.0-or-later
/* notice - a telling's body, and the message and the news that belong to it. */
#include "notify/notice.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void notice_clear(struct notice *notice)
{
    free(notice->host);
    free(notice->tag);
    free(notice->notifier);
    free(notice->address);
    free(notice->why);
    free(notice->explains);
    free(notice->items);
    message_free(notice->message);
    news_clear(&notice->news);
    json_decref(notice->body);
    *notice = (struct notice){0};
}

bool notice_is_state(const struct notice *notice)
{
    return state_find(notice->severity) != STATE_NONE;
}

bool notice_is_said(const struct notice *notice)
{
    if (!notice->message || !notice_is_state(notice))
        return false;
    enum state said = message_state(notice->message);
    return notice->kind == TELLING_OVER ? said == STATE_OK
                                        : said == state_find(notice->severity);
}

const char *notice_host(const struct notice *notice)
{
    return *notice->host ? notice->host : "server";
}

/* ---- the body ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void read_why(const json_t *body, struct notice *ret)
{
    const json_t *why = json_object_get(body, "why");
    size_t i;
    json_t *line;
    ret->why = memory_resize(NULL, (json_array_size(why) + 1) * sizeof *ret->why);
    json_array_foreach(why, i, line) if (json_is_string(line))
        ret->why[ret->why_count++] = json_string_value(line);
}

static void read_explained(const json_t *body, struct notice *ret)
{
    const json_t *list = json_object_get(body, "explains");
    size_t i;
    json_t *one;
    ret->explains =
        memory_resize(NULL, (json_array_size(list) + 1) * sizeof *ret->explains);
    json_array_foreach(list, i, one)
    {
        const char *host = json_string_value(json_array_get(one, 0));
        const char *tag = json_string_value(json_array_get(one, 1));
        if (host && tag)
            ret->explains[ret->explains_count++] = (struct notice_place){host, tag};
    }
}

/* What is over is the least. */
static int rank(const struct notice_item *item)
{
    static const char *const order[] = {"fail", "unknown", "warning", NULL};
    int at = 0;
    if (strcmp(item->what, "over") == 0)
        return 9;
    while (order[at] && strcmp(order[at], item->severity) != 0)
        at++;
    return order[at] && at == 0 ? 0 : order[at] ? at + 1 : 1;
}

static int compare_items(const void *a, const void *b)
{
    const struct notice_item *one = a, *other = b;
    int order = rank(one) - rank(other);
    if (order == 0)
        order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    return order ? order : (one->incident > other->incident ? 1 : -1);
}

static void read_items(const json_t *body, struct notice *ret)
{
    const json_t *list = json_object_get(body, "items");
    size_t i;
    json_t *one;
    ret->items = memory_resize(NULL, (json_array_size(list) + 1) * sizeof *ret->items);
    json_array_foreach(list, i, one)
    {
        ret->items[ret->item_count++] =
            (struct notice_item){.what = text_of(one, "what"),
                                 .host = text_of(one, "host"),
                                 .tag = text_of(one, "tag"),
                                 .severity = text_of(one, "severity"),
                                 .text = text_of(one, "text"),
                                 .time = number_of(one, "time"),
                                 .incident = number_of(one, "incident")};
    }
    qsort(ret->items, ret->item_count, sizeof *ret->items, compare_items);
}

static void read_body(const char *text, struct notice *ret)
{
    json_t *body = json_loads(text, 0, NULL);
    ret->body = body;
    ret->severity = text_of(body, "severity");
    ret->before = json_string_value(json_object_get(body, "before"));
    ret->text = text_of(body, "text");
    ret->subject = text_of(body, "subject");
    ret->gone = json_string_value(json_object_get(body, "for"));
    bool is_digest = ret->kind == TELLING_DIGEST;
    ret->since = number_of(body, is_digest ? "from" : "since");
    ret->until = number_of(body, is_digest ? "to" : "until");
    read_why(body, ret);
    read_explained(body, ret);
    read_items(body, ret);
}

/* ---- the message ---- */

/* NULL: it has none, or that is no longer kept. */
static int find_message(struct store *store, const char *id, struct message **ret,
                        struct error *err)
{
    int rc = *id ? store_find_message(store, id, news_read_message, ret, err) : 0;
    return rc == -ENOENT ? 0 : rc;
}

static bool has_news(const struct notice *notice)
{
    return (notice->kind == TELLING_NEW || notice->kind == TELLING_CHANGE) &&
           notice_is_said(notice) && notice->message->kind == MESSAGE_OUTCOME;
}

/* ---- all ---- */

/* The store is not asked twice at a time. */
static int take(const struct telling *telling, void *context)
{
    struct notice *notice = context;
    *notice = (struct notice){.number = telling->number,
                              .kind = telling->kind,
                              .incident = telling->incident,
                              .host = text_copy(telling->host),
                              .tag = text_copy(telling->tag),
                              .notifier = text_copy(telling->notifier),
                              .address = text_copy(telling->address),
                              .made = telling->made,
                              .tries = telling->tries};
    read_body(telling->body, notice);
    return 0;
}

int notice_find(struct store *store, const char *notifier, int64_t now,
                struct notice *ret, struct error *err)
{
    AUTO(notice) struct notice notice = {0};
    int rc = store_due_telling(store, notifier, now, take, &notice, err);
    if (rc <= 0)
        return rc;
    rc = find_message(store, text_of(notice.body, "message"), &notice.message, err);
    if (rc == 0 && has_news(&notice))
        rc = news_find(store, notice.message, &notice.news, err);
    if (rc < 0)
        return rc;
    *ret = notice;
    notice = (struct notice){0};
    return 1;
}
