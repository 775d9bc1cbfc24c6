// SPDX-License-Identifier: GPL-3.0-or-later
/* silences - what is not to be told for a while: seen, made, and ended before their
 * time. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/answer.h"
#include "door/order.h"
#include "door/question.h"
#include "door/routes.h"

#define TAGS_SHOWN 100 /* of those that a new one holds */

/* ---- seen ---- */

static void put_calendar(struct strbuf *json, const struct silence *silence)
{
    json_field_text(json, "calendar", silence->calendar);
    if (!silence->calendar)
        return;
    json_field_text(json, "zone", silence->zone);
    json_field_number(json, "length", silence->length);
    answer_time(json, "start", silence->start);
    answer_time(json, "stop", silence->stop);
}

static int put_silence(const struct silence *silence, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_number(json, "number", silence->number);
    json_field_text(json, "host", silence->host);
    json_field_text(json, "tag", silence->tag);
    answer_time(json, "from", silence->began);
    answer_time(json, "until", silence->until);
    json_name(json, "until_recovery");
    strbuf_puts(json, silence->until_recovery ? "true" : "false");
    put_calendar(json, silence);
    json_field_text(json, "reason", silence->reason);
    json_field_text(json, "by", silence->who);
    answer_time(json, "made", silence->made);
    json_close(json, '}');
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

void get_silences(struct request *request, struct store *store)
{
    struct error why = {0};
    bool all = false;
    if (question_of_silences(request, &all, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    int64_t now = clock_now();
    json_open(&json, '{');
    answer_time(&json, "now", now);
    json_name(&json, "silences");
    json_open(&json, '[');
    int rc = store_each_silence(store, now, all, put_silence, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- made ---- */

/* What is asked for, and the silence that it becomes. */
struct wish {
    struct silence silence;
    int64_t length; /* of all of it, where that is said */
    char *who;
};

static void wish_clear(struct wish *wish)
{
    free(wish->who);
}
AUTO_DEFINE_CLEAR(wish)

#define AT(member) offsetof(struct wish, member)

static const struct order_field fields[] = {
    {"host", ORDER_TEXT, AT(silence.host)},
    {"tag", ORDER_TEXT, AT(silence.tag)},
    {"from", ORDER_TIME, AT(silence.began)},
    {"for", ORDER_DURATION, AT(length)},
    {"until", ORDER_TIME, AT(silence.until)},
    {"calendar", ORDER_TEXT, AT(silence.calendar)},
    {"zone", ORDER_TEXT, AT(silence.zone)},
    {"length", ORDER_DURATION, AT(silence.length)},
    {"until_recovery", ORDER_FLAG, AT(silence.until_recovery)},
    {"reason", ORDER_TEXT, AT(silence.reason)},
    {"by", ORDER_TEXT, AT(silence.who)},
    {NULL, ORDER_TEXT, 0},
};

/* For so long from its beginning on, where that is said. */
static int complete(const struct request *request, struct wish *wish, struct error *err)
{
    struct silence *silence = &wish->silence;
    silence->made = clock_now();
    if (silence->began == 0)
        silence->began = silence->made;
    int rc = order_read_end(silence->began, silence->until, wish->length,
                            &silence->until, err);
    if (rc < 0)
        return rc;
    if (!silence->calendar && (silence->length > 0 || silence->zone))
        return error_set(err, -EINVAL,
                         "fields \"length\" and \"zone\": expected \"calendar\", too");
    wish->who = order_who(request, silence->who);
    silence->who = wish->who;
    silence->host = silence->host ? silence->host : "";
    silence->tag = silence->tag ? silence->tag : "";
    silence->reason = silence->reason ? silence->reason : "";
    return 0;
}

/* What it holds, while it is written. */
struct matches {
    struct strbuf alerts, tags;
    int64_t tag_count;
};

static void matches_clear(struct matches *matches)
{
    strbuf_clear(&matches->alerts);
    strbuf_clear(&matches->tags);
}
AUTO_DEFINE_CLEAR(matches)

static void put_match(void *context, const char *host, const char *tag,
                      int64_t incident, const char *severity)
{
    struct matches *matches = context;
    struct strbuf *json = severity ? &matches->alerts : &matches->tags;
    if (!severity && matches->tag_count++ >= TAGS_SHOWN)
        return;
    json_comma(json);
    json_open(json, '{');
    if (severity)
        json_field_number(json, "number", incident);
    json_field_text(json, "host", host);
    json_field_text(json, "tag", tag);
    if (severity)
        json_field_text(json, "severity", severity);
    json_close(json, '}');
}

static int make(struct request *request, struct store *store, struct wish *wish,
                struct matches *matches, struct error *err)
{
    struct silence *silence = &wish->silence;
    int rc = complete(request, wish, err);
    if (rc == 0)
        rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_put_silence(store, silence, &silence->number, err);
    if (rc == 0)
        rc = store_each_matched(store, silence->host, silence->tag, put_match, matches,
                                err);
    touched_add(request->touched, "silence", NULL, NULL);
    return order_end(store, rc, err);
}

static void reply_made(struct request *request, const struct wish *wish,
                       const struct matches *matches)
{
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_number(&json, "number", wish->silence.number);
    answer_time(&json, "from", wish->silence.began);
    answer_time(&json, "until", wish->silence.until);
    json_field_text(&json, "by", wish->who);
    json_name(&json, "alerts");
    strbuf_printf(&json, "[%s]", strbuf_text(&matches->alerts));
    json_name(&json, "tags");
    strbuf_printf(&json, "[%s]", strbuf_text(&matches->tags));
    json_field_number(&json, "tag_count", matches->tag_count);
    json_close(&json, '}');
    request_reply(request, MHD_HTTP_OK, &json);
}

void post_silence(struct request *request, struct store *store)
{
    struct error why = {0};
    AUTO(order) struct order order = {0};
    AUTO(wish) struct wish wish = {0};
    AUTO(matches) struct matches matches = {0};
    int rc = order_read(request, fields, &wish, &order, &why);
    if (rc == 0)
        rc = make(request, store, &wish, &matches, &why);
    if (rc < 0)
        order_refuse(request, rc, &why);
    else
        reply_made(request, &wish, &matches);
}

/* ---- ended ---- */

void delete_silence(struct request *request, struct store *store)
{
    struct error why = {0};
    int64_t number = answer_read_number(request, "a silence");
    if (number == 0)
        return;
    int rc = store_begin(store, &why);
    if (rc == 0)
        rc =
            order_end(store, store_end_silence(store, number, clock_now(), &why), &why);
    touched_add(request->touched, "silence", NULL, NULL);
    if (rc == -ENOENT) {
        request_refuse(request, MHD_HTTP_NOT_FOUND,
                       "no silence that lasts has the number %lld", (long long)number);
    } else if (rc < 0) {
        order_refuse(request, rc, &why);
    } else {
        AUTO(strbuf) struct strbuf json = {0};
        json_open(&json, '{');
        json_field_number(&json, "ended", number);
        json_close(&json, '}');
        request_reply(request, MHD_HTTP_OK, &json);
    }
}
