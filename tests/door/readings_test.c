// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - the series of a host, and the points of one. */
#include "herd.h"

#define TWO_HOURS "&since=2026-11-22T12:00:00Z&until=2026-11-22T14:00:00Z"
#define LOAD      "GET /v1/readings?host=penguin2&name=load.1m"

/* A load of 1 at noon, 2 at 12:30 and 3 at 13:00. */
static void send_loads(struct visit *visit)
{
    static const char *const times[] = {"12:00", "12:30", "13:00"};
    for (int i = 0; i < 3; i++) {
        AUTO(str)
        char *fields = text_format("\"kind\":\"reading\",\"tag\":\"load\",\"readings\":"
                                   "{\"load.1m\":%d,\"disk:/.used\":41.5},\"units\":"
                                   "{\"disk:/.used\":\"%%\"}",
                                   i + 1);
        herd_send(visit, times[i], fields);
    }
}

static void series_have_their_newest_value(void **state)
{
    struct visit *visit = *state;
    send_loads(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/series?host=penguin2", NULL), 200);
    assert_string_equal(
        herd_rest(visit),
        "\"series\":[{\"host\":\"penguin2\",\"name\":\"disk:/.used\",\"unit\":\"%\","
        "\"time\":\"2026-11-22T13:00:00.000Z\",\"value\":41.5},{\"host\":\"penguin2\","
        "\"name\":\"load.1m\",\"unit\":\"\",\"time\":\"2026-11-22T13:00:00.000Z\","
        "\"value\":3}]}\n");
}

static void points_come_in_the_order_of_time(void **state)
{
    struct visit *visit = *state;
    send_loads(visit);
    assert_int_equal(herd_ask(visit, LOAD TWO_HOURS, NULL), 200);
    const char *body = herd_body(visit);
    assert_has(body, "{\"host\":\"penguin2\",\"name\":\"load.1m\",\"unit\":\"\",");
    assert_has(body, "\"points\":[{\"time\":\"2026-11-22T12:00:00.000Z\",\"min\":1,"
                     "\"mean\":1,\"max\":1,\"count\":1},");
    assert_has(body, "\"min\":3,\"mean\":3,\"max\":3,\"count\":1}]}");
}

static void a_part_of_the_time_has_its_points_alone(void **state)
{
    struct visit *visit = *state;
    send_loads(visit);
    herd_ask(visit, LOAD "&since=2026-11-22T12:30:00Z&until=2026-11-22T13:00:00Z",
             NULL);
    assert_has(herd_body(visit), "\"points\":[{\"time\":\"2026-11-22T12:30:00.000Z\"");
    assert_lacks(herd_body(visit), "\"min\":1");
    assert_lacks(herd_body(visit), "\"min\":3");
    herd_ask(visit, LOAD "&until=2026-11-24T00:00:00Z", NULL);
    assert_has(herd_body(visit), "\"points\":[]}");
}

static void hours_have_minimum_mean_and_maximum(void **state)
{
    struct visit *visit = *state;
    send_loads(visit);
    herd_ask(visit, LOAD TWO_HOURS "&hours=1", NULL);
    assert_has(herd_body(visit), "\"points\":[{\"time\":\"2026-11-22T12:00:00.000Z\","
                                 "\"min\":1,\"mean\":1.5,\"max\":2,\"count\":2},");
}

static void what_is_unknown_is_said_and_what_is_near_named(void **state)
{
    struct visit *visit = *state;
    send_loads(visit);
    assert_int_equal(
        herd_ask(visit, "GET /v1/readings?host=penguin2&name=load.2m", NULL), 404);
    assert_has(herd_body(visit), "\\\"load.2m\\\"; did you mean load.1m?");
    assert_int_equal(
        herd_ask(visit, "GET /v1/readings?host=penguin3&name=load.1m", NULL), 404);
    assert_has(herd_body(visit), "did you mean penguin2?");
    assert_int_equal(herd_ask(visit, "GET /v1/series?host=penguin3", NULL), 404);
}

static void host_and_name_are_required(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/readings?host=penguin2", NULL), 400);
    assert_has(herd_body(visit), "parameter \\\"name\\\": found none, expected a name");
    assert_int_equal(herd_ask(visit, "GET /v1/readings?name=load.1m", NULL), 400);
    assert_has(herd_body(visit), "parameter \\\"host\\\": found none, expected a name");
    assert_int_equal(herd_ask(visit, LOAD "&hours=2", NULL), 400);
    assert_int_equal(herd_ask(visit, LOAD "&since=7d", NULL), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(series_have_their_newest_value),
        VISIT_TEST(points_come_in_the_order_of_time),
        VISIT_TEST(a_part_of_the_time_has_its_points_alone),
        VISIT_TEST(hours_have_minimum_mean_and_maximum),
        VISIT_TEST(what_is_unknown_is_said_and_what_is_near_named),
        VISIT_TEST(host_and_name_are_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
