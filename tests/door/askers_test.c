// SPDX-License-Identifier: GPL-3.0-or-later
/* askers - how many questions may wait, who stops one, and which rules it has. */
#include "herd.h"

#include "../folder.h"
#include "base/files.h"

#define ASK        "POST /v1/ask"
#define ASKERS     4  /* there are no more */
#define IN_LINE    32 /* that many wait at most */
#define MANY       (ASKERS + IN_LINE + 4)
#define Q(text)    "{\"question\":\"" text "\"}"
#define ENDLESS    Q("n(0). n(x + 1) :- n(x). n(x), x < 0")
#define TIMES_MANY for (int i = 0; i < MANY; i++)

static int set_up(void **state)
{
    int rc = visit_set_up(state);
    struct visit *visit = *state;
    visit->config->ask_time = 3600000;
    return rc;
}

/* A door is closed when nobody waits. */
static int tear_down(void **state)
{
    struct visit *visit = *state;
    while (door_is_waiting(visit->door))
        uv_run(&visit->loop, UV_RUN_ONCE);
    return visit_tear_down(state);
}

/* All that was sent before has come to where it waits. */
static void catch_up(struct visit *visit)
{
    assert_int_equal(herd_ask(visit, "GET /v1/status", NULL), 200);
}

static void keep_all_busy(struct visit *visit, int fds[ASKERS])
{
    for (int i = 0; i < ASKERS; i++)
        fds[i] = visit_begin(visit, ASK, NULL, ENDLESS);
}

static void leave(const int fds[ASKERS])
{
    for (int i = 0; i < ASKERS; i++)
        close(fds[i]);
}

static void who_leaves_stops_his_question(void **state)
{
    struct visit *visit = *state;
    int fds[ASKERS];
    keep_all_busy(visit, fds);
    int next = visit_begin(visit, ASK, NULL, Q("x = 1"));
    catch_up(visit);
    leave(fds);
    const char *reply = visit_receive(visit, next);
    assert_int_equal(visit_status(reply), 200);
    assert_has(reply, "\"rows\":[[1]]");
}

static void who_stops_sending_has_left_but_is_told(void **state)
{
    struct visit *visit = *state;
    int fd = visit_begin(visit, ASK, NULL, ENDLESS);
    catch_up(visit);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    const char *reply = visit_receive(visit, fd);
    assert_int_equal(visit_status(reply), 503);
    assert_has(reply, "stopped before it was done");
}

static int count_answered(const int fds[MANY])
{
    int count = 0;
    char byte;
    TIMES_MANY count += recv(fds[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
    return count;
}

/* How many were refused; all others were stopped. */
static int receive_all(struct visit *visit, const int fds[MANY])
{
    int refused = 0, stopped = 0;
    TIMES_MANY
    {
        const char *reply = visit_receive(visit, fds[i]);
        bool can_return = visit_status(reply) == 503 && strstr(reply, "Retry-After: ");
        refused += can_return && strstr(reply, "32 questions wait already");
        stopped += can_return && strstr(reply, "stopped before it was done");
    }
    assert_int_equal(refused + stopped, MANY);
    return refused;
}

static void refuses_when_too_many_wait_and_its_end_stops_all(void **state)
{
    struct visit *visit = *state;
    int fds[MANY];
    unsigned askers = uv_available_parallelism();
    askers = askers < 2 ? 2 : askers > ASKERS ? ASKERS : askers;
    TIMES_MANY fds[i] = visit_begin(visit, ASK, NULL, ENDLESS);
    catch_up(visit);
    int answered = count_answered(fds);
    door_quiesce(visit->door);
    assert_int_equal(receive_all(visit, fds), answered);
    assert_int_equal(answered, MANY - IN_LINE - (int)askers);
}

static void put_rules(const char *folder, const char *text)
{
    assert_int_equal(files_put(folder, "ours.dl", text, strlen(text), NULL), 0);
}

static void a_question_keeps_the_rules_it_began_with(void **state)
{
    struct visit *visit = *state;
    char *folder = folder_make();
    int fds[ASKERS];
    texts_add(&visit->config->rules, folder);
    put_rules(folder, "old(1).");
    keep_all_busy(visit, fds);
    int next = visit_begin(visit, ASK, NULL, Q("old(x)"));
    catch_up(visit);
    put_rules(folder, "new(2).");
    door_use(visit->door, visit->config, NULL);
    leave(fds);
    assert_has(visit_receive(visit, next), "\"rows\":[[1]]");
    assert_int_equal(visit_status(visit_ask(visit, ASK, NULL, Q("old(x)"))), 400);
    assert_int_equal(visit_status(visit_ask(visit, ASK, NULL, Q("new(x)"))), 200);
    assert_int_equal(folder_remove(folder), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_leaves_stops_his_question),
        TEST(who_stops_sending_has_left_but_is_told),
        TEST(refuses_when_too_many_wait_and_its_end_stops_all),
        TEST(a_question_keeps_the_rules_it_began_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
