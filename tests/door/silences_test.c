// SPDX-License-Identifier: GPL-3.0-or-later
#include "herd.h"

#include "store/incidents.h"
#include "store/touched.h"

static int post(struct visit *visit, const char *body)
{
    return visit_status(visit_ask(visit, "POST /v1/silences", NULL, body));
}

#define WHO "\"reason\":\"moving disks\",\"by\":\"wrk\""

static void makes_one_and_lists_it(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(
        post(visit, "{\"host\":\"pen*\",\"tag\":\"*\",\"from\":\"2126-11-22T09:00:00Z\""
                    ",\"for\":\"2h\"," WHO "}"),
        400);
    assert_has(herd_body(visit), "within ten years");
    assert_int_equal(
        post(visit, "{\"host\":\"pen*\",\"tag\":\"*\",\"for\":\"2h\"," WHO "}"), 200);
    assert_has(herd_body(visit), "{\"number\":1,\"from\":\"");
    assert_has(herd_body(visit),
               "\"by\":\"wrk\",\"alerts\":[],\"tags\":[],\"tag_count\":0}");
    assert_true(touched_has(visit->touched, "silence"));
    assert_int_equal(herd_ask(visit, "GET /v1/silences", NULL), 200);
    assert_has(herd_rest(visit),
               "\"silences\":[{\"number\":1,\"host\":\"pen*\",\"tag\":\"*\",\"from\":");
    assert_has(herd_rest(visit), "\"until_recovery\":false,\"calendar\":null,"
                                 "\"reason\":\"moving disks\",\"by\":\"wrk\"");
}

static void says_what_it_holds(void **state)
{
    struct visit *visit = *state;
    struct incident incident = {
        .host = "penguin2", .tag = "b[1]", .severity = "fail", .text = "", .began = 1};
    int64_t number;
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_open_incident(visit->store, &incident, &number, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    herd_send(visit, "12:00", "\"kind\":\"note\",\"tag\":\"b[1]\",\"err\":\"FAIL\"");
    herd_send(visit, "12:00", "\"kind\":\"note\",\"tag\":\"b2\",\"err\":\"SUCCESS\"");
    herd_send(visit, "12:00", "\"kind\":\"note\",\"tag\":\"web\",\"err\":\"SUCCESS\"");
    post(visit, "{\"host\":\"penguin?\",\"tag\":\"b*\",\"for\":\"2h\"," WHO "}");
    assert_has(herd_body(visit),
               "\"alerts\":[{\"number\":1,\"host\":\"penguin2\",\"tag\":\"b[1]\","
               "\"severity\":\"fail\"}],\"tags\":[{\"host\":\"penguin2\",\"tag\":\"b2\""
               "}],\"tag_count\":1}");
    post(visit, "{\"host\":\"*\",\"tag\":\"b[1]\",\"for\":\"2h\"," WHO "}");
    assert_has(herd_body(visit), "\"alerts\":[{\"number\":1,");
}

static void takes_windows_of_a_calendar(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(post(visit,
                          "{\"host\":\"*\",\"tag\":\"*\",\"for\":\"1y\",\"calendar\":"
                          "\"Sat 02:00\",\"length\":\"4h\",\"zone\":\"UTC\"," WHO "}"),
                     200);
    herd_ask(visit, "GET /v1/silences", NULL);
    assert_has(herd_rest(visit), "\"calendar\":\"Sat 02:00\",\"zone\":\"UTC\","
                                 "\"length\":14400000,\"start\":");
}

static void refuses_what_makes_no_silence(void **state)
{
    struct visit *visit = *state;
    static const char *const wrong[][2] = {
        {"{\"host\":\"*\",\"tag\":\"*\"," WHO "}", "when does it end?"},
        {"{\"host\":\"*\",\"for\":\"1h\"," WHO "}", "a host and a tag"},
        {"{\"tag\":\"*\",\"for\":\"1h\"," WHO "}", "a host and a tag"},
        {"{\"host\":\"*\",\"tag\":\"*\",\"for\":\"1h\"}", "a reason and a name"},
        {"{\"host\":\"*\",\"tag\":\"*\",\"until\":\"2020-01-01T00:00:00Z\"," WHO "}",
         "ends after"},
        {"{\"host\":\"*\",\"tag\":\"*\",\"for\":\"1h\",\"length\":\"1h\"," WHO "}",
         "expected \\\"calendar\\\", too"},
        {"{\"host\":\"*\",\"tag\":\"*\",\"for\":\"1d\",\"calendar\":\"Sat 02:00\"," WHO
         "}",
         "how long it is"},
        {"{\"host\":\"*\",\"tag\":\"*\",\"for\":\"1d\",\"calendar\":\"Sax 02:00\","
         "\"length\":\"1h\"," WHO "}",
         "Sax"},
        {"{\"until_recovery\":\"yes\"}", "expected true or false"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(post(visit, wrong[i][0]), 400);
        assert_has(herd_body(visit), wrong[i][1]);
    }
    herd_ask(visit, "GET /v1/silences?all=1", NULL);
    assert_string_equal(herd_rest(visit), "\"silences\":[]}\n");
}

static void ends_one_before_its_time(void **state)
{
    struct visit *visit = *state;
    post(visit, "{\"host\":\"*\",\"tag\":\"*\",\"for\":\"2h\"," WHO "}");
    assert_int_equal(herd_ask(visit, "DELETE /v1/silences/1", NULL), 200);
    assert_string_equal(herd_body(visit), "{\"ended\":1}\n");
    assert_int_equal(herd_ask(visit, "DELETE /v1/silences/1", NULL), 404);
    assert_has(herd_body(visit), "no silence that lasts has the number 1");
    assert_int_equal(herd_ask(visit, "DELETE /v1/silences/x", NULL), 400);
    herd_ask(visit, "GET /v1/silences", NULL);
    assert_string_equal(herd_rest(visit), "\"silences\":[]}\n");
    herd_ask(visit, "GET /v1/silences?all=1", NULL);
    assert_has(herd_rest(visit), "\"number\":1,");
}

static void lets_none_change_who_may_only_see(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *reader = visit_token(visit, "*", ROLE_READ, 0);
    AUTO(str) char *barker = visit_token(visit, "ewe", ROLE_BARK, 0);
    assert_int_equal(visit_status(visit_ask(visit, "POST /v1/silences", reader, "{}")),
                     403);
    assert_int_equal(herd_ask(visit, "DELETE /v1/silences/1", reader), 403);
    assert_int_equal(herd_ask(visit, "GET /v1/silences", reader), 200);
    assert_int_equal(herd_ask(visit, "GET /v1/silences", barker), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(makes_one_and_lists_it),
        VISIT_TEST(says_what_it_holds),
        VISIT_TEST(takes_windows_of_a_calendar),
        VISIT_TEST(refuses_what_makes_no_silence),
        VISIT_TEST(ends_one_before_its_time),
        VISIT_TEST(lets_none_change_who_may_only_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
