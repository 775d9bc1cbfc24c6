// SPDX-License-Identifier: GPL-3.0-or-later
#include "herd.h"

#include "store/incidents.h"
#include "store/touched.h"

#define BEGAN 1795000000000 /* 2026-11-18T11:06:40Z */

static int64_t open_one(struct visit *visit, const char *host, const char *tag)
{
    struct incident incident = {.host = host,
                                .tag = tag,
                                .severity = "fail",
                                .text = "it \"failed\"",
                                .began = BEGAN,
                                .why = "{\"kind\":\"rule\"}"};
    int64_t number = 0;
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_open_incident(visit->store, &incident, &number, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    return number;
}

static void close_one(struct visit *visit, int64_t number, int64_t ended)
{
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_close_incident(visit->store, number, ended, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
}

static void tell_one(struct visit *visit, int64_t incident, int64_t made, bool is_told)
{
    struct telling telling = {.kind = TELLING_NEW,
                              .incident = incident,
                              .host = "ewe",
                              .tag = "backup",
                              .notifier = "mailto",
                              .address = "a@b",
                              .body = "{\"severity\":\"fail\"}",
                              .made = made};
    struct informed informed = {"mailto", "a@b", "fail", made};
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_put_telling(visit->store, &telling, NULL), 0);
    assert_int_equal(store_put_informed(visit->store, incident, &informed, NULL), 0);
    if (is_told)
        assert_int_equal(store_telling_told(visit->store, 1, made, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
}

static int post(struct visit *visit, const char *line, const char *body)
{
    return visit_status(visit_ask(visit, line, NULL, body));
}

/* ---- seen ---- */

static void lists_what_goes_on_newest_first(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/incidents", NULL), 200);
    assert_string_equal(herd_rest(visit), "\"incidents\":[]}\n");
    open_one(visit, "ewe", "backup");
    close_one(visit, open_one(visit, "ram", "web"), BEGAN + 1000);
    assert_int_equal(herd_ask(visit, "GET /v1/incidents", NULL), 200);
    assert_string_equal(
        herd_rest(visit),
        "\"incidents\":[{\"number\":1,\"host\":\"ewe\",\"tag\":\"backup\",\"severity\":"
        "\"fail\",\"text\":\"it \\\"failed\\\"\",\"since\":\"2026-11-18T11:06:40.000Z\""
        ",\"until\":null,\"changed\":\"2026-11-18T11:06:40.000Z\",\"message\":null,"
        "\"held\":[],\"acknowledged\":null}]}\n");
    herd_ask(visit, "GET /v1/incidents?all=1", NULL);
    assert_has(herd_rest(visit), "\"incidents\":[{\"number\":2,");
    assert_has(herd_rest(visit), "\"until\":\"2026-11-18T11:06:41.000Z\"");
}

static void lists_a_part_of_them(void **state)
{
    struct visit *visit = *state;
    open_one(visit, "ewe", "backup");
    open_one(visit, "ram", "web");
    close_one(visit, open_one(visit, "ram", "mail"), BEGAN + 1000);
    herd_ask(visit, "GET /v1/incidents?host=ewe", NULL);
    assert_has(herd_rest(visit), "\"number\":1,");
    assert_lacks(herd_rest(visit), "\"number\":2,");
    herd_ask(visit, "GET /v1/incidents?limit=1&before=2", NULL);
    assert_has(herd_rest(visit), "[{\"number\":1,");
    herd_ask(visit, "GET /v1/incidents?since=2026-11-18T11:06:41Z", NULL);
    assert_has(herd_rest(visit), "\"number\":3,");
    herd_ask(visit, "GET /v1/incidents?since=2026-11-18T11:06:42Z", NULL);
    assert_lacks(herd_rest(visit), "\"number\":3,");
    assert_int_equal(herd_ask(visit, "GET /v1/incidents?hots=ewe", NULL), 400);
    assert_has(herd_body(visit), "did you mean host?");
}

static void shows_one_with_who_knows_and_what_was_told(void **state)
{
    struct visit *visit = *state;
    tell_one(visit, open_one(visit, "ewe", "backup"), BEGAN, true);
    assert_int_equal(herd_ask(visit, "GET /v1/incidents/1", NULL), 200);
    assert_has(herd_rest(visit),
               "\"why\":{\"kind\":\"rule\"},\"informed\":[{\"notifier\":\"mailto\","
               "\"address\":\"a@b\",\"severity\":\"fail\",\"time\":"
               "\"2026-11-18T11:06:40.000Z\"}],\"tellings\":[{\"number\":1,\"what\":"
               "\"new\",\"incident\":1,\"host\":\"ewe\",\"tag\":\"backup\"");
    assert_has(herd_rest(visit), "\"told\":\"2026-11-18T11:06:40.000Z\",\"body\":"
                                 "{\"severity\":\"fail\"}}]}");
}

static void knows_what_is_no_number(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/incidents/7", NULL), 404);
    assert_has(herd_body(visit), "no alert has the number 7");
    assert_int_equal(herd_ask(visit, "GET /v1/incidents/x", NULL), 400);
    assert_int_equal(herd_ask(visit, "GET /v1/incidents/0", NULL), 400);
    assert_int_equal(herd_ask(visit, "GET /v1/incidents/1/acknowledge", NULL), 405);
}

static void lists_tellings_that_wait(void **state)
{
    struct visit *visit = *state;
    tell_one(visit, open_one(visit, "ewe", "backup"), BEGAN, true);
    tell_one(visit, open_one(visit, "ram", "backup"), BEGAN + 1000, false);
    herd_ask(visit, "GET /v1/tellings", NULL);
    assert_has(herd_rest(visit), "\"tellings\":[{\"number\":2,");
    assert_has(herd_rest(visit), "{\"number\":1,");
    herd_ask(visit, "GET /v1/tellings?waiting=1", NULL);
    assert_lacks(herd_rest(visit), "{\"number\":1,");
    herd_ask(visit, "GET /v1/tellings?incident=1", NULL);
    assert_lacks(herd_rest(visit), "{\"number\":2,");
    herd_ask(visit, "GET /v1/tellings?since=2026-11-18T11:06:41Z", NULL);
    assert_lacks(herd_rest(visit), "{\"number\":1,");
}

static void tells_what_a_digest_would_say(void **state)
{
    struct visit *visit = *state;
    open_one(visit, "ewe", "backup");
    assert_int_equal(herd_ask(visit, "GET /v1/digest?since=2026-11-18T00:00:00Z", NULL),
                     200);
    assert_has(herd_body(visit), "{\"from\":\"2026-11-18T00:00:00.000Z\",\"to\":\"");
    assert_has(herd_body(visit), "ewe backup");
    assert_int_equal(herd_ask(visit, "GET /v1/digest?since=x", NULL), 400);
}

/* ---- "I know" ---- */

#define ACKNOWLEDGE "POST /v1/incidents/1/acknowledge"

static void takes_that_somebody_knows(void **state)
{
    struct visit *visit = *state;
    open_one(visit, "ewe", "backup");
    assert_int_equal(post(visit, ACKNOWLEDGE,
                          "{\"for\":\"1d\",\"reason\":\"a new disk\",\"by\":\"wrk\"}"),
                     200);
    assert_has(herd_body(visit), "{\"acknowledged\":1,\"until\":\"");
    assert_has(herd_body(visit), "\"by\":\"wrk\"}");
    assert_true(touched_has(visit->touched, "acknowledged"));
    herd_ask(visit, "GET /v1/incidents", NULL);
    assert_has(herd_rest(visit), "\"by\":\"wrk\",\"reason\":\"a new disk\"}");
}

static void knows_the_token_of_who_says_so(void **state)
{
    struct visit *visit = *state;
    open_one(visit, "ewe", "backup");
    AUTO(str) char *desk = visit_token(visit, "desk", ROLE_SHEPHERD, 0);
    AUTO(str) char *reader = visit_token(visit, "*", ROLE_READ, 0);
    const char *body = "{\"for\":\"1d\",\"reason\":\"r\",\"by\":\"wrk\"}";
    assert_int_equal(visit_status(visit_ask(visit, ACKNOWLEDGE, NULL, body)), 401);
    assert_int_equal(visit_status(visit_ask(visit, ACKNOWLEDGE, reader, body)), 403);
    assert_int_equal(herd_ask(visit, "GET /v1/incidents", reader), 200);
    assert_has(herd_rest(visit), "\"acknowledged\":null");
    assert_int_equal(visit_status(visit_ask(visit, ACKNOWLEDGE, desk, body)), 200);
    assert_has(herd_body(visit), "\"by\":\"wrk (token 1 of desk)\"");
    body = "{\"for\":\"1d\",\"reason\":\"r\"}";
    assert_int_equal(visit_status(visit_ask(visit, ACKNOWLEDGE, desk, body)), 200);
    assert_has(herd_body(visit), "\"by\":\"token 1 of desk\"");
}

static void refuses_what_has_no_end_no_reason_no_name(void **state)
{
    struct visit *visit = *state;
    static const char *const wrong[][2] = {
        {"{\"reason\":\"r\",\"by\":\"w\"}", "when does it end?"},
        {"{\"for\":\"1d\",\"until\":\"2026-11-22T09:48:08Z\"}", "found both"},
        {"{\"for\":\"1d\",\"by\":\"w\"}", "a reason and a name"},
        {"{\"for\":\"1d\",\"reason\":\"r\"}", "a reason and a name"},
        {"{\"for\":\"1d\",\"reason\":\"\"}", "\\\"reason\\\": found \\\"\\\""},
        {"{\"until\":\"2020-11-22T09:48:08Z\",\"reason\":\"r\",\"by\":\"w\"}",
         "later than now"},
        {"{\"for\":\"11y\",\"reason\":\"r\",\"by\":\"w\"}", "within ten years"},
        {"{\"for\":\"soon\"}", "a duration such as"},
        {"{\"for\":7}", "found 7, expected a duration"},
        {"{\"reasn\":\"r\"}", "did you mean reason?"},
        {"{\"for\":\"1d\",\"for\":\"2d\"}", "no JSON"},
        {"[]", "expected an object"},
        {"", "no JSON"},
    };
    open_one(visit, "ewe", "backup");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(post(visit, ACKNOWLEDGE, wrong[i][0]), 400);
        assert_has(herd_body(visit), wrong[i][1]);
    }
}

static void refuses_for_what_is_over(void **state)
{
    struct visit *visit = *state;
    const char *body = "{\"for\":\"1d\",\"reason\":\"r\",\"by\":\"w\"}";
    close_one(visit, open_one(visit, "ewe", "backup"), BEGAN + 1);
    assert_int_equal(post(visit, ACKNOWLEDGE, body), 404);
    assert_has(herd_body(visit), "no alert that goes on has the number 1");
}

static void refuses_a_long_body(void **state)
{
    struct visit *visit = *state;
    AUTO(strbuf) struct strbuf body = {0};
    open_one(visit, "ewe", "backup");
    while (body.size <= 70000)
        strbuf_puts(&body, "          ");
    assert_int_equal(post(visit, ACKNOWLEDGE, strbuf_text(&body)), 413);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(lists_what_goes_on_newest_first),
        VISIT_TEST(lists_a_part_of_them),
        VISIT_TEST(shows_one_with_who_knows_and_what_was_told),
        VISIT_TEST(knows_what_is_no_number),
        VISIT_TEST(lists_tellings_that_wait),
        VISIT_TEST(tells_what_a_digest_would_say),
        VISIT_TEST(takes_that_somebody_knows),
        VISIT_TEST(knows_the_token_of_who_says_so),
        VISIT_TEST(refuses_what_has_no_end_no_reason_no_name),
        VISIT_TEST(refuses_for_what_is_over),
        VISIT_TEST(refuses_a_long_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
