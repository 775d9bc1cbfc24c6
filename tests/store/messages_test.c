// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <errno.h>

static void assert_list(struct fixture *fixture, struct message_filter filter,
                        const char *ids)
{
    struct seen seen = {0};
    assert_done(fixture,
                store_each_message(fixture->store, &filter, see, &seen, &fixture->err));
    assert_string_equal(seen.ids, ids);
    seen_clear(&seen);
}

static int find(struct fixture *fixture, const char *part, struct seen *seen)
{
    return store_find_message(fixture->store, part, see, seen, &fixture->err);
}

/* 1 to 6, a second apart, of two tags; 5 and 6 at the same time; 7 of another host. */
static void put_seven(struct fixture *fixture)
{
    static const char *const errs[] = {"FAIL",    "SUCCESS", "null",
                                       "WARNING", "SUCCESS", "FAIL"};
    fixture_begin(fixture);
    for (unsigned n = 1; n <= 6; n++)
        fixture_put(fixture,
                    message_make(n, n % 2 ? "odd" : "even",
                                 NOON + (n < 6 ? n : 5) * 1000, errs[n - 1]),
                    NULL);
    fixture_put(fixture,
                message_read("{\"id\":\"00000007-0000-7000-8000-00000000beef\","
                             "\"host\":\"other\",\"tag\":\"odd\",\"status\":0,"
                             "\"time\":\"2020-01-01T00:00:00Z\"}"),
                NULL);
    fixture_commit(fixture);
}

static void an_id_is_stored_once(void **state)
{
    struct fixture *fixture = *state;
    AUTO(message) struct message *first = message_make(1, "backup", NOON, "FAIL");
    AUTO(message) struct message *second = message_make(1, "other", NOON + 1, "FAIL");
    int64_t number = 0, untouched = -1;
    fixture_begin(fixture);
    assert_int_equal(store_put_message(fixture->store, first, NOON, &number, NULL), 0);
    assert_int_equal(store_put_message(fixture->store, first, NOON, &untouched, NULL),
                     -EEXIST);
    assert_int_equal(store_put_message(fixture->store, second, NOON, &untouched, NULL),
                     -EEXIST);
    fixture_commit(fixture);
    assert_true(number > 0);
    assert_true(untouched == -1);
    assert_list(fixture, (struct message_filter){0}, "1");
    AUTO(str) char *tags = fixture_ask(fixture, "SELECT group_concat(tag) FROM tag");
    assert_string_equal(tags, "backup");
}

static int check_times(const struct message_row *row, void *context UNUSED)
{
    assert_true(row->time == NOON && row->came == NOON);
    assert_true(row->state == STATE_FAIL);
    return 0;
}

static void a_message_from_the_future_happened_when_it_came(void **state)
{
    struct fixture *fixture = *state;
    AUTO(message) struct message *message = message_make(1, "a", NOON + 9999, "FAIL");
    struct message_filter filter = {0};
    int64_t number;
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_message(fixture->store, message, NOON, &number, NULL));
    fixture_commit(fixture);
    assert_done(fixture,
                store_each_message(fixture->store, &filter, check_times, NULL, NULL));
}

static void lists_the_newest_first_by_time_and_then_id(void **state)
{
    struct fixture *fixture = *state;
    put_seven(fixture);
    assert_list(fixture, (struct message_filter){0}, "6 5 4 3 2 1 7");
}

static void lists_by_host_and_tag(void **state)
{
    struct fixture *fixture = *state;
    put_seven(fixture);
    assert_list(fixture, (struct message_filter){.tag = "odd"}, "5 3 1 7");
    assert_list(fixture, (struct message_filter){.host = "other"}, "7");
    assert_list(fixture, (struct message_filter){.host = "penguin2", .tag = "even"},
                "6 4 2");
    assert_list(fixture, (struct message_filter){.host = "nobody"}, "");
    assert_list(fixture, (struct message_filter){.host = "other", .tag = "even"}, "");
    assert_list(fixture, (struct message_filter){.tag = "' OR 1 --"}, "");
}

static void lists_a_tag_over_years_and_before_1970(void **state)
{
    static const int64_t hour = 3600000,
                         times[] = {-2 * hour, -1,      0,
                                    hour - 1,  hour,    NOON - 400 * 24 * hour,
                                    NOON,      NOON + 1};
    struct fixture *fixture = *state;
    struct message_filter filter = {.host = "penguin2", .tag = "t", .since = -3 * hour};
    fixture_begin(fixture);
    for (unsigned n = 0; n < 8; n++)
        fixture_put(fixture, message_make(8 - n, "t", times[7 - n], "FAIL"), NULL);
    fixture_put(fixture, message_make(9, "other", NOON, "FAIL"), NULL);
    fixture_commit(fixture);
    assert_list(fixture, filter, "8 7 6 5 4 3 2 1");
    filter.failed = true;
    filter.limit = 3;
    assert_list(fixture, filter, "8 7 6");
    filter.limit = 0;
    filter.since = -1;
    filter.until = NOON;
    assert_list(fixture, filter, "6 5 4 3 2");
    filter.since = hour - 1;
    filter.until = hour;
    assert_list(fixture, filter, "4");
}

static void lists_what_failed(void **state)
{
    struct fixture *fixture = *state;
    put_seven(fixture);
    assert_list(fixture, (struct message_filter){.failed = true}, "6 4 1");
    assert_list(fixture, (struct message_filter){.failed = true, .tag = "even"}, "6 4");
    assert_list(
        fixture,
        (struct message_filter){.failed = true, .host = "penguin2", .tag = "odd"}, "1");
}

static void lists_from_since_on_and_before_until(void **state)
{
    struct fixture *fixture = *state;
    put_seven(fixture);
    assert_list(fixture, (struct message_filter){.since = NOON + 4000}, "6 5 4");
    assert_list(fixture, (struct message_filter){.until = NOON + 2000}, "1 7");
    assert_list(fixture,
                (struct message_filter){.since = NOON + 2000, .until = NOON + 5000},
                "4 3 2");
    assert_list(fixture,
                (struct message_filter){
                    .host = "penguin2", .tag = "even", .since = NOON + 3000},
                "6 4");
}

static void pages_back_by_before(void **state)
{
    struct fixture *fixture = *state;
    char id[UUID_SIZE];
    put_seven(fixture);
    assert_list(fixture, (struct message_filter){.limit = 2}, "6 5");
    assert_list(fixture, (struct message_filter){.limit = 2, .before = id_of(5, id)},
                "4 3");
    assert_list(fixture, (struct message_filter){.before = id_of(6, id)},
                "5 4 3 2 1 7");
    assert_list(fixture,
                (struct message_filter){.before = id_of(5, id), .until = NOON + 3000},
                "2 1 7");
    assert_list(fixture, (struct message_filter){.before = id_of(4, id), .tag = "even"},
                "2");
    struct message_filter unknown = {.before = id_of(99, id)};
    assert_int_equal(
        store_each_message(fixture->store, &unknown, see, NULL, &fixture->err),
        -ENOENT);
}

static int give_up(const struct message_row *row UNUSED, void *context)
{
    ++*(int *)context;
    return -ECANCELED;
}

static void a_callback_ends_the_list(void **state)
{
    struct fixture *fixture = *state;
    struct message_filter filter = {0};
    int calls = 0;
    put_seven(fixture);
    assert_int_equal(store_each_message(fixture->store, &filter, give_up, &calls, NULL),
                     -ECANCELED);
    assert_int_equal(calls, 1);
    assert_list(fixture, filter, "6 5 4 3 2 1 7"); /* and the next list works */
}

static void finds_by_the_start_of_an_id_and_by_another_part(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    put_seven(fixture);
    assert_int_equal(find(fixture, "00000003-0000-7000-8000-000000000003", &seen), 0);
    assert_int_equal(find(fixture, "00000004", &seen), 0);
    assert_int_equal(find(fixture, "beef", &seen), 0);
    assert_int_equal(find(fixture, "0-000000000002", &seen), 0);
    assert_string_equal(seen.ids, "3 4 7 2");
    seen_clear(&seen);
}

static void does_not_guess_between_several(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    put_seven(fixture);
    assert_int_equal(find(fixture, "0000", &seen), -ENOTUNIQ);
    assert_int_equal(find(fixture, "-7000-", &seen), -ENOTUNIQ);
    assert_int_equal(find(fixture, "cafe", &seen), -ENOENT);
    assert_int_equal(find(fixture, "bee", &seen), -ENOENT); /* too short */
    assert_int_equal(find(fixture, "", &seen), -ENOENT);
    assert_int_equal(find(fixture, "%%%%", &seen), -ENOENT);
    assert_int_equal(find(fixture, "00000003-0000-7000-8000-0000000000030", &seen),
                     -ENOENT);
    assert_int_equal(seen.count, 0);
}

#define PRINTED                                                                        \
    "{ \"id\":\"00000001-0000-7000-8000-000000000001\", \"stdout\" : "                 \
    "\"a\\\\\\\"},{b\\\\\","                                                           \
    "\"tag\":\"t\",\"x\":{\"stderr\":[1,{\"y\":\"}\"}]},\"host\":\"h\",\"status\":2,"  \
    "\"stderr\":null, \"bytes\":{\"stdout\":\"YVwifSx7Ylw=\"} ,"                       \
    "\"time\":\"2026-11-22T09:48:08.123Z\",\"kind\":\"outcome\",\"err\":\"FAIL\"}"

static void lists_without_what_was_printed_and_finds_it_whole(void **state)
{
    struct fixture *fixture = *state;
    struct message_filter filter = {0};
    struct seen seen = {0};
    fixture_begin(fixture);
    fixture_put(fixture, message_read(PRINTED), NULL);
    fixture_commit(fixture);
    assert_done(fixture, store_each_message(fixture->store, &filter, see, &seen, NULL));
    assert_string_equal(
        seen.body, "{\"id\":\"00000001-0000-7000-8000-000000000001\",\"tag\":\"t\","
                   "\"x\":{\"stderr\":[1,{\"y\":\"}\"}]},\"host\":\"h\",\"status\":2,"
                   "\"stderr\":null,\"time\":\"2026-11-22T09:48:08.123Z\","
                   "\"kind\":\"outcome\",\"err\":\"FAIL\"}");
    assert_done(fixture, find(fixture, "00000001", &seen));
    AUTO(message) struct message *whole = message_read(seen.body);
    assert_string_equal(whole->out.kept.data, "a\\\"},{b\\");
    assert_string_equal(whole->tag, "t");
    seen_clear(&seen);
}

static int check_last_word(const struct message_row *row, void *context UNUSED)
{
    assert_string_equal(row->last_word, "no such repository");
    return 0;
}

static void lists_with_the_last_word(void **state)
{
    struct fixture *fixture = *state;
    struct message_filter filter = {0};
    fixture_begin(fixture);
    fixture_put(fixture,
                message_read("{\"tag\":\"t\",\"status\":2,"
                             "\"stderr\":\"looking\\nno such repository\\n\"}"),
                NULL);
    fixture_commit(fixture);
    assert_done(fixture, store_each_message(fixture->store, &filter, check_last_word,
                                            NULL, &fixture->err));
}

static void what_printed_nothing_comes_back_as_it_came(void **state)
{
    static const char json[] =
        "{\"id\":\"00000001-0000-7000-8000-000000000001\",\"kind\":\"note\", \"host\":"
        "\"h\",\"tag\":\"t\",\"time\":\"2026-11-22T09:48:08.123Z\",\"own\":[ 1,2 ]}";
    struct fixture *fixture = *state;
    struct seen seen = {0};
    fixture_begin(fixture);
    fixture_put(fixture, message_read(json), NULL);
    fixture_commit(fixture);
    assert_done(fixture, find(fixture, "00000001", &seen));
    assert_string_equal(seen.body, json);
    seen_clear(&seen);
}

static void assert_stored(struct fixture *fixture, int64_t after, int64_t since,
                          int limit, const char *ids)
{
    struct seen seen = {0};
    assert_done(fixture, store_each_stored(fixture->store, after, since, limit, see,
                                           &seen, &fixture->err));
    assert_string_equal(seen.ids, ids);
    seen_clear(&seen);
}

static void gives_all_in_the_order_in_which_they_were_stored(void **state)
{
    struct fixture *fixture = *state;
    assert_stored(fixture, 0, 0, 10, "");
    put_seven(fixture);
    assert_stored(fixture, 0, 0, 10, "1 2 3 4 5 6 7");
    assert_stored(fixture, 0, 0, 3, "1 2 3");
    assert_stored(fixture, 3, 0, 3, "4 5 6");
    assert_stored(fixture, 7, 0, 3, "");
}

static void gives_those_since_a_time_that_may_have_come_late(void **state)
{
    struct fixture *fixture = *state;
    put_seven(fixture);
    fixture_begin(fixture);
    fixture_put(fixture, message_make(8, "odd", NOON + 3000, "FAIL"), NULL);
    fixture_commit(fixture);
    assert_stored(fixture, 0, NOON + 3000, 10, "3 4 5 6 8");
    assert_stored(fixture, 0, NOON + 3000, 2, "3 4");
    assert_stored(fixture, 4, NOON + 3000, 10, "5 6 8");
    assert_stored(fixture, 0, NOON + 5001, 10, "");
}

static void gives_the_output_too(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    fixture_begin(fixture);
    fixture_put(fixture,
                message_read("{\"tag\":\"t\",\"status\":2,\"stderr\":\"printed\"}"),
                NULL);
    fixture_commit(fixture);
    assert_done(fixture,
                store_each_stored(fixture->store, 0, 0, 1, see, &seen, &fixture->err));
    AUTO(message) struct message *whole = message_read(seen.body);
    assert_string_equal(whole->errors.kept.data, "printed");
    seen_clear(&seen);
}

static void finds_what_spoke_last_and_since_when_that_is_wrong(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    int64_t since = 77;
    assert_int_equal(
        store_find_word(fixture->store, "penguin2", "t", see, &seen, &since, NULL), 0);
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "t", NOON + 1, "FAIL"), NULL);
    fixture_put(fixture, message_make(2, "t", NOON + 2, "WARNING"), NULL);
    fixture_put(fixture, message_make(3, "t", NOON + 3, "null"), NULL);
    fixture_commit(fixture);
    assert_int_equal(since, 77);
    assert_int_equal(
        store_find_word(fixture->store, "penguin2", "t", see, &seen, &since, NULL), 1);
    assert_string_equal(seen.ids, "2");
    assert_true(since == NOON + 1);
    seen_clear(&seen);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_id_is_stored_once),
        TEST(a_message_from_the_future_happened_when_it_came),
        TEST(lists_the_newest_first_by_time_and_then_id),
        TEST(lists_by_host_and_tag),
        TEST(lists_a_tag_over_years_and_before_1970),
        TEST(lists_what_failed),
        TEST(lists_from_since_on_and_before_until),
        TEST(pages_back_by_before),
        TEST(a_callback_ends_the_list),
        TEST(finds_by_the_start_of_an_id_and_by_another_part),
        TEST(does_not_guess_between_several),
        TEST(lists_without_what_was_printed_and_finds_it_whole),
        TEST(lists_with_the_last_word),
        TEST(what_printed_nothing_comes_back_as_it_came),
        TEST(gives_all_in_the_order_in_which_they_were_stored),
        TEST(gives_those_since_a_time_that_may_have_come_late),
        TEST(gives_the_output_too),
        TEST(finds_what_spoke_last_and_since_when_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
