// SPDX-License-Identifier: GPL-3.0-or-later
#include "visit.h"

#define GOOD "{\"tag\":\"t\",\"status\":0}"

/* ---- roles and routes ---- */

enum bearer { NOBODY, BARK, READ, SHEPHERD, BEARERS };

/* The status that each gets; the routes' own where they may. */
static const struct {
    const char *line, *body;
    int statuses[BEARERS];
} rows[] = {
    {"POST /v1/messages", GOOD, {401, 202, 403, 202}},
    {"GET /v1/messages", NULL, {401, 403, 200, 200}},
    {"HEAD /v1/messages", NULL, {401, 403, 200, 200}},
    {"GET /v1/messages/0192e4c8", NULL, {401, 403, 404, 404}},
    {"GET /v1/status", NULL, {401, 403, 200, 200}},
    {"GET /v1/dead", NULL, {401, 403, 200, 200}},
    {"GET /v1/dead/1", NULL, {401, 403, 404, 404}},
    {"POST /v1/dead/1/retry", NULL, {401, 403, 403, 404}},
    {"DELETE /v1/dead/1", NULL, {401, 403, 403, 404}},
    {"GET /v1/export", NULL, {401, 403, 200, 200}},
    {"GET /v1/token", NULL, {401, 200, 200, 200}},
    {"GET /healthz", NULL, {200, 200, 200, 200}},
};

static void lets_each_role_do_its_part_and_no_more(void **state)
{
    struct visit *visit = *state;
    char *tokens[BEARERS] = {[BARK] = visit_token(visit, "h", ROLE_BARK, 0),
                             [READ] = visit_token(visit, "*", ROLE_READ, 0),
                             [SHEPHERD] = visit_token(visit, "*", ROLE_SHEPHERD, 0)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int bearer = 0; bearer < BEARERS; bearer++) {
            const char *reply =
                visit_ask(visit, rows[i].line, tokens[bearer], rows[i].body);
            if (visit_status(reply) != rows[i].statuses[bearer])
                fail_msg("%s, bearer %d: %.80s", rows[i].line, bearer, reply);
        }
    for (int bearer = 0; bearer < BEARERS; bearer++)
        free(tokens[bearer]);
}

static void asks_nobody_while_there_are_no_tokens(void **state)
{
    struct visit *visit = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *reply = visit_ask(visit, rows[i].line, NULL, rows[i].body);
        assert_int_equal(visit_status(reply), rows[i].statuses[SHEPHERD]);
    }
    assert_has(visit_ask(visit, "GET /v1/token", NULL, NULL),
               "{\"host\":\"*\",\"role\":\"shepherd\"}");
}

static void says_whose_a_token_is(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *token = visit_token(visit, "penguin2", ROLE_BARK, 0);
    assert_has(visit_ask(visit, "GET /v1/token", token, NULL),
               "{\"host\":\"penguin2\",\"role\":\"bark\"}");
}

/* ---- tokens that are none ---- */

static void says_what_it_needs_to_who_has_no_token(void **state)
{
    struct visit *visit = *state;
    free(visit_token(visit, "*", ROLE_READ, 0));
    const char *reply = visit_ask(visit, "GET /v1/status", NULL, NULL);
    assert_has(reply, "WWW-Authenticate: Bearer\r\n");
    assert_has(reply, "a token is needed");
}

static void refuses_a_token_that_is_unknown_or_expired(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *good = visit_token(visit, "*", ROLE_READ, clock_now() + 60000);
    AUTO(str) char *late = visit_token(visit, "*", ROLE_READ, clock_now() - 1);
    AUTO(str) char *wrong = text_copy(good);
    AUTO(str) char *longer = text_format("%sA", good);
    wrong[20] ^= 1;
    const char *const bad[] = {late, wrong, longer, "", "sheepdog_", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *reply = visit_ask(visit, "GET /v1/status", bad[i], NULL);
        assert_int_equal(visit_status(reply), 401);
        assert_has(reply, "WWW-Authenticate: Bearer\r\n");
        if (strlen(bad[i]) > 20)
            assert_lacks(reply, bad[i]);
    }
    assert_int_equal(visit_status(visit_ask(visit, "GET /v1/status", good, NULL)), 200);
}

static void an_expired_token_alone_opens_the_door_to_nobody(void **state)
{
    struct visit *visit = *state;
    free(visit_token(visit, "*", ROLE_READ, clock_now() - 1));
    assert_int_equal(visit_status(visit_ask(visit, "GET /v1/status", NULL, NULL)), 401);
}

static void the_last_token_that_is_revoked_opens_the_door_to_nobody(void **state)
{
    struct visit *visit = *state;
    free(visit_token(visit, "*", ROLE_READ, 0));
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_revoke_token(visit->store, 1, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    assert_int_equal(visit_status(visit_ask(visit, "GET /v1/status", NULL, NULL)), 401);
}

static void
tells_who_tries_wrong_tokens_to_wait_but_not_who_has_a_good_one(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *good = visit_token(visit, "*", ROLE_READ, 0);
    int statuses[3] = {0};
    for (int i = 0; i < 12; i++) {
        const char *reply = visit_ask(visit, "GET /v1/status", "sheepdog_no", NULL);
        statuses[0] += visit_status(reply) == 401;
        statuses[1] += visit_status(reply) == 429 && strstr(reply, "Retry-After: 60");
    }
    assert_int_equal(statuses[0], 10);
    assert_int_equal(statuses[1], 2);
    assert_int_equal(visit_status(visit_ask(visit, "GET /v1/status", good, NULL)), 200);
}

static void limits_the_requests_of_a_token(void **state)
{
    struct visit *visit = *state;
    visit->config->limit_requests = 3;
    AUTO(str) char *token = visit_token(visit, "*", ROLE_READ, 0);
    int refused = 0;
    for (int i = 0; i < 50 && refused == 0; i++) {
        const char *reply = visit_ask(visit, "GET /v1/token", token, NULL);
        refused += visit_status(reply) == 429;
        assert_true(i >= 3 || refused == 0);
        if (refused)
            assert_has(reply, "Retry-After: 1\r\n");
    }
    assert_int_equal(refused, 1);
}

/* ---- hosts ---- */

static void a_bark_token_speaks_for_its_host_alone(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *token = visit_token(visit, "penguin2", ROLE_BARK, 0);
    const char *reply = visit_ask(visit, "POST /v1/messages", token,
                                  "[" GOOD ",{\"tag\":\"t\",\"host\":\"penguin1\"}]");
    assert_int_equal(visit_status(reply), 403);
    assert_has(reply, "\"index\":1}");
    assert_has(reply, "host penguin1, with a token of host penguin2");
    assert_int_equal(visit->hosts.size, 0);
}

static void a_message_without_a_host_gets_the_tokens(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *token = visit_token(visit, "penguin2", ROLE_BARK, 0);
    const char *body = GOOD "{\"tag\":\"t\",\"host\":\"penguin2\"}";
    assert_int_equal(visit_status(visit_ask(visit, "POST /v1/messages", token, body)),
                     202);
    assert_string_equal(visit_hosts(visit, 18), "penguin2 penguin2 ");
}

/* What goes to the dead letters is read again without its token. */
static void what_is_not_understood_bears_the_tokens_host(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *token = visit_token(visit, "penguin2", ROLE_BARK, 0);
    static const char *const foreign[] = {
        "{\"v\":9,\"host\":\"penguin1\"}", "{\"v\":9,\"host\":null}",
        "{\"v\":9,\"host\":\"penguin1\",\"text\":\"a\\u0000b\"}"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_int_equal(
            visit_status(visit_ask(visit, "POST /v1/messages", token, foreign[i])),
            403);
    const char *body = "{\"v\":9}{\"v\":9 }{\"v\":9,\"host\":\"penguin2\"}";
    assert_int_equal(visit_status(visit_ask(visit, "POST /v1/messages", token, body)),
                     202);
    visit_hosts(visit, 1);
    assert_string_equal(strbuf_text(&visit->unread),
                        "{\"v\":9,\"host\":\"penguin2\"} "
                        "{\"v\":9 ,\"host\":\"penguin2\"} "
                        "{\"v\":9,\"host\":\"penguin2\"} ");
}

static void a_token_of_any_host_speaks_for_all(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *bark = visit_token(visit, "*", ROLE_BARK, 0);
    AUTO(str) char *shepherd = visit_token(visit, "*", ROLE_SHEPHERD, 0);
    const char *body = "{\"tag\":\"t\",\"host\":\"a\"}{\"tag\":\"t\",\"host\":\"b\"}";
    assert_int_equal(visit_status(visit_ask(visit, "POST /v1/messages", bark, body)),
                     202);
    assert_int_equal(
        visit_status(visit_ask(visit, "POST /v1/messages", shepherd, body)), 202);
    assert_string_equal(visit_hosts(visit, 8), "a b a b ");
}

/* ---- web pages ---- */

static void a_page_without_a_token_is_refused_by_its_name(void **state)
{
    struct visit *visit = *state;
    visit_ask(visit, "GET /healthz", NULL, NULL);
    int fd = visit_dial(visit);
    const char *text = "GET /v1/status HTTP/1.0\r\nHost: evil.example\r\n\r\n";
    assert_true(send(fd, text, strlen(text), MSG_NOSIGNAL) > 0);
    assert_int_equal(visit_status(visit_receive(visit, fd)), 403);
}

static void a_page_changes_nothing(void **state)
{
    struct visit *visit = *state;
    static const char *const lines[] = {
        "POST /v1/dead/1/retry HTTP/1.0\r\nOrigin: http://evil.example\r\n\r\n",
        "DELETE /v1/dead/1 HTTP/1.0\r\nOrigin: http://evil.example\r\n\r\n"};
    visit_ask(visit, "GET /healthz", NULL, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int fd = visit_dial(visit);
        assert_true(send(fd, lines[i], strlen(lines[i]), MSG_NOSIGNAL) > 0);
        assert_int_equal(visit_status(visit_receive(visit, fd)), 403);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(lets_each_role_do_its_part_and_no_more),
        VISIT_TEST(asks_nobody_while_there_are_no_tokens),
        VISIT_TEST(says_whose_a_token_is),
        VISIT_TEST(says_what_it_needs_to_who_has_no_token),
        VISIT_TEST(refuses_a_token_that_is_unknown_or_expired),
        VISIT_TEST(an_expired_token_alone_opens_the_door_to_nobody),
        VISIT_TEST(the_last_token_that_is_revoked_opens_the_door_to_nobody),
        VISIT_TEST(tells_who_tries_wrong_tokens_to_wait_but_not_who_has_a_good_one),
        VISIT_TEST(limits_the_requests_of_a_token),
        VISIT_TEST(a_bark_token_speaks_for_its_host_alone),
        VISIT_TEST(a_message_without_a_host_gets_the_tokens),
        VISIT_TEST(what_is_not_understood_bears_the_tokens_host),
        VISIT_TEST(a_token_of_any_host_speaks_for_all),
        VISIT_TEST(a_page_without_a_token_is_refused_by_its_name),
        VISIT_TEST(a_page_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
