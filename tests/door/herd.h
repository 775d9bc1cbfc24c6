// SPDX-License-Identifier: GPL-3.0-or-later
/* herd - messages of a daemon that are handled before the door is asked about them. */
#ifndef TESTS_DOOR_HERD_H
#define TESTS_DOOR_HERD_H

#include "visit.h"

#include "handler/handler.h"
#include "message/message.h"

/* A message without v, id and time, which is "HH:MM" of 22 November 2026. */
static inline void herd_send(struct visit *visit, const char *time, const char *fields)
{
    AUTO(str)
    char *json = text_format("{\"time\":\"2026-11-22T%s:00Z\",%s}", time, fields);
    struct message_defaults defaults = {.now = clock_now(), .host = "penguin2"};
    struct message *message;
    struct handling handling = {.store = visit->store, .config = visit->config};
    struct error why = {0};
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, &why), 0);
    handling.came = handling.now = message->time;
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(handler_run(&handling, message, &why), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    message_free(message);
}

/* The status of the answer to a request without a body. */
static inline int herd_ask(struct visit *visit, const char *line, const char *token)
{
    return visit_status(visit_ask(visit, line, token, NULL));
}

static inline const char *herd_body(const struct visit *visit)
{
    const char *end = strstr(strbuf_text(&visit->reply), "\r\n\r\n");
    return end ? end + 4 : "";
}

/* The body behind {"now":TIME, */
static inline const char *herd_rest(const struct visit *visit)
{
    const char *body = herd_body(visit);
    assert_int_equal(strncmp(body, "{\"now\":\"", 8), 0);
    return strchr(body, ',') + 1;
}

#define HERD_PACKAGES                                                                  \
    "\"kind\":\"facts\",\"tag\":\"facts\",\"relation\":\"package\",\"columns\":"       \
    "[[\"name\",\"text\",\"key\"],[\"version\",\"version\"]],\"epoch\":1,"

/* Two packages at noon, one of them newer at 13:00. */
static inline void herd_send_packages(struct visit *visit)
{
    herd_send(visit, "12:00",
              HERD_PACKAGES "\"counter\":1,\"after\":0,\"is\":\"whole\",\"add\":"
                            "[[\"nginx\",\"1.22.0-1\"],[\"curl\",\"7.88\"]]");
    herd_send(visit, "13:00",
              HERD_PACKAGES "\"counter\":2,\"after\":1,\"is\":\"change\",\"add\":"
                            "[[\"nginx\",\"1.22.1-9\"]],\"remove\":"
                            "[[\"nginx\",\"1.22.0-1\"]]");
}

#endif
