// SPDX-License-Identifier: GPL-3.0-or-later
/* get - what is asked of the store, as JSON. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/answer.h"
#include "door/question.h"
#include "door/routes.h"

#define PART_SIZE_MIN 4 /* characters of an id that name a message */

void get_messages(struct request *request, struct store *store)
{
    struct error why = {0};
    struct message_filter filter;
    if (question_of_messages(request, &filter, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_name(&json, "messages");
    json_open(&json, '[');
    int rc = store_each_message(store, &filter, answer_message, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

static bool is_part_of_id(const char *text)
{
    size_t length = strlen(text);
    return length >= PART_SIZE_MIN && length < UUID_SIZE &&
           strspn(text, "0123456789abcdef-") == length;
}

void get_message(struct request *request, struct store *store)
{
    struct error why = {0};
    const char *part = request->rest;
    int rc = question_of_nothing(request, &why);
    if (rc == 0 && !is_part_of_id(part))
        rc = error_set(&why, -EINVAL,
                       "found \"%.60s\", expected an id, or a part of one of at least "
                       "%d characters",
                       part, PART_SIZE_MIN);
    if (rc < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    rc = store_find_message(store, part, answer_message, &json, &why);
    if (rc == -ENOENT)
        request_refuse(request, MHD_HTTP_NOT_FOUND, "no message has an id with %s",
                       part);
    else if (rc == -ENOTUNIQ)
        request_refuse(request, MHD_HTTP_CONFLICT,
                       "several messages have an id with %s; say more of it", part);
    else
        answer_found(request, rc, &json, &why);
}

void get_status(struct request *request, struct store *store)
{
    struct error why = {0};
    bool failed;
    if (question_of_states(request, &failed, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    answer_time(&json, "now", clock_now());
    json_name(&json, "states");
    json_open(&json, '[');
    int rc = store_each_state(store, failed, answer_state, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* As the last writes went: nothing is tried for the asking. */
void get_health(struct request *request, struct store *store UNUSED)
{
    const struct embedded *embedded = request->lobby->parts.embedded;
    int store_rc = embedded_store_rc(embedded);
    int rc = store_rc < 0 ? store_rc : embedded_journal_rc(embedded);
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_name(&json, "ok");
    strbuf_puts(&json, rc < 0 ? "false" : "true");
    json_field_text(&json, "version", VERSION);
    if (rc < 0) {
        AUTO(str)
        char *why = text_format("the %s cannot be written: %s",
                                store_rc < 0 ? "store" : "queue", strerror(-rc));
        json_field_text(&json, "error", why);
    }
    json_close(&json, '}');
    request_reply(request, rc < 0 ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK, &json);
}
