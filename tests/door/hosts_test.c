// SPDX-License-Identifier: GPL-3.0-or-later
/* hosts - the herd as the door shows it, and what it forgets. */
#include "herd.h"

#define BEAT                                                                           \
    "\"kind\":\"beat\",\"tag\":\"daemon\",\"every\":\"1m\",\"readings\":"              \
    "{\"load.1m\":0.25},\"units\":{\"load.1m\":\"\"}"

static void lists_none_of_none(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(herd_ask(visit, "GET /v1/hosts", NULL), 200);
    assert_string_equal(herd_rest(visit), "\"hosts\":[]}\n");
}

static void a_host_has_when_it_was_heard_and_how_it_is(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "12:00", "\"tag\":\"backup\",\"status\":2");
    herd_send(visit, "13:00", BEAT);
    herd_send(visit, "11:00", "\"host\":\"penguin1\",\"tag\":\"t\",\"status\":0");
    assert_int_equal(herd_ask(visit, "GET /v1/hosts", NULL), 200);
    assert_string_equal(
        herd_rest(visit),
        "\"hosts\":[{\"host\":\"penguin1\",\"since\":\"2026-11-22T11:00:00.000Z\","
        "\"seen\":\"2026-11-22T11:00:00.000Z\",\"every\":null,\"state\":\"ok\","
        "\"tags\":1},{\"host\":\"penguin2\",\"since\":\"2026-11-22T12:00:00.000Z\","
        "\"seen\":\"2026-11-22T13:00:00.000Z\",\"every\":60000,\"state\":\"fail\","
        "\"tags\":1}]}\n");
}

static void one_is_shown_with_all_that_is_known(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "11:00", "\"tag\":\"backup\",\"status\":2,\"stdout\":\"x\"");
    herd_send(visit, "11:00", "\"host\":\"penguin1\",\"tag\":\"other\",\"status\":0");
    herd_send(visit, "11:30", BEAT);
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/penguin2", NULL), 200);
    const char *body = herd_rest(visit);
    assert_has(body, "\"host\":{\"host\":\"penguin2\",");
    assert_has(body, "\"states\":[{\"host\":\"penguin2\",\"tag\":\"backup\","
                     "\"state\":\"fail\",");
    assert_has(body, "\"readings\":[{\"host\":\"penguin2\",\"name\":\"load.1m\","
                     "\"unit\":\"\",\"time\":\"2026-11-22T11:30:00.000Z\","
                     "\"value\":0.25}]");
    assert_has(body, "\"facts\":{\"package\":{\"columns\":[[\"name\",\"text\",\"key\"],"
                     "[\"version\",\"version\"]],\"rows\":[[\"");
    assert_has(body, "[\"nginx\",\"1.22.1-9\"]");
    assert_has(body, "],\"count\":2}}");
    assert_has(body, "\"tag\":\"backup\",\"status\":2}");
    assert_lacks(body, "\"stdout\":\"x\"");
    assert_lacks(body, "other");
}

static void of_many_rows_the_first_are_shown_and_all_counted(void **state)
{
    struct visit *visit = *state;
    AUTO(strbuf) struct strbuf fields = {0};
    strbuf_puts(&fields, HERD_PACKAGES "\"counter\":1,\"after\":0,\"is\":\"whole\","
                                       "\"add\":[");
    for (int i = 0; i < 30; i++)
        strbuf_printf(&fields, "%s[\"p%02d\",\"1\"]", i ? "," : "", i);
    strbuf_puts(&fields, "]");
    herd_send(visit, "12:00", strbuf_text(&fields));
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/penguin2", NULL), 200);
    assert_has(herd_rest(visit), "[\"p19\",\"1\"]],\"count\":30}");
}

static void an_unknown_host_is_said_and_a_near_one_named(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "13:00", BEAT);
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/penguin1", NULL), 404);
    assert_string_equal(herd_body(visit), "{\"error\":\"no host is called \\\"penguin1"
                                          "\\\"; did you mean penguin2?\"}\n");
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/zebra", NULL), 404);
    assert_string_equal(herd_body(visit),
                        "{\"error\":\"no host is called \\\"zebra\\\"\"}\n");
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/", NULL), 400);
    assert_int_equal(herd_ask(visit, "GET /v1/hosts?tag=x", NULL), 400);
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2?tga=x", NULL), 400);
    assert_has(herd_body(visit), "did you mean tag?");
}

static void a_name_of_any_characters_is_found(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "13:00", "\"host\":\"a/b c%\",\"tag\":\"t\",\"status\":0");
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/a%2Fb%20c%25", NULL), 200);
    assert_has(herd_rest(visit), "\"host\":\"a/b c%\"");
}

/* ---- forgotten ---- */

static void a_host_is_forgotten_whole(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "11:00", "\"host\":\"penguin1\",\"tag\":\"t\",\"status\":0");
    herd_send(visit, "11:00", "\"tag\":\"backup\",\"status\":2");
    herd_send(visit, "11:30", BEAT);
    herd_send_packages(visit);
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2", NULL), 200);
    assert_has(herd_body(visit), "{\"forgotten\":");
    assert_has(herd_body(visit), ",\"more\":false}");
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/penguin2", NULL), 404);
    assert_int_equal(herd_ask(visit, "GET /v1/facts/package?all=1", NULL), 404);
    herd_ask(visit, "GET /v1/messages", NULL);
    assert_lacks(herd_body(visit), "penguin2");
    assert_int_equal(herd_ask(visit, "GET /v1/hosts/penguin1", NULL), 200);
}

/* More rows than one step has. */
static void much_is_forgotten_in_steps(void **state)
{
    struct visit *visit = *state;
    for (int i = 0; i < 1300; i++) {
        AUTO(str) char *time = text_format("%02d:%02d", i / 60, i % 60);
        herd_send(visit, time, BEAT);
    }
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2", NULL), 200);
    int rows = 0;
    assert_int_equal(
        sscanf(herd_body(visit), "{\"forgotten\":%d,\"more\":false}", &rows), 1);
    assert_true(rows >= 1300);
    assert_int_equal(herd_ask(visit, "GET /v1/series", NULL), 200);
    assert_string_equal(herd_rest(visit), "\"series\":[]}\n");
}

static void one_tag_is_forgotten_alone(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "11:00", "\"tag\":\"backup\",\"status\":2");
    herd_send(visit, "11:00", "\"tag\":\"disk:/\",\"err\":\"WARNING\",\"text\":\"x\"");
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2?tag=disk:/", NULL),
                     200);
    herd_ask(visit, "GET /v1/hosts/penguin2", NULL);
    assert_has(herd_rest(visit), "backup");
    assert_lacks(herd_rest(visit), "disk:/");
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2?tag=none", NULL), 200);
    assert_string_equal(herd_body(visit), "{\"forgotten\":0,\"more\":false}\n");
}

static void who_reads_sees_and_a_shepherd_alone_forgets(void **state)
{
    struct visit *visit = *state;
    herd_send(visit, "13:00", BEAT);
    AUTO(str) char *bark = visit_token(visit, "penguin2", ROLE_BARK, 0);
    AUTO(str) char *reader = visit_token(visit, "*", ROLE_READ, 0);
    AUTO(str) char *shepherd = visit_token(visit, "*", ROLE_SHEPHERD, 0);
    static const char *const paths[] = {"/v1/hosts", "/v1/hosts/penguin2", "/v1/facts",
                                        "/v1/series",
                                        "/v1/readings?host=penguin2&name=load.1m"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        AUTO(str) char *line = text_format("GET %s", paths[i]);
        assert_int_equal(herd_ask(visit, line, NULL), 401);
        assert_int_equal(herd_ask(visit, line, bark), 403);
        assert_int_equal(herd_ask(visit, line, reader), 200);
        assert_int_equal(herd_ask(visit, line, shepherd), 200);
    }
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2", bark), 403);
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2", reader), 403);
    assert_int_equal(herd_ask(visit, "DELETE /v1/hosts/penguin2", shepherd), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(lists_none_of_none),
        VISIT_TEST(a_host_has_when_it_was_heard_and_how_it_is),
        VISIT_TEST(one_is_shown_with_all_that_is_known),
        VISIT_TEST(of_many_rows_the_first_are_shown_and_all_counted),
        VISIT_TEST(an_unknown_host_is_said_and_a_near_one_named),
        VISIT_TEST(a_name_of_any_characters_is_found),
        VISIT_TEST(a_host_is_forgotten_whole),
        VISIT_TEST(much_is_forgotten_in_steps),
        VISIT_TEST(one_tag_is_forgotten_alone),
        VISIT_TEST(who_reads_sees_and_a_shepherd_alone_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
