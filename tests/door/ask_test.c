// SPDX-License-Identifier: GPL-3.0-or-later
/* ask - who may ask, and how a question, a relation and the rules are answered. */
#include "herd.h"

#include <jansson.h>

#include "rules/question.h"

#define ASK(question) "{\"question\":\"" question "\"}"

static int ask(struct visit *visit, const char *token, const char *body)
{
    return visit_status(visit_ask(visit, "POST /v1/ask", token, body));
}

static void only_who_sees_may_ask(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *reads = visit_token(visit, "*", ROLE_READ, 0);
    AUTO(str) char *barks = visit_token(visit, "penguin2", ROLE_BARK, 0);
    AUTO(str) char *rules = visit_token(visit, "*", ROLE_SHEPHERD, 0);
    assert_int_equal(ask(visit, reads, ASK("host(h, _, _, _, _)")), 200);
    assert_int_equal(ask(visit, rules, ASK("host(h, _, _, _, _)")), 200);
    assert_int_equal(ask(visit, barks, ASK("host(h, _, _, _, _)")), 403);
    assert_int_equal(ask(visit, NULL, ASK("host(h, _, _, _, _)")), 401);
    assert_int_equal(herd_ask(visit, "GET /v1/relations", barks), 403);
    assert_int_equal(herd_ask(visit, "GET /v1/rules", barks), 403);
}

static void answers_rows_with_their_columns(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    assert_int_equal(
        ask(visit, NULL, ASK("package(h, \\\"nginx\\\", v), v > \\\"1.22.0\\\"")), 200);
    assert_has(herd_body(visit), "{\"columns\":[[\"h\",\"text\"],[\"v\",\"version\"]],"
                                 "\"rows\":[[\"penguin2\",\"1.22.1-9\"]],\"count\":1,"
                                 "\"more\":false,\"elapsed\":");
    assert_int_equal(
        ask(visit, NULL, ASK("package(h, \\\"nginx\\\", v) at 2026-11-22T12:30:00Z")),
        200);
    assert_has(herd_body(visit), "[[\"penguin2\",\"1.22.0-1\"]]");
}

static void a_fault_of_the_question_has_a_place(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(ask(visit, NULL, ASK("host(h)")), 400);
    assert_has(herd_body(visit), "\"name\":\"question\",\"line\":1,\"column\":1,");
    assert_int_equal(ask(visit, NULL, ASK("host(")), 400);
    assert_int_equal(ask(visit, NULL, "{}"), 400);
    assert_has(herd_body(visit), "{\"error\":\"expected one of the fields");
    assert_int_equal(ask(visit, NULL, "[]"), 400);
    assert_int_equal(ask(visit, NULL, ""), 400);
    assert_int_equal(ask(visit, NULL, "{\"saved\":\"none\",\"args\":[1]}"), 400);
}

/* Bytes that no text can hold, too. */
static void what_is_no_question_is_refused_in_words(void **state)
{
    struct visit *visit = *state;
    static const struct {
        const char *body, *what;
    } rows[] = {
        {"{\"question\":\"\xFF\xFE\"}", "no JSON: unable to decode byte 0xff"},
        {"{\"question\":\"a\\u0000b\"}", "no JSON: \\\\u0000 is not allowed"},
        {"{\"question\":NaN}", "no JSON: invalid token near 'NaN'"},
        {"{\"question\":\"a(x)\",\"timeout\":1e9}", "timeout: expected a duration"},
        {"{\"question\":[[[[[1]]]]]}", "question: expected a text"},
        {"{\"\x7F\":1}", "no field is called"},
        {"\xEF\xBB\xBF{}", "no JSON: "},
        {ASK("\\\"\\\\x00\\\" = x"), "question:1:2: this backslash means nothing"},
        {ASK("\\u2028"), "question:1:1: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(ask(visit, NULL, rows[i].body), 400);
        assert_has(herd_body(visit), rows[i].what);
        json_auto_t *answer = json_loads(herd_body(visit), 0, NULL);
        assert_true(json_is_string(json_object_get(answer, "error")));
    }
}

static void what_is_deep_or_long_is_refused(void **state)
{
    struct visit *visit = *state;
    AUTO(strbuf) struct strbuf deep = {0};
    for (int i = 0; i < 100000; i++)
        strbuf_puts(&deep, "[");
    assert_int_equal(ask(visit, NULL, strbuf_text(&deep)), 400);
    assert_has(herd_body(visit), "maximum parsing depth");
    strbuf_shorten(&deep, 0);
    strbuf_puts(&deep, "{\"question\":\"x = ");
    for (int i = 0; i < 100000; i++)
        strbuf_puts(&deep, "(");
    strbuf_puts(&deep, "\"}");
    assert_int_equal(ask(visit, NULL, strbuf_text(&deep)), 400);
    assert_has(herd_body(visit), "\"name\":\"question\"");
    while (deep.size <= QUESTION_SIZE_MAX)
        strbuf_puts(&deep, "                                                        ");
    assert_int_equal(ask(visit, NULL, strbuf_text(&deep)), 413);
}

static void nobody_writes_by_asking(void **state)
{
    struct visit *visit = *state;
    herd_send_packages(visit);
    assert_int_equal(
        ask(visit, NULL, ASK("package(h, \\\"'; DROP TABLE host; --\\\", v)")), 200);
    assert_has(herd_body(visit), "\"count\":0");
    assert_int_equal(ask(visit, NULL,
                         ASK("package(h, h, h) :- host(h, _, _, _, _). "
                             "package(h, n, v)")),
                     400);
    assert_int_equal(ask(visit, NULL, ASK("package(h, n, v)")), 200);
    assert_has(herd_body(visit), "\"count\":2");
}

static void relations_are_listed_with_columns_and_help(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/relations/ram", NULL), 200);
    assert_string_equal(
        herd_body(visit),
        "{\"relations\":[{\"name\":\"ram\",\"columns\":[[\"host\",\"text\"],"
        "[\"bytes\",\"size\"]],\"help\":\"The memory of the machine.\","
        "\"history\":true}]}\n");
    assert_int_equal(herd_ask(visit, "GET /v1/relations/rum", NULL), 404);
    assert_has(herd_body(visit), "did you mean ram?");
    assert_int_equal(herd_ask(visit, "GET /v1/relations?x=1", NULL), 400);
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/relations", NULL), 200);
    assert_has(herd_body(visit), "[{\"name\":\"acknowledged\"");
    assert_has(herd_body(visit), "\"history\":false");
}

static void rules_are_listed_with_their_files(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/rules", NULL), 200);
    assert_has(herd_body(visit), "{\"name\":\"low_ram\",\"columns\":[[\"host\","
                                 "\"text\"]],\"help\":");
    assert_has(herd_body(visit), "\"questions\":[{\"name\":");
    assert_has(herd_body(visit), "\"trouble\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(only_who_sees_may_ask),
        VISIT_TEST(answers_rows_with_their_columns),
        VISIT_TEST(a_fault_of_the_question_has_a_place),
        VISIT_TEST(what_is_no_question_is_refused_in_words),
        VISIT_TEST(what_is_deep_or_long_is_refused),
        VISIT_TEST(nobody_writes_by_asking),
        VISIT_TEST(relations_are_listed_with_columns_and_help),
        VISIT_TEST(rules_are_listed_with_their_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
