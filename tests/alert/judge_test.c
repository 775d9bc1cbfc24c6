// SPDX-License-Identifier: GPL-3.0-or-later
/* judge - rules over a real store: what they derive, and when they are asked again. */
#include "court.h"

#include <pthread.h>

#define FAILS "alert(h, t, \"fail\", \"it fails\") :- state(h, t, \"fail\", _).\n"

static void derives_what_is_stored(void **state)
{
    struct court *court = *state;
    court_rule(court, FAILS);
    court_tell_state(court, "ram", "backup", "FAIL");
    court_tell_state(court, "ewe", "backup", "SUCCESS");
    assert_string_equal(court_find(court), "ram backup fail it fails\n");
}

static void says_when_nothing_was_touched(void **state)
{
    struct court *court = *state;
    court_rule(court, FAILS);
    assert_int_equal(court_judge(court, true), 1);
    court_say_state(court, "ram", "backup", "FAIL");
    assert_int_equal(court_judge(court, true), 0);
    touched_add(court->touched, "reading", "ram", NULL);
    assert_int_equal(court_judge(court, true), 0);
    assert_string_equal(court_alerts(court), "");
}

static void judges_a_tag_alone(void **state)
{
    struct court *court = *state;
    court_rule(court, FAILS);
    assert_string_equal(court_find(court), "");
    court_say_state(court, "ram", "one", "FAIL");
    court_tell_state(court, "ram", "two", "FAIL");
    assert_string_equal(court_find(court), "ram two fail it fails\n");
    court_tell_state(court, "ram", "two", "SUCCESS");
    touched_add(court->touched, "state", "ram", NULL);
    assert_string_equal(court_find(court), "ram one fail it fails\n");
}

static void judges_a_host_alone(void **state)
{
    struct court *court = *state;
    court_rule(court,
               "alert(h, \"host\", \"warning\", t) :- state(h, t, \"fail\", _).");
    assert_string_equal(court_find(court), "");
    court_say_state(court, "ewe", "one", "FAIL");
    court_say_state(court, "ram", "one", "FAIL");
    court_tell_state(court, "ram", "two", "SUCCESS");
    assert_string_equal(court_find(court), "ram host warning one\n");
}

/* The rule needs rows about others: it is judged as a whole. */
static void is_not_narrow_through_others(void **state, const char *rules)
{
    struct court *court = *state;
    court_rule(court, rules);
    court_find(court);
    court_say_state(court, "ewe", "one", "FAIL");
    court_tell_state(court, "ram", "two", "FAIL");
    assert_string_equal(court_find(court), "ewe one fail both\nram two fail both\n");
}

static void rows_of_another_host_are_seen(void **state)
{
    is_not_narrow_through_others(
        state, "alert(h, t, \"fail\", \"both\") :- state(h, t, \"fail\", _), "
               "state(o, _, \"fail\", _), o != h.");
}

static void an_aggregate_over_all_hosts_is_seen(void **state)
{
    is_not_narrow_through_others(
        state, "alert(h, t, \"fail\", \"both\") :- state(h, t, \"fail\", _), "
               "2 <= count : { state(_, _, \"fail\", _) }.");
}

static void a_relation_between_is_seen(void **state)
{
    is_not_narrow_through_others(
        state, "wrong(o) :- state(o, _, \"fail\", _).\n"
               "alert(h, t, \"fail\", \"both\") :- state(h, t, \"fail\", _), wrong(o), "
               "o != h.");
}

static void a_recursion_through_hosts_is_seen(void **state)
{
    is_not_narrow_through_others(
        state, "far(h, t) :- state(h, t, \"fail\", _).\n"
               "far(h, t) :- far(_, _), state(h, t, \"fail\", _).\n"
               "some(h) :- far(h, _).\n"
               "alert(h, t, \"fail\", \"both\") :- state(h, t, \"fail\", _), some(o), "
               "h != o.");
}

static void negation_is_narrow(void **state)
{
    struct court *court = *state;
    court_rule(court,
               "fine(h, t) :- state(h, t, \"ok\", _).\n"
               "known(h, t) :- state(h, t, _, _).\n"
               "alert(h, t, \"warning\", \"not fine\") :- known(h, t), !fine(h, t).");
    assert_string_equal(court_find(court), "");
    court_say_state(court, "ewe", "one", "FAIL");
    court_tell_state(court, "ram", "one", "FAIL");
    court_tell_state(court, "ram", "two", "SUCCESS");
    assert_string_equal(court_find(court), "ram one warning not fine\n");
    court_tell_state(court, "ram", "one", "SUCCESS");
    court_tell_state(court, "ram", "two", "FAIL");
    assert_string_equal(court_find(court), "ram two warning not fine\n");
}

static void an_aggregate_of_the_host_is_narrow(void **state)
{
    struct court *court = *state;
    court_rule(court, "wrong(h, t) :- state(h, t, \"fail\", _).\n"
                      "alert(h, \"host\", \"fail\", \"two\") :- wrong(h, _), "
                      "2 <= count : { wrong(h, _) }.");
    assert_string_equal(court_find(court), "");
    court_say_state(court, "ewe", "one", "FAIL");
    court_say_state(court, "ewe", "two", "FAIL");
    court_tell_state(court, "ram", "one", "FAIL");
    court_tell_state(court, "ram", "two", "FAIL");
    assert_string_equal(court_find(court), "ram host fail two\n");
    touched_add(court->touched, "state", "ewe", "three");
    assert_string_equal(court_find(court), "ewe host fail two\nram host fail two\n");
}

static void what_was_is_narrow(void **state)
{
    struct court *court = *state;
    court_rule(court,
               "alert(h, \"kernel\", \"check\", cat(old, cat(\" to \", new))) :- "
               "kernel(h, new), kernel(h, old) at ago(1d), old != new.");
    static const char facts[] =
        "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"%s\",\"relation\":\"kernel\","
        "\"columns\":[[\"release\",\"version\"]],\"epoch\":1,\"counter\":%d,"
        "\"after\":%d,\"is\":\"whole\",\"add\":[[\"%s\"]]";
    for (int i = 1; i <= 2; i++) {
        AUTO(str)
        char *ram = text_format(facts, "ram", i, i - 1, i > 1 ? "6.2" : "6.1");
        AUTO(str)
        char *ewe = text_format(facts, "ewe", i, i - 1, i > 1 ? "6.2" : "6.1");
        court_say(court, ram);
        court_say(court, ewe);
        court->now += 2 * 3600 * 1000;
    }
    court->now += 21 * 3600 * 1000;
    assert_int_equal(court_judge(court, false), 1);
    assert_string_equal(court_alerts(court),
                        "ewe kernel check 6.1 to 6.2\nram kernel check 6.1 to 6.2\n");
    court->now += 24 * 3600 * 1000;
    touched_add(court->touched, "kernel", "ram", NULL);
    assert_string_equal(court_find(court), "ewe kernel check 6.1 to 6.2\n");
    assert_int_equal(court_judge(court, true), 1);
    assert_string_equal(court_alerts(court), "");
}

static void time_alone_is_judged_when_it_has_passed(void **state)
{
    struct court *court = *state;
    court_rule(court,
               "alert(h, t, \"fail\", \"long\") :- state(h, t, \"fail\", since), "
               "since < ago(1h).");
    court_tell_state(court, "ram", "backup", "FAIL");
    assert_string_equal(court_find(court), "");
    court->now += 3600 * 1000 + 1;
    assert_string_equal(court_find(court), "");
    assert_int_equal(court_judge(court, true), 1);
    assert_string_equal(court_alerts(court), "ram backup fail long\n");
}

static void what_reads_all_and_knows_the_time_waits_for_it(void **state)
{
    struct court *court = *state;
    court_rule(court,
               "alert(h, t, \"fail\", \"long\") :- state(h, t, \"fail\", since), "
               "since <= now(), 2 <= count : { state(_, _, \"fail\", _) }.");
    assert_string_equal(court_find(court), "");
    court_say_state(court, "ewe", "one", "FAIL");
    court_tell_state(court, "ram", "two", "FAIL");
    assert_string_equal(court_find(court), "");
    assert_int_equal(court_judge(court, true), 1);
    assert_string_equal(court_alerts(court), "ewe one fail long\nram two fail long\n");
    court_tell_state(court, "ewe", "one", "SUCCESS");
    touched_add_all(court->touched);
    assert_string_equal(court_find(court), "");
}

static void the_worst_of_a_matter_is_given(void **state)
{
    struct court *court = *state;
    court_rule(court, FAILS "alert(h, t, \"warning\", \"hm\") :- state(h, t, _, _).\n"
                            "alert(h, t, \"fail\", \"also\") :- state(h, t, _, _).\n"
                            "alert(h, t, \"check\", \"look\") :- state(h, t, _, _).\n");
    court_tell_state(court, "ram", "backup", "FAIL");
    assert_string_equal(court_find(court),
                        "ram backup check look\nram backup fail also\n");
}

static void why_is_given_where_it_is_new(void **state)
{
    struct court *court = *state;
    court_rule(court, "bad(h, t) :- state(h, t, \"fail\", _).\n"
                      "alert(h, t, \"fail\", \"bad\") :- bad(h, t).");
    court_find(court);
    court_tell_state(court, "ram", "backup", "FAIL");
    court->wants_why = true;
    court_find(court);
    assert_int_equal(court->asked, 1);
    assert_non_null(court->judgement.alerts[0].why);
    assert_non_null(strstr(court->judgement.alerts[0].why, "bad(\\\"ram\\\""));
    assert_null(strstr(court->judgement.alerts[0].why, "given"));
    touched_add(court->touched, "state", "ram", "backup");
    court_find(court);
    assert_int_equal(court->asked, 1);
}

static void what_is_told_goes_by_the_alerts(void **state)
{
    struct court *court = *state;
    court_rule(
        court, FAILS
        "hold(h, t, s, \"late\") :- alert(h, t, s, _), h = \"ewe\".\n"
        "route(h, t, \"log\") :- alert(h, t, _, _).\n"
        "remind(h, t, 1d) :- alert(h, t, \"fail\", _).\n"
        "explains(h, t, o, u) :- alert(h, t, _, _), alert(o, u, _, _), h != o.\n");
    court_tell_state(court, "ram", "backup", "FAIL");
    court_tell_state(court, "ewe", "backup", "FAIL");
    court_find(court);
    const struct judgement *judgement = &court->judgement;
    assert_int_equal(judgement->hold_count, 1);
    assert_string_equal(judgement->holds[0].host, "ewe");
    assert_string_equal(judgement->holds[0].why, "late");
    assert_int_equal(judgement->route_count, 2);
    assert_string_equal(judgement->routes[0].notifier, "log");
    assert_int_equal(judgement->reminder_count, 2);
    assert_int_equal(judgement->reminders[0].every, 86400000);
    assert_int_equal(judgement->explanation_count, 2);
    assert_string_equal(judgement->explanations[1].of_host, "ewe");
    court_tell_state(court, "ewe", "backup", "SUCCESS");
    court_find(court);
    assert_int_equal(judgement->hold_count, 0);
    assert_int_equal(judgement->route_count, 1);
}

static void wrong_rules_keep_the_old_ones(void **state)
{
    struct court *court = *state;
    court_rule(court, FAILS);
    court_tell_state(court, "ram", "backup", "FAIL");
    court_put_rules(court, "test.dl",
                    "alert(h, t, \"fail\") :- state(h, t, \"fail\", _).");
    assert_int_equal(court_use(court), -EINVAL);
    const char *text = court_find(court);
    assert_non_null(strstr(text, " rules fail "));
    assert_non_null(strstr(text, "host: text, tag: text, severity: text, text: text"));
    assert_non_null(strstr(text, "ram backup fail it fails\n"));
    court_put_rules(court, "test.dl", "alert(h, t, \"fail\" :- ");
    assert_int_equal(court_use(court), -EINVAL);
    assert_non_null(strstr(court_find(court), "ram backup fail it fails\n"));
    court_rule(court, FAILS);
    assert_string_equal(court_find(court), "ram backup fail it fails\n");
}

static void a_file_that_is_broken_from_the_start_is_an_alert(void **state)
{
    struct court *court = *state;
    court_put_rules(court, "broken.dl", "alert(");
    court_rule(court, FAILS);
    court_tell_state(court, "ram", "backup", "FAIL");
    const char *text = court_find(court);
    assert_non_null(strstr(text, " rules fail "));
    assert_non_null(strstr(text, "broken.dl"));
    assert_non_null(strstr(text, "ram backup fail it fails\n"));
}

static void a_rule_that_fails_stands_in_no_others_way(void **state)
{
    struct court *court = *state;
    court_rule(court,
               FAILS "alert(h, t, \"check\", \"odd\") :- state(h, t, _, _), "
                     "to_number(t) > 0.\n"
                     "alert(h, t, \"late\", \"x\") :- state(h, t, \"fail\", _).\n");
    court_tell_state(court, "ram", "1", "SUCCESS");
    court_tell_state(court, "ram", "2", "FAIL");
    assert_string_equal(court_find(court), "ram 1 check odd\nram 2 check odd\n"
                                           "ram 2 late x\nram 2 fail it fails\n");
    court_tell_state(court, "ram", "backup", "FAIL");
    const char *text = court_find(court);
    assert_non_null(strstr(text, " rules fail "));
    assert_non_null(strstr(text, "ram backup late x\nram backup fail it fails\n"));
    assert_non_null(strstr(text, "ram 1 check odd\n"));
}

static void what_takes_too_much_rests(void **state)
{
    struct court *court = *state;
    const struct evaluation_limits limits = {.time = 1000};
    judge_free(court->judge);
    court->judge = judge_new(&limits);
    court_rule(court, "n(0). n(x + 1) :- n(x), x < 100000000.\n"
                      "alert(h, t, \"many\", \"x\") :- state(h, t, _, _), "
                      "1 < count : { n(_) }.\n" FAILS);
    court_tell_state(court, "ram", "backup", "FAIL");
    assert_non_null(strstr(court_find(court), "ram backup fail it fails\n"));
    assert_non_null(strstr(court_alerts(court), " rules fail "));
    court_tell_state(court, "ewe", "backup", "FAIL");
    int64_t begin = clock_monotonic();
    assert_non_null(strstr(court_find(court), "ewe backup fail it fails\n"));
    assert_true(clock_monotonic() - begin < 1000000);
}

/* ---- from elsewhere ---- */

static void what_is_forgotten_is_judged_untouched(void **state)
{
    struct court *court = *state;
    int changed;
    court_rule(court, FAILS);
    court_tell_state(court, "ram", "backup", "FAIL");
    assert_string_equal(court_find(court), "ram backup fail it fails\n");
    assert_int_equal(court->judgement.stored, 1);
    assert_int_equal(court->judgement.forgotten, 0);
    fixture_begin(court->fixture);
    assert_done(court->fixture, store_forget(court->fixture->store, "ram", NULL, 1000,
                                             &changed, court->err));
    fixture_commit(court->fixture);
    assert_int_equal(court_judge(court, false), 1);
    assert_string_equal(court_alerts(court), "");
    assert_int_equal(court->judgement.forgotten, 1);
    assert_int_equal(court_judge(court, false), 0);
}

static void *stop(void *context)
{
    judge_stop(context);
    return NULL;
}

static void a_round_is_stopped_in_its_middle(void **state)
{
    struct court *court = *state;
    pthread_t thread;
    court_rule(court, "n(0). n(x + 1) :- n(x), x < 100000000.\n"
                      "alert(h, t, \"many\", \"x\") :- state(h, t, _, _), "
                      "1 < count : { n(_) }.\n");
    court_tell_state(court, "ram", "backup", "FAIL");
    assert_int_equal(pthread_create(&thread, NULL, stop, court->judge), 0);
    assert_int_equal(court_judge(court, false), -EINTR);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(court_judge(court, false), -EINTR);
}

/* ---- random sequences ---- */

/* Local to a tag, to a host, of the whole herd; through negation, aggregates, recursion
 * and each other. */
static const char many_rules[] =
    "bad(h, t, s) :- state(h, t, s, _), s != \"ok\".\n"
    "known(h) :- state(h, _, _, _).\n"
    "good(h) :- state(h, \"one\", \"ok\", _).\n"
    "worse(h, t) :- bad(h, t, \"fail\"), !good(h).\n"
    "next(\"a\", \"b\"). next(\"b\", \"c\"). next(\"c\", \"d\").\n"
    "behind(x, y) :- next(x, y).\n"
    "behind(x, z) :- behind(x, y), next(y, z).\n"
    "alert(h, t, s, \"tag\") :- bad(h, t, s).\n"
    "alert(h, t, \"worse\", \"negation\") :- worse(h, t).\n"
    "alert(h, \"host\", \"fail\", \"two\") :- known(h), "
    "2 <= count : { bad(h, _, _) }.\n"
    "alert(h, t, \"alone\", \"the only one\") :- bad(h, t, _), "
    "1 = count : { bad(h, _, _) }.\n"
    "alert(h, t, \"row\", to_string(n)) :- recent(h, t, 1, _, \"fail\", _, _), "
    "n = count : { recent(h, t, _, _, \"fail\", _, _) }, n > 1.\n"
    "alert(h, t, \"behind\", o) :- bad(h, t, _), behind(o, h), worse(o, _).\n"
    "alert(\"herd\", \"all\", \"fail\", to_string(n)) :- "
    "n = count : { bad(_, _, \"fail\") }, n > 2.\n"
    "alert(h, \"none\", \"check\", \"nothing is good\") :- known(h), !good(h), "
    "!good(\"a\").\n"
    "alert(h, t, \"again\", s) :- alert(h, t, \"worse\", s).\n";

static void what_is_touched_is_judged_as_all_would_be(void **state)
{
    static const char *const hosts[] = {"a", "b", "c", "d"};
    static const char *const tags[] = {"one", "two", "three"};
    static const char *const errs[] = {"SUCCESS", "FAIL", "WARNING"};
    struct court *court = *state;
    srandom(20261122);
    court_rule(court, many_rules);
    for (int i = 0; i < 300; i++) {
        for (long changes = random() % 4; changes >= 0; changes--) {
            const char *host = hosts[random() % 4], *tag = tags[random() % 3];
            court->now += 1000;
            court_tell_state(court, host, tag, errs[random() % 3]);
            touched_add(court->touched, "recent", host, tag);
        }
        AUTO(str) char *found = text_copy(court_find(court));
        if (random() % 4 > 0)
            continue;
        assert_done(court->fixture, court_use(court));
        const char *all = court_find(court);
        if (strcmp(found, all) != 0)
            fail_msg("round %d: found\n%sand of all\n%s", i, found, all);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, court_open, court_close)
    const struct CMUnitTest tests[] = {
        TEST(derives_what_is_stored),
        TEST(says_when_nothing_was_touched),
        TEST(judges_a_tag_alone),
        TEST(judges_a_host_alone),
        TEST(rows_of_another_host_are_seen),
        TEST(an_aggregate_over_all_hosts_is_seen),
        TEST(a_relation_between_is_seen),
        TEST(a_recursion_through_hosts_is_seen),
        TEST(negation_is_narrow),
        TEST(an_aggregate_of_the_host_is_narrow),
        TEST(what_was_is_narrow),
        TEST(time_alone_is_judged_when_it_has_passed),
        TEST(what_reads_all_and_knows_the_time_waits_for_it),
        TEST(the_worst_of_a_matter_is_given),
        TEST(why_is_given_where_it_is_new),
        TEST(what_is_told_goes_by_the_alerts),
        TEST(wrong_rules_keep_the_old_ones),
        TEST(a_file_that_is_broken_from_the_start_is_an_alert),
        TEST(what_takes_too_much_rests),
        TEST(what_is_forgotten_is_judged_untouched),
        TEST(a_round_is_stopped_in_its_middle),
        TEST(what_is_touched_is_judged_as_all_would_be),
        TEST(a_rule_that_fails_stands_in_no_others_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
