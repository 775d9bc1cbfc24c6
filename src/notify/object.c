// SPDX-License-Identifier: GPL-3.0-or-later
/* object - the fields of a template stand at its top, each a text; lists and the
 * message follow. */
#include "notify/object.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "config/template.h"
#include "notify/headline.h"
#include "notify/readable.h"
#include "notify/story.h"

#define TAIL_LINES 100 /* of what was printed */
#define TAIL_SIZE  16384

struct putting {
    const struct notice *notice;
    int64_t now;
};

/* ---- what a template knows ---- */

static void put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    if (time <= 0)
        return;
    clock_format_utc(time, text);
    strbuf_puts(buf, text);
}

static void put_number(struct strbuf *buf, int64_t number)
{
    if (number > 0)
        strbuf_printf(buf, "%" PRId64, number);
}

static void put_value(struct strbuf *buf, const struct putting *putting,
                      enum template_field field)
{
    const struct notice *notice = putting->notice;
    const char *const texts[TEMPLATE_FIELDS] = {
        [TEMPLATE_ADDRESS] = notice->address,
        [TEMPLATE_BEFORE] = notice->before,
        [TEMPLATE_HOST] = notice->host,
        [TEMPLATE_NOTIFIER] = notice->notifier,
        [TEMPLATE_SEVERITY] = notice->severity,
        [TEMPLATE_TAG] = notice->tag,
        [TEMPLATE_TEXT] = notice->text,
        [TEMPLATE_WHAT] = telling_kind_name(notice->kind),
    };
    if (texts[field])
        strbuf_puts(buf, texts[field]);
    else if (field == TEMPLATE_HEADLINE)
        headline_put(buf, notice);
    else if (field == TEMPLATE_STORY)
        story_put(buf, notice, putting->now);
    else if (field == TEMPLATE_SINCE)
        put_time(buf, notice->since);
    else if (field == TEMPLATE_UNTIL)
        put_time(buf, notice->until);
    else if (field == TEMPLATE_INCIDENT)
        put_number(buf, notice->incident);
    else if (field == TEMPLATE_TELLING)
        put_number(buf, notice->number);
}

static void put_escaped(void *context, enum template_field field, struct strbuf *ret)
{
    AUTO(strbuf) struct strbuf value = {0};
    AUTO(strbuf) struct strbuf json = {0};
    put_value(&value, context, field);
    json_text(&json, strbuf_text(&value), value.size);
    strbuf_add(ret, json.data + 1, json.size - 2);
}

void object_fill(struct strbuf *buf, const char *text, const struct notice *notice,
                 int64_t now)
{
    struct putting putting = {.notice = notice, .now = now};
    template_fill(text, put_escaped, &putting, buf);
}

/* ---- the object ---- */

/* An empty one is null. */
static void put_field(struct strbuf *buf, const char *name,
                      const struct putting *putting, enum template_field field)
{
    AUTO(strbuf) struct strbuf value = {0};
    put_value(&value, putting, field);
    json_field_text(buf, name, value.size > 0 ? value.data : NULL);
}

static void put_id(struct strbuf *buf, const char *name, int64_t number)
{
    if (number > 0)
        json_field_number(buf, name, number);
    else
        json_field_null(buf, name);
}

static void put_lines(struct strbuf *buf, const char *name, const char *const *lines,
                      size_t count)
{
    json_name(buf, name);
    json_open(buf, '[');
    for (size_t i = 0; i < count; i++) {
        json_comma(buf);
        json_text(buf, lines[i], strlen(lines[i]));
    }
    json_close(buf, ']');
}

static void put_explained(struct strbuf *buf, const struct notice *notice)
{
    json_name(buf, "explains");
    json_open(buf, '[');
    for (size_t i = 0; i < notice->explains_count; i++) {
        json_comma(buf);
        json_open(buf, '{');
        json_field_text(buf, "host", notice->explains[i].host);
        json_field_text(buf, "tag", notice->explains[i].tag);
        json_close(buf, '}');
    }
    json_close(buf, ']');
}

static void put_moment(struct strbuf *buf, const char *name, int64_t time)
{
    AUTO(strbuf) struct strbuf text = {0};
    put_time(&text, time);
    json_field_text(buf, name, text.size > 0 ? text.data : NULL);
}

static void put_items(struct strbuf *buf, const struct notice *notice)
{
    json_name(buf, "items");
    json_open(buf, '[');
    for (size_t i = 0; i < notice->item_count; i++) {
        const struct notice_item *item = &notice->items[i];
        json_comma(buf);
        json_open(buf, '{');
        json_field_text(buf, "what", item->what);
        put_id(buf, "incident", item->incident);
        json_field_text(buf, "host", item->host);
        json_field_text(buf, "tag", item->tag);
        json_field_text(buf, "severity", item->severity);
        json_field_text(buf, "text", item->text);
        put_moment(buf, "time", item->time);
        json_close(buf, '}');
    }
    json_close(buf, ']');
}

/* The end of it, as a person would see it. */
static void put_output(struct strbuf *buf, const char *name, const struct bytes *bytes)
{
    AUTO(strbuf) struct strbuf text = {0};
    if (!bytes->data) {
        json_field_null(buf, name);
        return;
    }
    readable_text(&text, bytes->data, bytes->size);
    size_t start = text.size ? readable_tail(&text, TAIL_LINES, TAIL_SIZE) : 0;
    json_field_text(buf, name, strbuf_text(&text) + start);
}

static void put_message(struct strbuf *buf, const struct message *message)
{
    json_open(buf, '{');
    json_field_text(buf, "id", message->id);
    json_field_text(buf, "kind", message_kind_name(message->kind));
    put_moment(buf, "time", message->time);
    json_field_text(buf, "user", message->user);
    json_field_text(buf, "err", message_err_name(message->err));
    if (message->status >= 0)
        json_field_number(buf, "status", message->status);
    else
        json_field_null(buf, "status");
    put_id(buf, "signal", message->signal);
    if (message->elapsed >= 0)
        json_field_real(buf, "elapsed", message->elapsed, 3);
    else
        json_field_null(buf, "elapsed");
    put_output(buf, "command", &message->command);
    json_field_text(buf, "subject", message->subject);
    json_field_text(buf, "text", message->text);
    put_output(buf, "stdout", &message->out.kept);
    put_output(buf, "stderr", &message->errors.kept);
    json_close(buf, '}');
}

static void put_news(struct strbuf *buf, const struct news *news)
{
    json_open(buf, '{');
    json_name(buf, "good");
    json_open(buf, '{');
    json_field_text(buf, "id", news->good->id);
    put_moment(buf, "time", news->good->time);
    if (news->good->elapsed >= 0)
        json_field_real(buf, "elapsed", news->good->elapsed, 3);
    json_close(buf, '}');
    put_moment(buf, "booted", news->booted);
    put_lines(buf, "lines", (const char *const *)news->lines.items, news->lines.count);
    put_lines(buf, "packages", (const char *const *)news->packages.items,
              news->packages.count);
    json_close(buf, '}');
}

void object_put(struct strbuf *buf, const struct notice *notice, int64_t now)
{
    const struct putting putting = {.notice = notice, .now = now};
    json_open(buf, '{');
    json_field_number(buf, "v", 1);
    put_field(buf, "what", &putting, TEMPLATE_WHAT);
    json_field_number(buf, "telling", notice->number);
    put_id(buf, "incident", notice->incident);
    json_field_text(buf, "host", notice->host);
    json_field_text(buf, "tag", notice->tag);
    put_field(buf, "severity", &putting, TEMPLATE_SEVERITY);
    put_field(buf, "before", &putting, TEMPLATE_BEFORE);
    put_field(buf, "text", &putting, TEMPLATE_TEXT);
    put_field(buf, "since", &putting, TEMPLATE_SINCE);
    put_field(buf, "until", &putting, TEMPLATE_UNTIL);
    put_moment(buf, "made", notice->made);
    put_field(buf, "notifier", &putting, TEMPLATE_NOTIFIER);
    put_field(buf, "headline", &putting, TEMPLATE_HEADLINE);
    put_field(buf, "story", &putting, TEMPLATE_STORY);
    put_lines(buf, "why", notice->why, notice->why_count);
    put_explained(buf, notice);
    put_items(buf, notice);
    json_name(buf, "message");
    if (notice->message)
        put_message(buf, notice->message);
    else
        strbuf_puts(buf, "null");
    json_name(buf, "news");
    if (notice->news.good)
        put_news(buf, &notice->news);
    else
        strbuf_puts(buf, "null");
    json_close(buf, '}');
}
