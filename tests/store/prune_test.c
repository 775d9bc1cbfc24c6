// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "store/incidents.h"

/* Message n of a tag, n seconds after NOON, that printed something. */
static int64_t put(struct fixture *fixture, unsigned n, const char *tag)
{
    char id[UUID_SIZE], time[CLOCK_TEXT_SIZE];
    clock_format_utc(NOON + n * 1000, time);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"tag\":\"%s\",\"time\":\"%s\","
                             "\"status\":2,\"stderr\":\"printed %u\"}",
                             id_of(n, id), tag, time, n);
    return fixture_put(fixture, message_read(json), NULL);
}

static void put_many(struct fixture *fixture, unsigned count)
{
    fixture_begin(fixture);
    for (unsigned n = 1; n <= count; n++)
        put(fixture, n, "t");
    fixture_commit(fixture);
}

static int prune(struct fixture *fixture, unsigned messages_before,
                 unsigned output_before, int limit)
{
    int changed = -1;
    fixture_begin(fixture);
    assert_done(fixture, store_prune(fixture->store, NOON + messages_before * 1000,
                                     NOON + output_before * 1000, limit, NULL, &changed,
                                     &fixture->err));
    fixture_commit(fixture);
    return changed;
}

static void assert_left(struct fixture *fixture, const char *ids)
{
    struct message_filter filter = {0};
    struct seen seen = {0};
    assert_done(fixture,
                store_each_message(fixture->store, &filter, see, &seen, &fixture->err));
    assert_string_equal(seen.ids, ids);
    seen_clear(&seen);
}

static bool has_output(struct fixture *fixture, unsigned n)
{
    char id[UUID_SIZE];
    struct seen seen = {0};
    assert_done(fixture, store_find_message(fixture->store, id_of(n, id), see, &seen,
                                            &fixture->err));
    bool found = strstr(seen.body, "printed");
    assert_non_null(strstr(seen.body, "\"status\":2"));
    seen_clear(&seen);
    return found;
}

static void removes_old_messages_in_small_steps(void **state)
{
    struct fixture *fixture = *state;
    put_many(fixture, 9);
    assert_int_equal(prune(fixture, 6, 0, 2), 2);
    assert_left(fixture, "9 8 7 6 5 4 3");
    assert_int_equal(prune(fixture, 6, 0, 2), 2);
    assert_int_equal(prune(fixture, 6, 0, 2), 1);
    assert_int_equal(prune(fixture, 6, 0, 2), 0);
    assert_left(fixture, "9 8 7 6");
}

static void removes_old_output_in_small_steps_and_only_once(void **state)
{
    struct fixture *fixture = *state;
    put_many(fixture, 5);
    assert_int_equal(prune(fixture, 0, 4, 2), 2);
    assert_false(has_output(fixture, 1));
    assert_true(has_output(fixture, 3));
    assert_int_equal(prune(fixture, 0, 4, 2), 1);
    assert_false(has_output(fixture, 3));
    assert_true(has_output(fixture, 4));
    assert_int_equal(prune(fixture, 0, 4, 2), 0);
    assert_left(fixture, "5 4 3 2 1");
}

static void what_a_state_refers_to_stays(void **state)
{
    struct fixture *fixture = *state;
    put_many(fixture, 3);
    assert_int_equal(prune(fixture, 99, 99, 10), 2);
    assert_int_equal(prune(fixture, 99, 99, 10), 0);
    assert_left(fixture, "3");
    assert_true(has_output(fixture, 3));
}

static void what_is_untold_stays_until_it_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct telling telling = {
        .kind = TELLING_NOTE,
        .host = "penguin2",
        .tag = "t",
        .notifier = "log",
        .address = "",
        .body = "{\"message\":\"00000001-0000-7000-8000-000000000001\"}",
        .made = NOON};
    fixture_begin(fixture);
    put(fixture, 1, "t");
    assert_done(fixture, store_put_telling(fixture->store, &telling, &fixture->err));
    put(fixture, 2, "t");
    fixture_commit(fixture);
    assert_int_equal(prune(fixture, 99, 99, 10), 0);
    assert_true(has_output(fixture, 1));

    fixture_begin(fixture);
    assert_done(fixture, store_telling_told(fixture->store, 1, NOON, &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(prune(fixture, 99, 99, 10), 2);
    assert_left(fixture, "2");
    AUTO(str) char *kept = fixture_ask(fixture, "SELECT count(*) FROM telling");
    assert_string_equal(kept, "0");
}

static int64_t conclude(struct fixture *fixture, const char *tag, int64_t began,
                        int64_t ended, bool is_told)
{
    struct store *store = fixture->store;
    struct incident incident = {
        .host = "penguin2", .tag = tag, .severity = "fail", .text = "", .began = began};
    struct telling telling = {.kind = TELLING_NEW,
                              .host = "penguin2",
                              .tag = tag,
                              .notifier = "log",
                              .address = "",
                              .body = "{}",
                              .made = began};
    int64_t number = 0;
    fixture_begin(fixture);
    assert_done(fixture, store_open_incident(store, &incident, &number, NULL));
    telling.incident = number;
    assert_done(fixture, store_put_telling(store, &telling, NULL));
    if (is_told)
        assert_done(fixture, store_telling_told(store, number, ended, NULL));
    if (ended)
        assert_done(fixture, store_close_incident(store, number, ended, NULL));
    fixture_commit(fixture);
    return number;
}

static void what_is_over_and_told_goes(void **state)
{
    struct fixture *fixture = *state;
    struct silence silence = {.host = "*",
                              .tag = "*",
                              .began = NOON,
                              .until = NOON + 5000,
                              .reason = "r",
                              .who = "w",
                              .made = NOON};
    int64_t number = 0;
    conclude(fixture, "over", NOON, NOON + 1000, true);
    conclude(fixture, "untold", NOON, NOON + 1000, false);
    conclude(fixture, "open", NOON, 0, false);
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_silence(fixture->store, &silence, &number, &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(prune(fixture, 5, 0, 10), 1);
    assert_int_equal(prune(fixture, 6, 0, 10), 1);
    assert_int_equal(prune(fixture, 99, 0, 10), 0);
    AUTO(str)
    char *left = fixture_ask(fixture, "SELECT group_concat(tag) FROM (SELECT i.tag FROM"
                                      " incident i JOIN telling t ON"
                                      " t.incident = i.number ORDER BY i.number)");
    assert_string_equal(left, "untold,open");
}

static void interruptions_outlive_their_messages(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "t", NOON + 1, "FAIL"), NULL);
    fixture_put(fixture, message_make(9, "t", NOON + 9, "SUCCESS"), NULL);
    fixture_put(fixture, message_make(10, "t", NOON + 10, "SUCCESS"), NULL);
    fixture_commit(fixture);
    assert_int_equal(prune(fixture, 99, 99, 10), 2);
    fixture_begin(fixture); /* within it; the message that began it is gone */
    fixture_put(fixture, message_make(5, "t", NOON + 5, "FAIL"), NULL);
    fixture_commit(fixture);
    AUTO(str) char *count = fixture_ask(fixture, "SELECT count(*) FROM interruption");
    assert_string_equal(count, "1");
}

static void hours_without_messages_go(void **state)
{
    struct fixture *fixture = *state;
    unsigned hour = 3600;
    fixture_begin(fixture);
    put(fixture, 1, "t");
    put(fixture, 1 + hour, "t");
    put(fixture, 2 + hour, "u"); /* its newest stays */
    put(fixture, 1 + 5 * hour, "t");
    fixture_commit(fixture);
    prune(fixture, 4 * hour, 0, 10);
    AUTO(str)
    char *left = fixture_ask(fixture, "SELECT group_concat(tag) FROM (SELECT t.tag FROM"
                                      " hour JOIN tag t ON t.number = hour.tag"
                                      " ORDER BY t.tag)");
    assert_string_equal(left, "t,u");
}

static void old_dead_letters_go_as_messages_do(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    for (int n = 1; n <= 5; n++) {
        char byte = (char)n;
        struct dead_letter letter = {.came = NOON + n * 1000,
                                     .source = "door",
                                     .reason = "no",
                                     .bytes = &byte,
                                     .size = 1};
        assert_done(fixture, store_put_dead(fixture->store, &letter, &fixture->err));
    }
    fixture_commit(fixture);
    assert_int_equal(prune(fixture, 4, 99, 2), 2);
    assert_int_equal(prune(fixture, 4, 99, 2), 1);
    assert_int_equal(prune(fixture, 4, 99, 2), 0);
    AUTO(str) char *left = fixture_ask(fixture, "SELECT min(number) FROM dead");
    assert_string_equal(left, "4");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(removes_old_messages_in_small_steps),
        TEST(removes_old_output_in_small_steps_and_only_once),
        TEST(what_a_state_refers_to_stays),
        TEST(what_is_untold_stays_until_it_is_told),
        TEST(what_is_over_and_told_goes),
        TEST(interruptions_outlive_their_messages),
        TEST(hours_without_messages_go),
        TEST(old_dead_letters_go_as_messages_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
