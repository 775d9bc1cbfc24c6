// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include <errno.h>

#include "handler/handler.h"

static struct touched *touched; /* as wants */
static struct wants *wants;     /* of the test that runs; NULL: nobody asks */

/* Handles one message of tag t that came at NOON + n, in a transaction of its own. */
static void handle(struct fixture *fixture, unsigned n, const char *fields)
{
    char id[UUID_SIZE];
    AUTO(config) struct config *config = config_new();
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"tag\":\"t\",%s}", id_of(n, id), fields);
    AUTO(message) struct message *message = message_read(json);
    struct handling handling = {.store = fixture->store,
                                .config = config,
                                .came = NOON + n,
                                .now = NOON + n,
                                .number = 77,
                                .wants = wants,
                                .touched = touched};
    fixture_begin(fixture);
    assert_done(fixture, handler_run(&handling, message, &fixture->err));
    fixture_commit(fixture);
}

/* "state told messages" of the whole store */
static void assert_store(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *found =
        fixture_ask(fixture, "SELECT ifnull((SELECT state FROM tag), '-') || ' ' ||"
                             " (SELECT count(*) FROM telling) || ' ' ||"
                             " (SELECT count(*) FROM message)");
    assert_string_equal(found, expected);
}

static void every_kind_has_its_handler(void **state UNUSED)
{
    int count = 0;
    for (; handlers[count]; count++)
        assert_non_null(handlers[count]->handle);
    assert_int_equal(count, MESSAGE_FACTS + 1);
}

static void an_outcome_sets_the_state(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"outcome\",\"status\":2");
    assert_store(fixture, "4 0 1");
    handle(fixture, 2, "\"kind\":\"outcome\",\"status\":2");
    assert_store(fixture, "4 0 2");
    handle(fixture, 3, "\"kind\":\"outcome\",\"status\":0");
    assert_store(fixture, "1 0 3");
}

static void a_note_with_a_state_is_as_an_outcome(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"note\",\"err\":\"WARNING\",\"text\":\"90 % full\"");
    assert_store(fixture, "3 0 1");
}

static void a_note_without_a_state_is_only_kept(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"note\",\"text\":\"hello\"");
    assert_store(fixture, "0 0 1");
}

static void a_start_is_only_kept(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"start\",\"command\":\"true\"");
    assert_store(fixture, "0 0 1");
}

static void a_message_seen_twice_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"outcome\",\"status\":2");
    handle(fixture, 2, "\"kind\":\"outcome\",\"status\":0");
    handle(fixture, 1, "\"kind\":\"outcome\",\"status\":2");
    assert_store(fixture, "1 0 2");
}

/* "hosts series readings messages" of the whole store */
static void assert_heard(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *found = fixture_ask(fixture, "SELECT (SELECT count(*) FROM host) || ' ' ||"
                                       " (SELECT count(*) FROM series) || ' ' ||"
                                       " (SELECT count(*) FROM reading) || ' ' ||"
                                       " (SELECT count(*) FROM message)");
    assert_string_equal(found, expected);
}

static void a_beat_and_a_reading_are_heard_and_not_kept(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"beat\",\"readings\":{\"load\":1,\"free\":2}");
    assert_heard(fixture, "1 2 2 0");
    handle(fixture, 2,
           "\"kind\":\"reading\",\"readings\":{\"load\":3},"
           "\"time\":\"2026-01-01T00:00:00Z\"");
    assert_heard(fixture, "1 2 3 0");
    handle(fixture, 1, "\"kind\":\"beat\",\"readings\":{\"load\":1,\"free\":2}");
    assert_heard(fixture, "1 2 3 0");
}

#define FACTS(counter, after, is)                                                      \
    "\"kind\":\"facts\",\"relation\":\"disk\",\"columns\":[[\"mount\",\"text\"]],"     \
    "\"epoch\":5,\"counter\":" counter ",\"after\":" after ",\"is\":\"" is             \
    "\",\"add\":[[\"/" counter "\"]]"

static void facts_are_kept_and_a_gap_is_wanted(void **state)
{
    struct fixture *fixture = *state;
    AUTO(wants) struct wants *own = wants_new();
    wants = own;
    handle(fixture, 1, FACTS("1", "0", "whole"));
    assert_false(wants_has(own, "penguin2"));
    handle(fixture, 3, FACTS("3", "2", "change") ",\"remove\":[]");
    assert_true(wants_has(own, "penguin2"));
    handle(fixture, 4, "\"kind\":\"reading\"");
    assert_true(wants_has(own, "penguin2"));
    handle(fixture, 5, "\"kind\":\"beat\"");
    assert_true(wants_has(own, "penguin2"));

    AUTO(wants) struct wants *again = wants_new();
    assert_done(fixture, wants_load(again, fixture->store, &fixture->err));
    assert_true(wants_has(again, "penguin2"));

    handle(fixture, 2, FACTS("2", "1", "change") ",\"remove\":[]");
    assert_false(wants_has(own, "penguin2"));
    AUTO(str)
    char *rows = fixture_ask(fixture, "SELECT group_concat(v_mount, ' ')"
                                      " FROM fact_disk WHERE ended IS NULL");
    assert_string_equal(rows, "/1 /2 /3");
    wants = NULL;
}

static void facts_that_cannot_be_stored_are_an_error(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, FACTS("1", "0", "whole"));
    AUTO(config) struct config *config = config_new();
    AUTO(message)
    struct message *message =
        message_read("{\"tag\":\"t\",\"kind\":\"facts\",\"relation\":\"disk\","
                     "\"columns\":[[\"mount\","
                     "\"size\"]],\"epoch\":5,\"counter\":2,\"after\":1,\"is\":"
                     "\"whole\",\"add\":[]}");
    struct handling handling = {
        .store = fixture->store, .config = config, .came = NOON, .now = NOON};
    fixture_begin(fixture);
    assert_int_equal(handler_run(&handling, message, &fixture->err), -EINVAL);
    store_rollback(fixture->store);
    assert_non_null(strstr(fixture->err.text,
                           "relation disk: column mount is a size, and here a text"));
}

static void each_says_which_relations_it_touched(void **state)
{
    struct fixture *fixture = *state;
    touched = touched_new();
    handle(fixture, 1, "\"kind\":\"outcome\",\"status\":0");
    assert_true(touched_has(touched, "run") && touched_has(touched, "recent"));
    assert_true(touched_has(touched, "state") && touched_has(touched, "host"));
    assert_false(touched_has(touched, "interruption"));
    touched_free(touched);
    touched = touched_new();
    handle(fixture, 2, "\"kind\":\"outcome\",\"status\":0");
    assert_false(touched_has(touched, "state") || touched_has(touched, "expected"));
    assert_false(touched_has(touched, "flips"));
    handle(fixture, 3, "\"kind\":\"start\",\"run\":\"r\",\"every\":\"1d\"");
    assert_true(touched_has(touched, "running") && touched_has(touched, "expected"));
    assert_false(touched_has(touched, "note"));
    handle(fixture, 4, "\"kind\":\"note\",\"err\":\"FAIL\"");
    assert_true(touched_has(touched, "flips"));
    assert_true(touched_has(touched, "note") && touched_has(touched, "interruption"));
    touched_free(touched);
    touched = NULL;
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_handler),
        TEST(an_outcome_sets_the_state),
        TEST(a_note_with_a_state_is_as_an_outcome),
        TEST(a_note_without_a_state_is_only_kept),
        TEST(a_start_is_only_kept),
        TEST(a_message_seen_twice_changes_nothing),
        TEST(a_beat_and_a_reading_are_heard_and_not_kept),
        TEST(facts_are_kept_and_a_gap_is_wanted),
        TEST(facts_that_cannot_be_stored_are_an_error),
        TEST(each_says_which_relations_it_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
