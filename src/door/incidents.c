// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - what rules said is wrong, who was told of it, and that somebody knows. */
#include <errno.h>
#include <stdlib.h>

#include "alert/digest.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/answer.h"
#include "door/order.h"
#include "door/question.h"
#include "door/routes.h"

#define INCIDENT_LIMIT 1000 /* in a list, where no other is asked for */
#define TELLING_LIMIT  100
#define DIGEST_SPAN    86400000 /* ms, where no since is asked for */

/* ---- an incident ---- */

static void put_acknowledgement(struct strbuf *json, const struct incident *incident)
{
    json_name(json, "acknowledged");
    if (incident->acknowledged_until == 0) {
        strbuf_puts(json, "null");
        return;
    }
    json_open(json, '{');
    answer_time(json, "until", incident->acknowledged_until);
    json_field_text(json, "by", incident->acknowledged_by);
    json_field_text(json, "reason", incident->acknowledged_reason);
    json_close(json, '}');
}

static void put_incident(struct strbuf *json, const struct incident *incident)
{
    json_field_number(json, "number", incident->number);
    json_field_text(json, "host", incident->host);
    json_field_text(json, "tag", incident->tag);
    json_field_text(json, "severity", incident->severity);
    json_field_text(json, "text", incident->text);
    answer_time(json, "since", incident->began);
    answer_time_if_any(json, "until", incident->ended);
    answer_time(json, "changed", incident->changed);
    json_field_text(json, "message", incident->message);
    json_name(json, "held");
    strbuf_puts(json, incident->held);
    put_acknowledgement(json, incident);
}

static int put_row(const struct incident *incident, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    put_incident(json, incident);
    json_close(json, '}');
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

void get_incidents(struct request *request, struct store *store)
{
    struct error why = {0};
    struct incident_filter filter = {.limit = INCIDENT_LIMIT};
    if (question_of_incidents(request, &filter, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    filter.all |= filter.since != 0;
    AUTO(strbuf) struct strbuf json = {0};
    int64_t now = clock_now();
    json_open(&json, '{');
    answer_time(&json, "now", now);
    json_name(&json, "incidents");
    json_open(&json, '[');
    int rc = store_each_incident(store, &filter, now, put_row, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- what was told ---- */

static int put_telling(const struct telling *telling, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_number(json, "number", telling->number);
    json_field_text(json, "what", telling_kind_name(telling->kind));
    if (telling->incident > 0)
        json_field_number(json, "incident", telling->incident);
    else
        json_field_null(json, "incident");
    json_field_text(json, "host", telling->host);
    json_field_text(json, "tag", telling->tag);
    json_field_text(json, "notifier", telling->notifier);
    json_field_text(json, "address", telling->address);
    answer_time(json, "made", telling->made);
    answer_time(json, "due", telling->due);
    json_field_number(json, "tries", telling->tries);
    answer_time_if_any(json, "failed", telling->failed);
    json_field_text(json, "why", telling->why);
    answer_time_if_any(json, "told", telling->told);
    json_name(json, "body");
    strbuf_puts(json, telling->body);
    json_close(json, '}');
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

static int put_tellings(struct strbuf *json, struct store *store,
                        const struct telling_filter *filter, struct error *err)
{
    json_name(json, "tellings");
    json_open(json, '[');
    int rc = store_each_telling(store, filter, put_telling, json, err);
    json_close(json, ']');
    return rc;
}

void get_tellings(struct request *request, struct store *store)
{
    struct error why = {0};
    struct telling_filter filter = {.limit = TELLING_LIMIT};
    if (question_of_tellings(request, &filter, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    answer_time(&json, "now", clock_now());
    int rc = put_tellings(&json, store, &filter, &why);
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* What a digest of so long would say; its rules take as long as a question may. */
void get_digest(struct request *request, struct store *store)
{
    struct error why = {0};
    int64_t now = clock_now(), since = now - DIGEST_SPAN;
    AUTO(strbuf) struct strbuf text = {0}, subject = {0}, json = {0};
    if (question_of_digest(request, &since, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    int rc = digest_put(store, request->library, since, now, &text, &subject, &why);
    json_open(&json, '{');
    answer_time(&json, "from", since);
    answer_time(&json, "to", now);
    json_field_text(&json, "subject", strbuf_text(&subject));
    json_field_text(&json, "text", strbuf_text(&text));
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- all of one ---- */

static int put_whole(const struct incident *incident, void *context)
{
    struct strbuf *json = context;
    put_incident(json, incident);
    json_name(json, "why");
    strbuf_puts(json, incident->why);
    return 0;
}

static int put_informed(const struct informed *informed, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "notifier", informed->notifier);
    json_field_text(json, "address", informed->address);
    json_field_text(json, "severity", informed->severity);
    answer_time(json, "time", informed->time);
    json_close(json, '}');
    return 0;
}

static int put_page(struct strbuf *json, struct store *store, int64_t number,
                    struct error *err)
{
    int64_t now = clock_now();
    json_open(json, '{');
    answer_time(json, "now", now);
    int rc = store_find_incident(store, number, now, put_whole, json, err);
    if (rc < 0)
        return rc;
    json_name(json, "informed");
    json_open(json, '[');
    rc = store_each_informed(store, number, put_informed, json, err);
    json_close(json, ']');
    if (rc == 0)
        rc = put_tellings(
            json, store,
            &(struct telling_filter){.incident = number, .limit = QUESTION_LIMIT_MAX},
            err);
    json_close(json, '}');
    return rc;
}

static void refuse_unknown(struct request *request, int64_t number, const char *is)
{
    request_refuse(request, MHD_HTTP_NOT_FOUND, "no alert%s has the number %lld", is,
                   (long long)number);
}

void get_incident(struct request *request, struct store *store)
{
    struct error why = {0};
    if (question_of_nothing(request, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    int64_t number = answer_read_number(request, "an alert");
    if (number == 0)
        return;
    AUTO(strbuf) struct strbuf json = {0};
    int rc = put_page(&json, store, number, &why);
    if (rc == -ENOENT)
        refuse_unknown(request, number, "");
    else
        answer_found(request, rc, &json, &why);
}

/* ---- "I know" ---- */

struct acknowledgement {
    int64_t until, length;
    const char *reason, *by;
    char *who;
};

static void acknowledgement_clear(struct acknowledgement *acknowledgement)
{
    free(acknowledgement->who);
}
AUTO_DEFINE_CLEAR(acknowledgement)

#define AT(member) offsetof(struct acknowledgement, member)

static const struct order_field fields[] = {
    {"for", ORDER_DURATION, AT(length)},
    {"until", ORDER_TIME, AT(until)},
    {"reason", ORDER_TEXT, AT(reason)},
    {"by", ORDER_TEXT, AT(by)},
    {NULL, ORDER_TEXT, 0},
};

static int acknowledge(struct request *request, struct store *store, int64_t number,
                       struct acknowledgement *acknowledgement, struct error *err)
{
    int64_t now = clock_now(), until = 0;
    int rc = order_read_end(now, acknowledgement->until, acknowledgement->length,
                            &until, err);
    if (rc < 0)
        return rc;
    acknowledgement->until = until;
    acknowledgement->who = order_who(request, acknowledgement->by);
    rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_acknowledge(store, number, now, until,
                           acknowledgement->reason ? acknowledgement->reason : "",
                           acknowledgement->who, err);
    touched_add(request->touched, "acknowledged", NULL, NULL);
    return order_end(store, rc, err);
}

void post_acknowledgement(struct request *request, struct store *store)
{
    struct error why = {0};
    AUTO(order) struct order order = {0};
    AUTO(acknowledgement) struct acknowledgement acknowledgement = {0};
    int64_t number = answer_read_number(request, "an alert");
    if (number == 0)
        return;
    int rc = order_read(request, fields, &acknowledgement, &order, &why);
    if (rc == 0)
        rc = acknowledge(request, store, number, &acknowledgement, &why);
    if (rc == -ENOENT) {
        refuse_unknown(request, number, " that goes on");
    } else if (rc < 0) {
        order_refuse(request, rc, &why);
    } else {
        AUTO(strbuf) struct strbuf json = {0};
        json_open(&json, '{');
        json_field_number(&json, "acknowledged", number);
        answer_time(&json, "until", acknowledgement.until);
        json_field_text(&json, "by", acknowledgement.who);
        json_close(&json, '}');
        request_reply(request, MHD_HTTP_OK, &json);
    }
}
