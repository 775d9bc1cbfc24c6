// SPDX-License-Identifier: GPL-3.0-or-later
/* hosts - known by their beats and by their tags; whether all their facts are here; and
 * forgotten in small steps. */
#include "fixture.h"

#include "store/incidents.h"

#include <errno.h>

#define MINUTE INT64_C(60000)
#define HOURS  (60 * MINUTE)

/* The beat of a host that came at NOON + after; true: its facts are wanted. */
static bool beat(struct fixture *fixture, const char *host, int64_t after,
                 const char *members)
{
    char when[CLOCK_TEXT_SIZE];
    bool lacks = false;
    clock_format_utc(NOON + after, when);
    AUTO(str)
    char *json = text_format("{\"kind\":\"beat\",\"tag\":\"daemon\",\"host\":\"%s\","
                             "\"time\":\"%s\",\"every\":\"1m\"%s}",
                             host, when, members);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(fixture);
    assert_done(fixture, store_put_beat(fixture->store, message, NOON + after, &lacks,
                                        &fixture->err));
    fixture_commit(fixture);
    return lacks;
}

static bool put_facts_of(struct fixture *fixture, unsigned n, int64_t epoch,
                         int counter, const char *is, const char *members)
{
    char id[UUID_SIZE];
    bool lacks = false;
    int64_t number = 0;
    AUTO(str)
    char *json = text_format(
        "{\"id\":\"%s\",\"kind\":\"facts\",\"tag\":\"facts\",\"relation\":\"%s\","
        "\"columns\":[[\"c\",\"text\"]],"
        "\"epoch\":%lld,\"counter\":%d,\"after\":%d,\"is\":\"%s\",\"add\":[[\"%u\"]]%"
        "s%s}",
        id_of(n, id), *members ? "of_receiver" : "r", (long long)epoch, counter,
        counter - 1, is, n, strcmp(is, "change") == 0 ? ",\"remove\":[]" : "", members);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(fixture->store, message, NOON, &number,
                                           &fixture->err));
    assert_done(fixture, store_put_facts(fixture->store, number, message, NOON, &lacks,
                                         &fixture->err));
    fixture_commit(fixture);
    return lacks;
}

static bool put_facts(struct fixture *fixture, unsigned n, int64_t epoch, int counter,
                      const char *is)
{
    return put_facts_of(fixture, n, epoch, counter, is, "");
}

/* "name since seen every lacks state tags" of each, since and seen in ms from NOON. */
struct lines {
    char text[1024];
};

static int add_host(const struct host_row *row, void *context)
{
    struct lines *lines = context;
    size_t length = strlen(lines->text);
    snprintf(lines->text + length, sizeof lines->text - length,
             "%s%s %lld %lld %lld %d %s %lld", length ? "; " : "", row->host,
             (long long)(row->since - NOON), (long long)(row->seen - NOON),
             (long long)row->every, row->lacks, state_name(row->state),
             (long long)row->tags);
    return 0;
}

static void assert_hosts(struct fixture *fixture, const char *host, const char *wanted)
{
    struct lines lines = {0};
    assert_done(fixture,
                store_each_host(fixture->store, host, add_host, &lines, &fixture->err));
    assert_string_equal(lines.text, wanted);
}

static int add_message(struct fixture *fixture, unsigned n, const char *tag,
                       int64_t after, const char *err)
{
    fixture_begin(fixture);
    fixture_put(fixture, message_make(n, tag, NOON + after, err), NULL);
    fixture_commit(fixture);
    return 0;
}

static void a_host_is_known_by_its_messages(void **state)
{
    struct fixture *fixture = *state;
    assert_hosts(fixture, NULL, "");
    add_message(fixture, 1, "backup", 1000, "SUCCESS");
    add_message(fixture, 2, "disk", 2000, "WARNING");
    add_message(fixture, 3, "backup", 3000, "SUCCESS");
    assert_hosts(fixture, NULL, "penguin2 1000 3000 0 0 warning 2");
    add_message(fixture, 4, "hello", 3 * HOURS, "null");
    int64_t hour = (NOON + 3 * HOURS) / HOURS * HOURS - NOON;
    AUTO(str)
    char *wanted = text_format("penguin2 1000 %lld 0 0 warning 2", (long long)hour);
    assert_hosts(fixture, "penguin2", wanted);
}

static void a_host_is_known_by_its_beats(void **state)
{
    struct fixture *fixture = *state;
    beat(fixture, "penguin2", 5000, "");
    beat(fixture, "penguin2", 65000, "");
    beat(fixture, "penguin2", 5000, "");
    beat(fixture, "alone", 7000, "");
    add_message(fixture, 1, "backup", 1000, "FAIL");
    assert_hosts(fixture, NULL,
                 "alone 7000 7000 60000 0 none 0; penguin2 1000 65000 60000 0 fail 1");
}

static void an_unknown_host_is_none(void **state)
{
    struct fixture *fixture = *state;
    beat(fixture, "penguin2", 0, "");
    assert_int_equal(
        store_each_host(fixture->store, "penguin3", add_host, NULL, &fixture->err),
        -ENOENT);
    assert_string_equal(fixture->err.text, "no host penguin3");
}

static int refuse(const struct host_row *row UNUSED, void *context UNUSED)
{
    return -ECANCELED;
}

static void a_callback_ends_the_list(void **state)
{
    struct fixture *fixture = *state;
    beat(fixture, "penguin2", 0, "");
    assert_int_equal(store_each_host(fixture->store, NULL, refuse, NULL, &fixture->err),
                     -ECANCELED);
}

/* ---- facts that are missing ---- */

#define SAYS_2 ",\"facts\":[7,2]"

static void facts_that_stay_away_are_wanted_after_minutes(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 7, 1, "whole");
    assert_false(beat(fixture, "penguin2", 1 * MINUTE, SAYS_2));
    assert_false(beat(fixture, "penguin2", 5 * MINUTE, SAYS_2));
    assert_true(beat(fixture, "penguin2", 6 * MINUTE, SAYS_2));
    assert_true(beat(fixture, "penguin2", 7 * MINUTE, SAYS_2));
    assert_hosts(fixture, NULL, "penguin2 0 420000 60000 1 none 0");
}

static void facts_that_come_late_are_not_wanted(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 7, 1, "whole");
    assert_false(beat(fixture, "penguin2", 1 * MINUTE, SAYS_2));
    assert_false(put_facts(fixture, 2, 7, 2, "change"));
    assert_false(beat(fixture, "penguin2", 10 * MINUTE, SAYS_2));
    assert_false(beat(fixture, "penguin2", 20 * MINUTE, SAYS_2));
}

static void a_new_epoch_is_what_was_wanted(void **state)
{
    struct fixture *fixture = *state;
    assert_false(beat(fixture, "penguin2", 0, SAYS_2));
    assert_true(beat(fixture, "penguin2", 5 * MINUTE, SAYS_2));
    assert_false(put_facts(fixture, 1, 8, 1, "whole"));
    assert_false(beat(fixture, "penguin2", 6 * MINUTE, ",\"facts\":[8,1]"));
}

static void what_a_receiver_says_of_a_host_is_not_what_it_sent(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 7, 1, "whole");
    put_facts_of(fixture, 2, 900, 1, "whole", ",\"receiver\":\"nginx\"");
    for (int64_t minute = 1; minute < 20; minute++)
        assert_false(beat(fixture, "penguin2", minute * MINUTE, ",\"facts\":[7,1]"));
    assert_false(beat(fixture, "penguin2", 20 * MINUTE, SAYS_2));
    assert_true(beat(fixture, "penguin2", 25 * MINUTE, SAYS_2));
}

/* What became a dead letter would be asked for for ever. */
static void what_never_comes_is_asked_for_seldom(void **state)
{
    struct fixture *fixture = *state;
    beat(fixture, "penguin2", 0, SAYS_2);
    assert_true(beat(fixture, "penguin2", 5 * MINUTE, SAYS_2));
    assert_false(beat(fixture, "penguin2", 6 * MINUTE, ",\"facts\":[8,2]"));
    assert_false(beat(fixture, "penguin2", 60 * MINUTE, ",\"facts\":[8,2]"));
    assert_true(beat(fixture, "penguin2", 6 * HOURS + 5 * MINUTE, ",\"facts\":[8,2]"));
}

static char *facts_of_r(struct fixture *fixture)
{
    return fixture_ask(fixture, "SELECT group_concat(v_c, ' ') FROM fact_r"
                                " WHERE ended IS NULL");
}

/* Its state folder is that of a backup, and it counts on from there. */
static void a_host_that_counts_less_than_came_is_asked(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 7, 1, "whole");
    put_facts(fixture, 2, 7, 2, "change");
    put_facts(fixture, 3, 7, 3, "change");
    assert_false(beat(fixture, "penguin2", 1 * MINUTE, SAYS_2));
    assert_false(put_facts(fixture, 4, 7, 3, "change"));
    assert_true(beat(fixture, "penguin2", 7 * MINUTE, ",\"facts\":[7,3]"));
    assert_false(put_facts(fixture, 5, 8, 1, "whole"));
    assert_false(beat(fixture, "penguin2", 8 * MINUTE, ",\"facts\":[8,1]"));
    AUTO(str) char *rows = facts_of_r(fixture);
    assert_string_equal(rows, "5");
}

static void a_host_of_an_earlier_epoch_is_asked_and_believed(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 9000, 1, "whole");
    put_facts(fixture, 2, 9000, 9, "change"); /* waits */
    assert_true(beat(fixture, "penguin2", 1 * MINUTE, SAYS_2));
    assert_true(beat(fixture, "penguin2", 6 * MINUTE, SAYS_2));
    assert_false(put_facts(fixture, 3, 8, 1, "whole"));
    assert_false(put_facts(fixture, 4, 8, 2, "change"));
    assert_false(beat(fixture, "penguin2", 7 * MINUTE, ",\"facts\":[8,2]"));
    AUTO(str) char *rows = facts_of_r(fixture);
    assert_string_equal(rows, "3 4");
}

/* The one whose epoch is later has the word, and nobody is asked again and again. */
static void two_machines_with_one_name_do_not_take_turns(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 9, 1, "whole");
    put_facts(fixture, 2, 8, 1, "whole");
    for (int64_t minute = 1; minute < 60 * 24; minute++) {
        assert_false(beat(fixture, "penguin2", minute * MINUTE, ",\"facts\":[9,1]"));
        assert_false(
            beat(fixture, "penguin2", minute * MINUTE + 1000, ",\"facts\":[8,1]"));
    }
    AUTO(str) char *rows = facts_of_r(fixture);
    assert_string_equal(rows, "1");
}

static void a_person_may_ask_for_the_whole(void **state)
{
    struct fixture *fixture = *state;
    put_facts(fixture, 1, 7, 1, "whole");
    fixture_begin(fixture);
    assert_done(fixture,
                store_set_lacks(fixture->store, "penguin2", true, &fixture->err));
    fixture_commit(fixture);
    assert_hosts(fixture, NULL, "penguin2 0 0 0 1 none 0");
    assert_true(put_facts(fixture, 2, 7, 2, "change"));
    assert_false(put_facts(fixture, 3, 8, 1, "whole"));
}

/* ---- forgotten ---- */

static int count_rows(struct fixture *fixture)
{
    AUTO(str)
    char *count = fixture_ask(
        fixture,
        "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM interruption)"
        " + (SELECT count(*) FROM hour) + (SELECT count(*) FROM reading)"
        " + (SELECT count(*) FROM reading_hour) + (SELECT count(*) FROM series)"
        " + (SELECT count(*) FROM said) + (SELECT count(*) FROM waiting)"
        " + (SELECT count(*) FROM host) + (SELECT count(*) FROM relation)"
        " + (SELECT count(*) FROM running)"
        " + (SELECT count(*) FROM expectation) + (SELECT count(*) FROM incident)"
        " + (SELECT count(*) FROM telling)");
    return (int)strtol(count, NULL, 10);
}

static int forget_all(struct fixture *fixture, const char *host, const char *tag,
                      int limit)
{
    int steps = 0, changed;
    do {
        fixture_begin(fixture);
        assert_done(fixture, store_forget(fixture->store, host, tag, limit, &changed,
                                          &fixture->err));
        fixture_commit(fixture);
        assert_true(changed <= limit && ++steps < 1000);
    } while (changed > 0);
    return steps;
}

/* What runs, is expected, and is wrong. */
static void conclude(struct fixture *fixture)
{
    struct store *store = fixture->store;
    struct incident incident = {
        .host = "penguin2", .tag = "backup", .severity = "fail", .text = ""};
    struct telling telling = {.kind = TELLING_NEW,
                              .host = "penguin2",
                              .tag = "backup",
                              .notifier = "log",
                              .address = "",
                              .body = "{}"};
    AUTO(message)
    struct message *start = message_read(
        "{\"kind\":\"start\",\"tag\":\"backup\",\"run\":\"r\",\"every\":\"1d\"}");
    int64_t number = 0;
    bool done = false;
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(store, start, NOON, &number, NULL));
    assert_done(fixture, store_put_start(store, start, &done, NULL));
    assert_done(fixture, store_expect(store, start, &done, NULL));
    assert_done(fixture, store_open_incident(store, &incident, &number, NULL));
    telling.incident = number;
    assert_done(fixture, store_put_telling(store, &telling, NULL));
    telling.kind = TELLING_NOTE;
    telling.incident = 0;
    assert_done(fixture, store_put_telling(store, &telling, NULL));
    fixture_commit(fixture);
}

static void fill(struct fixture *fixture)
{
    add_message(fixture, 1, "disk:/", 1000, "SUCCESS");
    add_message(fixture, 2, "disk:/", 2000, "FAIL");
    add_message(fixture, 3, "backup", 3000, "FAIL");
    conclude(fixture);
    put_facts(fixture, 4, 7, 1, "whole");
    put_facts(fixture, 5, 7, 3, "change");
    for (int64_t at = 0; at < 5; at++)
        beat(fixture, "penguin2", at * HOURS,
             ",\"readings\":{\"disk:/.used\":1,\"disk:/export.used\":2,\"load.1m\":3}");
    int changed;
    fixture_begin(fixture);
    assert_done(fixture, store_roll_readings(fixture->store, NOON + 2 * HOURS, 0, 100,
                                             &changed, &fixture->err));
    fixture_commit(fixture);
}

static void a_host_is_forgotten_step_by_step(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    assert_true(forget_all(fixture, "penguin2", NULL, 3) > 5);
    assert_int_equal(count_rows(fixture), 0);
    assert_hosts(fixture, NULL, "");
    AUTO(str) char *check = fixture_ask(fixture, "PRAGMA foreign_key_check");
    assert_null(check);

    add_message(fixture, 9, "backup", 9000, "FAIL");
    int64_t hour = (NOON + 9000) / HOURS * HOURS - NOON;
    AUTO(str)
    char *wanted = text_format("penguin2 %lld 9000 0 0 fail 1", (long long)hour);
    assert_hosts(fixture, NULL, wanted);
}

static void the_number_of_what_was_told_is_not_given_again(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    AUTO(str) char *last = fixture_ask(fixture, "SELECT max(number) FROM telling");
    assert_true(forget_all(fixture, "penguin2", NULL, 100) > 0);
    conclude(fixture);
    AUTO(str) char *next = fixture_ask(fixture, "SELECT min(number) FROM telling");
    assert_true(strtoll(next, NULL, 10) > strtoll(last, NULL, 10));
}

/* Else each step would look through all of those before. */
static void an_hour_that_is_forgotten_is_not_looked_through_again(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned i = 0; i < 30; i++)
        add_message(fixture, i + 1, "backup", i * HOURS, "SUCCESS");
    int changed;
    fixture_begin(fixture);
    assert_done(fixture, store_forget(fixture->store, "penguin2", NULL, 100, &changed,
                                      &fixture->err));
    fixture_commit(fixture);
    AUTO(str)
    char *left = fixture_ask(fixture, "SELECT (SELECT count(*) FROM message) ||"
                                      " ' ' || (SELECT count(*) FROM hour)");
    assert_string_equal(left, "6 6");
}

static void another_host_stays(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    int before = count_rows(fixture);
    forget_all(fixture, "penguin3", NULL, 100);
    assert_int_equal(count_rows(fixture), before);
}

static void a_tag_is_forgotten_with_its_readings(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    forget_all(fixture, "penguin2", "disk:/", 2);
    AUTO(str)
    char *left =
        fixture_ask(fixture, "SELECT (SELECT group_concat(name) FROM series) ||"
                             " ' ' || (SELECT count(*) FROM message)");
    assert_string_equal(left, "disk:/export.used,load.1m 4");
    struct lines lines = {0};
    assert_done(fixture,
                store_each_host(fixture->store, NULL, add_host, &lines, &fixture->err));
    assert_non_null(strstr(lines.text, "fail 1"));
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_host_is_known_by_its_messages),
        TEST(a_host_is_known_by_its_beats),
        TEST(an_unknown_host_is_none),
        TEST(a_callback_ends_the_list),
        TEST(facts_that_stay_away_are_wanted_after_minutes),
        TEST(facts_that_come_late_are_not_wanted),
        TEST(a_new_epoch_is_what_was_wanted),
        TEST(what_a_receiver_says_of_a_host_is_not_what_it_sent),
        TEST(what_never_comes_is_asked_for_seldom),
        TEST(a_host_that_counts_less_than_came_is_asked),
        TEST(a_host_of_an_earlier_epoch_is_asked_and_believed),
        TEST(two_machines_with_one_name_do_not_take_turns),
        TEST(a_person_may_ask_for_the_whole),
        TEST(a_host_is_forgotten_step_by_step),
        TEST(the_number_of_what_was_told_is_not_given_again),
        TEST(an_hour_that_is_forgotten_is_not_looked_through_again),
        TEST(another_host_stays),
        TEST(a_tag_is_forgotten_with_its_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
