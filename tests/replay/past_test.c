// SPDX-License-Identifier: GPL-3.0-or-later
/* past - messages in the order in which they came, looked at and taken. */
#include "../store/fixture.h"

#include <errno.h>

#include "replay/past.h"

#define PAGE_MORE 1100 /* more than two pages */

static void came(struct fixture *fixture, unsigned n, int64_t time)
{
    AUTO(message) struct message *message = message_make(n, "t", NOON, "SUCCESS");
    int64_t number;
    assert_done(fixture, store_put_message(fixture->store, message, time, &number,
                                           &fixture->err));
}

/* Three of them: at 10, 20 and 30. */
static void come(struct fixture *fixture)
{
    fixture_begin(fixture);
    for (unsigned n = 1; n <= 3; n++)
        came(fixture, n, n * 10);
    fixture_commit(fixture);
}

/* "1@10 2@20": the numbers of those that came until then, and when. */
static const char *look(struct fixture *fixture, struct past *past, int64_t until)
{
    static char text[200];
    const struct trial_arrival *arrivals = NULL;
    size_t count, size = 0;
    text[0] = '\0';
    assert_done(fixture, past_look(past, until, &arrivals, &count, &fixture->err));
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(
            text + size, sizeof text - size, "%s%lu@%lld", i > 0 ? " " : "",
            strtoul(arrivals[i].message->id, NULL, 16), (long long)arrivals[i].came);
    return text;
}

static void gives_what_came_until_then_and_was_not_taken(void **state)
{
    struct fixture *fixture = *state;
    come(fixture);
    AUTO(past) struct past *past = past_new(fixture->store);
    assert_string_equal(look(fixture, past, 9), "");
    assert_string_equal(look(fixture, past, 20), "1@10 2@20");
    assert_string_equal(look(fixture, past, 20), "1@10 2@20");
    past_take(past, 1);
    assert_string_equal(look(fixture, past, 20), "2@20");
    past_take(past, 1);
    assert_string_equal(look(fixture, past, 20), "");
    assert_string_equal(look(fixture, past, INT64_MAX), "3@30");
}

static void of_an_empty_store_there_are_none(void **state)
{
    struct fixture *fixture = *state;
    AUTO(past) struct past *past = past_new(fixture->store);
    assert_string_equal(look(fixture, past, INT64_MAX), "");
}

static void what_comes_behind_the_end_is_found_too(void **state)
{
    struct fixture *fixture = *state;
    AUTO(past) struct past *past = past_new(fixture->store);
    come(fixture);
    look(fixture, past, 30);
    past_take(past, 3);
    assert_string_equal(look(fixture, past, INT64_MAX), "");
    fixture_begin(fixture);
    came(fixture, 4, 40);
    fixture_commit(fixture);
    assert_string_equal(look(fixture, past, INT64_MAX), "4@40");
}

static void time_goes_on_where_the_clock_was_set_back(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    came(fixture, 1, 30);
    came(fixture, 2, 10);
    came(fixture, 3, 40);
    fixture_commit(fixture);
    AUTO(past) struct past *past = past_new(fixture->store);
    assert_string_equal(look(fixture, past, 29), "");
    assert_string_equal(look(fixture, past, 30), "1@30 2@30");
}

static void many_come_in_parts_each_of_them_once(void **state)
{
    struct fixture *fixture = *state;
    unsigned seen = 0;
    size_t count = 1;
    fixture_begin(fixture);
    for (unsigned n = 1; n <= PAGE_MORE; n++)
        came(fixture, n, n);
    fixture_commit(fixture);
    AUTO(past) struct past *past = past_new(fixture->store);
    while (count > 0) {
        const struct trial_arrival *arrivals;
        assert_done(fixture,
                    past_look(past, PAGE_MORE, &arrivals, &count, &fixture->err));
        for (size_t i = 0; i < count; i++)
            assert_int_equal(strtoul(arrivals[i].message->id, NULL, 16), ++seen);
        past_take(past, count);
    }
    assert_int_equal(seen, PAGE_MORE);
}

static void a_message_that_cannot_be_read_is_named(void **state)
{
    struct fixture *fixture = *state;
    const struct trial_arrival *arrivals;
    size_t count;
    come(fixture);
    free(fixture_ask(fixture, "UPDATE message SET body = '{}' WHERE number = 2"));
    AUTO(past) struct past *past = past_new(fixture->store);
    assert_true(past_look(past, INT64_MAX, &arrivals, &count, &fixture->err) < 0);
    assert_non_null(strstr(fixture->err.text, "message 00000002-0000-7000-"));
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(gives_what_came_until_then_and_was_not_taken),
        TEST(of_an_empty_store_there_are_none),
        TEST(what_comes_behind_the_end_is_found_too),
        TEST(time_goes_on_where_the_clock_was_set_back),
        TEST(many_come_in_parts_each_of_them_once),
        TEST(a_message_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
