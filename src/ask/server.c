// SPDX-License-Identifier: GPL-3.0-or-later
/* server - the oracle behind the door: a question is a POST /v1/ask. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "ask/interrupt.h"
#include "ask/oracle.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "look/fetch.h"
#include "queue/http.h"

#define PATIENCE 600000 /* ms, where the question has no time of its own */
#define GRACE    10000  /* ms that an answer may take on its way */

/* ---- what is sent ---- */

/* What a time without a zone means is known here, not there. */
static void put_time(void *times, const char *token, size_t size)
{
    AUTO(str) char *text = memory_copy(token, size);
    int64_t time;
    if (clock_parse_local(text, &time) == 0)
        json_object_set_new(times, text, json_integer(time));
}

static void put_words(json_t *body, const struct pieces *pieces,
                      const struct question *question)
{
    AUTO(strbuf) struct strbuf text = {0};
    json_t *args = json_array(), *times = json_object();
    pieces_join(pieces, &text);
    strbuf_puts(&text, question->text ? question->text : "");
    parse_each_local_time(strbuf_text(&text), text.size, put_time, times);
    for (size_t i = 0; i < question->arg_count; i++) {
        const char *arg = question->args[i];
        parse_each_local_time(arg, strlen(arg), put_time, times);
        json_array_append_new(args, json_string(arg));
    }
    if (question->saved) {
        json_object_set_new(body, "saved", json_string(question->saved));
        json_object_set(body, "args", args);
    } else {
        json_object_set_new(body, "question", json_string(strbuf_text(&text)));
    }
    json_decref(args);
    if (json_object_size(times) > 0)
        json_object_set(body, "times", times);
    json_decref(times);
}

static void put_number(json_t *body, const char *name, int64_t value, bool is_said)
{
    if (is_said)
        json_object_set_new(body, name, json_integer(value));
}

static json_t *make_body(const struct pieces *pieces, const struct question *question)
{
    static const char *const wishes[] = {
        [WANTED_PROOFS] = "why", [WANTED_COUNT] = "count", [WANTED_WHY_NOT] = "why_not",
        [WANTED_SQL] = "sql",    [WANTED_PLAN] = "plan",
    };
    json_t *body = json_object();
    put_words(body, pieces, question);
    if (wishes[question->wanted])
        json_object_set_new(body, wishes[question->wanted], json_true());
    put_number(body, "limit", question->limit, question->limit >= 0);
    put_number(body, "since", question->since, question->since != 0);
    put_number(body, "now", question->now, question->now != 0);
    put_number(body, "timeout", question->timeout, question->timeout != 0);
    return body;
}

/* JSON knows no other bytes. */
static bool is_utf8(const struct pieces *pieces, const struct question *question)
{
    bool is_good = true;
    for (size_t i = 0; i < pieces->count; i++)
        is_good &= utf8_is_valid(pieces->items[i].text, pieces->items[i].size);
    for (size_t i = 0; i < question->arg_count; i++)
        is_good &= utf8_is_valid(question->args[i], strlen(question->args[i]));
    const char *words[] = {question->text, question->saved};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_good &= !words[i] || utf8_is_valid(words[i], strlen(words[i]));
    return is_good;
}

/* ---- what comes back ---- */

static char *text_of(const json_t *object, const char *name)
{
    return text_copy(json_string_value(json_object_get(object, name)));
}

/* A refusal that names a place is one of the question; so is any 400. */
static int refuse(const struct pieces *pieces, const json_t *refusal, int rc,
                  const struct error *err, struct complaint *complaint)
{
    if (!json_object_get(refusal, "what") || !json_object_get(refusal, "name"))
        return complain(complaint, NULL, rc, "%s", err->text);
    complaint_clear(complaint);
    *complaint = (struct complaint){
        .name = text_of(refusal, "name"),
        .line = (int)json_integer_value(json_object_get(refusal, "line")),
        .column = (int)json_integer_value(json_object_get(refusal, "column")),
        .what = text_of(refusal, "what"),
        .excerpt = text_of(refusal, "excerpt"),
    };
    if (strcmp(complaint->name ? complaint->name : "", "question") == 0)
        pieces_place(pieces, complaint);
    return rc;
}

static int ask(void *state, const struct pieces *pieces,
               const struct question *question, struct json_t **ret,
               struct complaint *complaint)
{
    struct error err = {0};
    if (!is_utf8(pieces, question))
        return complain(complaint, NULL, -EINVAL, "what is asked is not UTF-8");
    json_auto_t *refusal = NULL;
    json_auto_t *body = make_body(pieces, question);
    int64_t patience = question->timeout ? question->timeout + GRACE : PATIENCE;
    interrupt_begin(NULL, NULL);
    int rc = fetch_send(state, "/v1/ask", body, patience, ret, &refusal, &err);
    interrupt_end();
    return rc < 0 ? refuse(pieces, refusal, rc, &err, complaint) : 0;
}

static int get(struct http *http, const char *path, struct json_t **ret,
               struct complaint *complaint)
{
    struct error err;
    interrupt_begin(NULL, NULL);
    int rc = fetch_get(http, path, ret, &err);
    interrupt_end();
    return rc < 0 ? complain(complaint, NULL, rc, "%s", err.text) : 0;
}

static int relations(void *state, struct json_t **ret, struct complaint *complaint)
{
    return get(state, "/v1/relations", ret, complaint);
}

static int rules(void *state, const struct pieces *pieces UNUSED, struct json_t **ret,
                 struct complaint *complaint)
{
    return get(state, "/v1/rules", ret, complaint);
}

static void close_state(void *state)
{
    http_close(state);
}

int oracle_open_server(const char *conf, struct oracle *ret, struct error *err)
{
    AUTO(http) struct http *http = NULL;
    int rc = fetch_open(conf, &http, err);
    if (rc < 0)
        return rc;
    http_set_stop(http, interrupt_flag());
    *ret = (struct oracle){
        .name = "server",
        .state = TAKE(http),
        .ask = ask,
        .relations = relations,
        .rules = rules,
        .close = close_state,
    };
    return 0;
}
