// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include "handler/handler.h"

/* Handles one message of tag t that came at NOON + n, in a transaction of its own. */
static void handle(struct fixture *fixture, unsigned n, const char *fields)
{
    char id[UUID_SIZE];
    AUTO(config) struct config *config = config_new();
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"tag\":\"t\",%s}", id_of(n, id), fields);
    AUTO(message) struct message *message = message_read(json);
    struct handling handling = {
        .store = fixture->store, .config = config, .came = NOON + n, .now = NOON + n};
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
                             " (SELECT count(*) FROM notification) || ' ' ||"
                             " (SELECT count(*) FROM message)");
    assert_string_equal(found, expected);
}

static void every_kind_has_its_handler(void **state UNUSED)
{
    int count = 0;
    for (; handlers[count]; count++)
        assert_non_null(handlers[count]->handle);
    assert_int_equal(count, 3);
}

static void an_outcome_sets_the_state_and_is_told(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"outcome\",\"status\":2");
    assert_store(fixture, "4 1 1");
    handle(fixture, 2, "\"kind\":\"outcome\",\"status\":2");
    assert_store(fixture, "4 1 2");
    handle(fixture, 3, "\"kind\":\"outcome\",\"status\":0");
    assert_store(fixture, "1 2 3");
}

static void a_note_with_a_state_is_as_an_outcome(void **state)
{
    struct fixture *fixture = *state;
    handle(fixture, 1, "\"kind\":\"note\",\"err\":\"WARNING\",\"text\":\"90 % full\"");
    assert_store(fixture, "3 1 1");
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
    assert_store(fixture, "1 2 2");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_handler),
        TEST(an_outcome_sets_the_state_and_is_told),
        TEST(a_note_with_a_state_is_as_an_outcome),
        TEST(a_note_without_a_state_is_only_kept),
        TEST(a_start_is_only_kept),
        TEST(a_message_seen_twice_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
