// SPDX-License-Identifier: GPL-3.0-or-later
/* notification - a telling's body and its message are read; what has no message, or
 * speaks of no state, is told as a note with a subject. */
#include "notify/notification.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void notification_clear(struct notification *notification)
{
    free(notification->notifier);
    free(notification->address);
    message_free(notification->message);
    *notification = (struct notification){0};
}

/* ---- the message ---- */

/* Its time is that of the store, which is never later than it came. */
static int read_message(const struct message_row *row, void *context)
{
    struct message **ret = context;
    struct message_defaults defaults = {0};
    int rc = message_parse(row->body, strlen(row->body), &defaults, ret, NULL);
    if (rc == 0)
        (*ret)->time = row->time;
    return rc;
}

/* NULL: it has none, or that is no longer kept. */
static int find_message(struct store *store, const char *id, struct message **ret,
                        struct error *err)
{
    if (!id)
        return 0;
    int rc = store_find_message(store, id, read_message, ret, err);
    return rc == -ENOENT ? 0 : rc;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* ---- what is said without one ---- */

static void put_item(struct strbuf *text, const json_t *item)
{
    bool is_over = strcmp(text_of(item, "what"), "over") == 0;
    strbuf_printf(text, "%s %s %s: %s\n", is_over ? "over" : text_of(item, "severity"),
                  text_of(item, "host"), text_of(item, "tag"), text_of(item, "text"));
}

static char *make_subject(const struct telling *telling, const json_t *body)
{
    const json_t *items = json_object_get(body, "items");
    if (telling->kind == TELLING_SUM)
        return text_format("%zu things", json_array_size(items));
    if (telling->kind == TELLING_DIGEST)
        return text_copy(text_of(body, "subject"));
    bool is_over = telling->kind == TELLING_OVER;
    return text_format("%s%s %s %s", is_over ? "over: " : "", text_of(body, "severity"),
                       telling->host, telling->tag);
}

static char *make_text(const struct telling *telling, const json_t *body)
{
    AUTO(strbuf) struct strbuf text = {0};
    size_t i;
    json_t *item;
    if (telling->kind != TELLING_SUM)
        return text_copy(text_of(body, "text"));
    json_array_foreach(json_object_get(body, "items"), i, item) put_item(&text, item);
    return strbuf_take(&text);
}

/* Always the same for one telling: a mail's id is made of it. */
static struct message *make_message(const struct telling *telling, const json_t *body)
{
    struct message *message = message_new();
    snprintf(message->id, sizeof message->id, "00000000-0000-7000-8000-%012" PRIx64,
             (uint64_t)telling->number & UINT64_C(0xFFFFFFFFFFFF));
    message->kind = MESSAGE_NOTE;
    message->host = text_copy(*telling->host ? telling->host : "server");
    message->tag = text_copy(*telling->tag ? telling->tag : "sheepdog");
    message->time = telling->made;
    message->subject = make_subject(telling, body);
    message->text = make_text(telling, body);
    return message;
}

/* ---- both ---- */

static enum state state_of(const json_t *body, const char *name)
{
    return state_find(text_of(body, name));
}

static void set_states(const struct telling *telling, const json_t *body,
                       struct notification *ret)
{
    enum state severity = state_of(body, "severity");
    if (severity == STATE_NONE)
        return;
    bool is_over = telling->kind == TELLING_OVER;
    bool is_change = telling->kind == TELLING_CHANGE;
    ret->now = is_over ? STATE_OK : severity;
    ret->before = is_over ? severity : is_change ? state_of(body, "before") : STATE_OK;
}

struct finding {
    struct store *store;
    struct notification *ret;
    struct error *err;
};

static int take(const struct telling *telling, void *context)
{
    struct finding *finding = context;
    json_t *body = json_loads(telling->body, 0, NULL);
    AUTO(notification)
    struct notification found = {
        .number = telling->number,
        .notifier = text_copy(telling->notifier),
        .address = text_copy(telling->address),
        .since = json_integer_value(json_object_get(body, "since")),
        .made = telling->made,
        .tries = telling->tries,
    };
    const char *id = json_string_value(json_object_get(body, "message"));
    int rc = find_message(finding->store, id, &found.message, finding->err);
    if (rc == 0 && found.message && telling->kind != TELLING_NOTE)
        set_states(telling, body, &found);
    bool is_whole = found.now != STATE_NONE || telling->kind == TELLING_NOTE;
    if (rc == 0 && (!found.message || !is_whole)) {
        message_free(found.message);
        found.message = make_message(telling, body);
    }
    json_decref(body);
    if (rc < 0)
        return rc;
    *finding->ret = found;
    found = (struct notification){0};
    return 0;
}

int notification_find(struct store *store, const char *notifier, int64_t now,
                      struct notification *ret, struct error *err)
{
    struct finding finding = {.store = store, .ret = ret, .err = err};
    return store_due_telling(store, notifier, now, take, &finding, err);
}
