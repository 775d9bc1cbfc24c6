// SPDX-License-Identifier: GPL-3.0-or-later
/* post - the answer to a host whose facts are not all here asks for them. */
#include "visit.h"

#define OF(host) "{\"host\":\"" host "\",\"tag\":\"t\",\"status\":0}"
#define FACTS(extent)                                                                  \
    "{\"host\":\"h\",\"tag\":\"facts\",\"kind\":\"facts\",\"relation\":\"r\","         \
    "\"columns\":[[\"c\",\"text\"]],\"epoch\":5,\"counter\":2,\"after\":1,"            \
    "\"is\":\"" extent "\",\"add\":[]"
#define CHANGE FACTS("change") ",\"remove\":[]}"
#define WHOLE  FACTS("whole") "}"
#define PART   FACTS("part") "}"

#define ASKED "{\"taken\":1,\"wants\":[\"facts\"]}"
#define TAKEN "{\"taken\":1}"

static const char *post(struct visit *visit, const char *token, const char *body)
{
    const char *reply = visit_ask(visit, "POST /v1/messages", token, body);
    assert_int_equal(visit_status(reply), 202);
    return reply;
}

static int set_up(void **state)
{
    int rc = visit_set_up(state);
    struct visit *visit = *state;
    visit->wants = wants_new();
    wants_set(visit->wants, "h", true);
    return rc;
}

static int tear_down(void **state)
{
    struct visit *visit = *state;
    struct wants *wants = visit->wants;
    int rc = visit_tear_down(state);
    wants_free(wants);
    return rc;
}

static void a_host_is_asked_for_its_facts(void **state)
{
    struct visit *visit = *state;
    assert_has(post(visit, NULL, OF("other")), TAKEN);
    assert_has(post(visit, NULL, OF("h")), ASKED);
    assert_has(post(visit, NULL, OF("h")), TAKEN); /* it heard it just now */
}

static void a_change_is_no_answer_to_it_but_a_whole_is(void **state)
{
    struct visit *visit = *state;
    assert_has(post(visit, NULL, WHOLE), TAKEN);
    assert_has(post(visit, NULL, PART), TAKEN);
    assert_has(post(visit, NULL, CHANGE), ASKED);
}

static void many_messages_are_those_of_the_first_ones_host(void **state)
{
    struct visit *visit = *state;
    assert_has(post(visit, NULL, OF("other") OF("h")), "{\"taken\":2}");
    assert_has(post(visit, NULL, OF("h") OF("other")),
               "{\"taken\":2,\"wants\":[\"facts\"]}");
}

static void a_token_says_which_host_it_is(void **state)
{
    struct visit *visit = *state;
    AUTO(str) char *other = visit_token(visit, "other", ROLE_BARK, 0);
    AUTO(str) char *own = visit_token(visit, "h", ROLE_BARK, 0);
    assert_has(post(visit, other, "{\"tag\":\"t\"}"), TAKEN);
    assert_has(post(visit, own, "{\"tag\":\"t\"}"), ASKED);
}

static void who_wants_nothing_asks_nobody(void **state)
{
    struct visit *visit = *state;
    wants_set(visit->wants, "h", false);
    assert_has(post(visit, NULL, OF("h")), TAKEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_host_is_asked_for_its_facts),
        TEST(a_change_is_no_answer_to_it_but_a_whole_is),
        TEST(many_messages_are_those_of_the_first_ones_host),
        TEST(a_token_says_which_host_it_is),
        TEST(who_wants_nothing_asks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
