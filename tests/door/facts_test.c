// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - the rows of a relation, now and as they were. */
#include "herd.h"

static void relations_have_their_columns_and_rows(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/facts", NULL), 200);
    assert_string_equal(herd_body(visit), "{\"relations\":[]}\n");
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/facts", NULL), 200);
    assert_string_equal(herd_body(visit),
                        "{\"relations\":[{\"name\":\"package\",\"columns\":[[\"name\","
                        "\"text\",\"key\"],[\"version\",\"version\"]],\"rows\":2}]}\n");
}

static void what_is_true_now_has_its_times(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/facts/package", NULL), 200);
    const char *body = herd_rest(visit);
    assert_has(body,
               "\"relation\":\"package\",\"columns\":[[\"name\",\"text\",\"key\"]");
    assert_has(body, "\"host\":\"penguin2\",\"values\":[\"nginx\",\"1.22.1-9\"],"
                     "\"since\":\"2026-11-22T13:00:00.000Z\",\"until\":null,"
                     "\"seen\":\"2026-11-22T13:00:00.000Z\",\"message\":2}");
    assert_has(body, "\"values\":[\"curl\",\"7.88\"]");
    assert_lacks(body, "1.22.0-1");
    assert_has(body, "],\"next\":null}");
}

static void what_was_true_then_is_found(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    herd_ask(visit, "GET /v1/facts/package?at=2026-11-22T12:30:00Z", NULL);
    assert_has(herd_rest(visit), "1.22.0-1");
    assert_has(herd_rest(visit), "\"until\":\"2026-11-22T13:00:00.000Z\"");
    assert_lacks(herd_rest(visit), "1.22.1-9");
    herd_ask(visit, "GET /v1/facts/package?at=2026-11-22T11:59:59Z", NULL);
    assert_has(herd_rest(visit), "\"rows\":[],\"next\":null}");
    herd_ask(visit, "GET /v1/facts/package?all=1", NULL);
    assert_has(herd_rest(visit), "1.22.0-1");
    assert_has(herd_rest(visit), "1.22.1-9");
}

static void rows_come_page_by_page(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    herd_ask(visit, "GET /v1/facts/package?all=1&limit=2", NULL);
    const char *next = strstr(herd_rest(visit), "\"next\":");
    assert_non_null(next);
    AUTO(str)
    char *line = text_format("GET /v1/facts/package?all=1&limit=2&after=%ld",
                             strtol(next + 7, NULL, 10));
    herd_ask(visit, line, NULL);
    assert_has(herd_rest(visit), "1.22.1-9");
    assert_lacks(herd_rest(visit), "1.22.0-1");
    assert_has(herd_rest(visit), "],\"next\":null}");
}

static void numbers_are_bare_and_what_is_unknown_is_null(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "12:00",
              "\"kind\":\"facts\",\"tag\":\"facts\",\"relation\":\"thing\",\"columns\":"
              "[[\"name\",\"text\",\"key\"],[\"bytes\",\"size\"],[\"part\",\"number\"],"
              "[\"good\",\"flag\"],[\"note\",\"text\"]],\"epoch\":1,\"counter\":1,"
              "\"after\":0,\"is\":\"whole\",\"add\":"
              "[[\"a\",4294967296,-0.5,1,null]]");
    herd_ask(visit, "GET /v1/facts/thing?host=penguin2", NULL);
    assert_has(herd_rest(visit), "\"values\":[\"a\",4294967296,-0.5,1,null]");
}

static void what_is_unknown_is_said_and_what_is_near_named(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/facts/packages", NULL), 404);
    assert_string_equal(herd_body(visit),
                        "{\"error\":\"no relation is called \\\"packages\\\"; did you "
                        "mean package?\"}\n");
    assert_int_equal(herd_ask(visit, "GET /v1/facts/package?host=penguin3", NULL), 404);
    assert_has(herd_body(visit), "no host is called \\\"penguin3\\\"; did you mean "
                                 "penguin2?");
}

static void wrong_parameters_are_named(void **state)
{
    struct visit *visit = *state;
    static const char *const wrong[][2] = {
        {"at=yesterday",
         "parameter \\\"at\\\": found \\\"yesterday\\\", expected a time"},
        {"all=yes", "parameter \\\"all\\\": found \\\"yes\\\", expected 0 or 1"},
        {"limit=10001", "expected a number from 1 to 10000"},
        {"after=-1", "parameter \\\"after\\\": found \\\"-1\\\", expected a number"},
        {"hosts=x", "no parameter is called \\\"hosts\\\"; did you mean host?"},
        {"host=", "parameter \\\"host\\\": found \\\"\\\", expected a name"},
    };
    herd_send_packages(visit);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(str) char *line = text_format("GET /v1/facts/package?%s", wrong[i][0]);
        assert_int_equal(herd_ask(visit, line, NULL), 400);
        assert_has(herd_body(visit), wrong[i][1]);
    }
    assert_int_equal(herd_ask(visit, "GET /v1/facts?host=penguin2", NULL), 400);
    assert_int_equal(herd_ask(visit, "DELETE /v1/facts/package", NULL), 405);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(relations_have_their_columns_and_rows),
        VISIT_TEST(what_is_true_now_has_its_times),
        VISIT_TEST(what_was_true_then_is_found),
        VISIT_TEST(rows_come_page_by_page),
        VISIT_TEST(numbers_are_bare_and_what_is_unknown_is_null),
        VISIT_TEST(what_is_unknown_is_said_and_what_is_near_named),
        VISIT_TEST(wrong_parameters_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
