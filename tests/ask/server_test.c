// SPDX-License-Identifier: GPL-3.0-or-later
/* server - what is sent to the door, and what its refusals become; against prepared
 * answers. */
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../folder.h"
#include "../queue/canned.h"
#include "ask/oracle.h"
#include "base/memory.h"

#define NO_ROWS "{\"columns\":[],\"rows\":[],\"more\":false}"

/* One question, answered so; what the server heard is to be freed. */
static char *ask(const struct pieces *pieces, const struct question *question,
                 const char *status, const char *body, int wanted,
                 struct complaint *complaint)
{
    char *folder = folder_make();
    AUTO(str) char *raw = canned_answer(status, body);
    const char *answers[] = {raw};
    struct canned server = canned_start(answers, 1);
    AUTO(str) char *conf = text_format("%s/conf", folder);
    FILE *file = fopen(conf, "we");
    assert_non_null(file);
    fprintf(file, "(host \"127.0.0.1\") (port %d)", server.port);
    fclose(file);
    struct oracle oracle;
    json_auto_t *answer = NULL;
    assert_int_equal(oracle_open_server(conf, &oracle, NULL), 0);
    assert_int_equal(oracle.ask(oracle.state, pieces, question, &answer, complaint),
                     wanted);
    assert_int_equal(answer != NULL, wanted == 0);
    oracle.close(oracle.state);
    assert_int_equal(folder_remove(folder), 0);
    return canned_stop(&server);
}

static void expect_sent(const struct question *question, const char *json)
{
    const struct pieces none = {0};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *heard = ask(&none, question, "200 OK", NO_ROWS, 0, &complaint);
    const char *body = strstr(heard, "\r\n\r\n");
    assert_non_null(strstr(heard, "POST /v1/ask "));
    assert_non_null(body);
    assert_string_equal(body + 4, json);
}

static void sends_the_question_alone(void **state UNUSED)
{
    expect_sent(&(struct question){.text = "host(\"a\")", .limit = -1},
                "{\"question\":\"host(\\\"a\\\")\"}");
}

static void sends_what_was_wished(void **state UNUSED)
{
    expect_sent(&(struct question){.text = "q", .wanted = WANTED_PROOFS, .limit = 5},
                "{\"question\":\"q\",\"why\":true,\"limit\":5}");
    expect_sent(&(struct question){.text = "q",
                                   .wanted = WANTED_COUNT,
                                   .limit = -1,
                                   .since = 1,
                                   .now = 2,
                                   .timeout = 3},
                "{\"question\":\"q\",\"count\":true,\"since\":1,\"now\":2,"
                "\"timeout\":3}");
}

static void sends_a_saved_question_with_its_arguments(void **state UNUSED)
{
    char *args[] = {(char *)"1.22", (char *)"b"};
    expect_sent(
        &(struct question){.saved = "low", .args = args, .arg_count = 2, .limit = -1},
        "{\"saved\":\"low\",\"args\":[\"1.22\",\"b\"]}");
}

static void says_what_times_mean_in_the_readers_zone(void **state UNUSED)
{
    expect_sent(&(struct question){.text = "t > 2026-11-01", .limit = -1},
                "{\"question\":\"t > 2026-11-01\","
                "\"times\":{\"2026-11-01\":1793509200000}}");
}

static void sends_rules_before_the_question(void **state UNUSED)
{
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct question question = {.text = "a(x)", .limit = -1};
    pieces_add(&pieces, "a(1).");
    AUTO(str) char *heard = ask(&pieces, &question, "200 OK", NO_ROWS, 0, &complaint);
    assert_non_null(strstr(heard, "{\"question\":\"a(1).\\na(x)\"}"));
}

static void a_refusal_has_its_place(void **state UNUSED)
{
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct question question = {.text = "b(x)", .limit = -1};
    pieces_add(&pieces, "a(1).");
    free(ask(&pieces, &question, "400 Bad Request",
             "{\"error\":\"question:2:1: wrong\",\"name\":\"question\",\"line\":2,"
             "\"column\":1,\"what\":\"wrong\",\"excerpt\":\"  b(x)\\n  ^\\n\"}",
             -EINVAL, &complaint));
    assert_string_equal(complaint.name, "question");
    assert_int_equal(complaint.line, 1);
    assert_int_equal(complaint.column, 1);
    assert_string_equal(complaint.what, "wrong");
    assert_string_equal(complaint.excerpt, "  b(x)\n  ^\n");
}

static void a_refusal_without_a_place_is_said_as_it_is(void **state UNUSED)
{
    const struct pieces none = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct question question = {.text = "b(x)", .limit = -1};
    free(ask(&none, &question, "503 Service Unavailable", "{\"error\":\"busy\"}",
             -EPROTO, &complaint));
    assert_null(complaint.name);
    assert_non_null(strstr(complaint.what, "answers 503: busy"));
}

static void of_what_was_stopped_the_reason_is_said(void **state UNUSED)
{
    const struct pieces none = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct question question = {.text = "b(x)", .limit = -1};
    free(ask(&none, &question, "422 Unprocessable Content",
             "{\"error\":\"stopped: it takes longer than 1.0 s\"}", -EPROTO,
             &complaint));
    assert_string_equal(complaint.what, "stopped: it takes longer than 1.0 s");
}

static void refuses_bytes_that_json_cannot_hold(void **state UNUSED)
{
    const struct pieces none = {0};
    AUTO(complaint) struct complaint complaint = {0};
    const struct question question = {.text = "b(\"\xFF\")", .limit = -1};
    AUTO(str)
    char *heard = ask(&none, &question, "200 OK", NO_ROWS, -EINVAL, &complaint);
    assert_string_equal(heard, "");
    assert_string_equal(complaint.what, "what is asked is not UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_the_question_alone),
        cmocka_unit_test(sends_what_was_wished),
        cmocka_unit_test(sends_a_saved_question_with_its_arguments),
        cmocka_unit_test(says_what_times_mean_in_the_readers_zone),
        cmocka_unit_test(sends_rules_before_the_question),
        cmocka_unit_test(a_refusal_has_its_place),
        cmocka_unit_test(a_refusal_without_a_place_is_said_as_it_is),
        cmocka_unit_test(of_what_was_stopped_the_reason_is_said),
        cmocka_unit_test(refuses_bytes_that_json_cannot_hold),
    };
    setenv("TZ", "America/Chicago", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
