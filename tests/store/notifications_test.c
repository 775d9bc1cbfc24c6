// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

static void put(struct fixture *fixture, int64_t number, const char *address,
                int64_t made)
{
    struct notification notification = {
        .notifier = "email",
        .address = (char *)address,
        .before = STATE_OK,
        .now = STATE_FAIL,
        .since = NOON,
        .made = made,
    };
    assert_done(fixture, store_put_notification(fixture->store, number, &notification,
                                                0, &fixture->err));
}

/* One message, and two notifications of it: 1 to a@x, made at 10; 2 to b@x, at 20. */
static void put_two(struct fixture *fixture)
{
    fixture_begin(fixture);
    int64_t number = fixture_put(fixture, message_make(1, "t", NOON, "FAIL"), NULL);
    put(fixture, number, "a@x", 10);
    put(fixture, number, "b@x", 20);
    fixture_commit(fixture);
}

static void assert_due(struct fixture *fixture, int64_t now, int limit,
                       const char *expected)
{
    AUTO(notification_list) struct notification_list list = {0};
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_due_notifications(fixture->store, "email", now, limit,
                                                 &list, &fixture->err));
    for (size_t i = 0; i < list.count; i++)
        strbuf_printf(&text, "%s%s/%d", i ? " " : "", list.items[i].address,
                      list.items[i].tries);
    assert_string_equal(strbuf_text(&text), expected);
}

static void assert_next_due(struct fixture *fixture, int64_t expected)
{
    int64_t next = 0;
    assert_done(fixture, store_next_due(fixture->store, "email", &next, &fixture->err));
    assert_true(next == expected);
}

static void mark_told(struct fixture *fixture, int64_t number)
{
    fixture_begin(fixture);
    assert_done(fixture, store_mark_told(fixture->store, number, 100, &fixture->err));
    fixture_commit(fixture);
}

static void mark_untold(struct fixture *fixture, int64_t number, int64_t next_try)
{
    fixture_begin(fixture);
    assert_done(fixture, store_mark_untold(fixture->store, number, next_try,
                                           "no mail server", &fixture->err));
    fixture_commit(fixture);
}

static void gives_what_is_due_oldest_first(void **state)
{
    struct fixture *fixture = *state;
    put_two(fixture);
    assert_due(fixture, 9, 10, "");
    assert_due(fixture, 10, 10, "a@x/0");
    assert_due(fixture, 20, 10, "a@x/0 b@x/0");
    assert_due(fixture, 20, 1, "a@x/0");
    assert_next_due(fixture, 10);
}

static void gives_the_whole_message_with_it(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    int64_t number = fixture_put(
        fixture,
        message_read("{\"id\":\"00000001-0000-7000-8000-000000000001\",\"tag\":\"t\","
                     "\"status\":2,\"stderr\":\"no repository\\n\"}"),
        NULL);
    put(fixture, number, "a@x", 10);
    fixture_commit(fixture);
    fixture_reopen(fixture);

    AUTO(notification_list) struct notification_list list = {0};
    assert_done(fixture, store_due_notifications(fixture->store, "email", 10, 9, &list,
                                                 &fixture->err));
    assert_int_equal(list.count, 1);
    const struct notification *given = &list.items[0];
    assert_string_equal(given->notifier, "email");
    assert_int_equal(given->before, STATE_OK);
    assert_int_equal(given->now, STATE_FAIL);
    assert_true(given->since == NOON && given->made == 10 && given->number > 0);
    assert_string_equal(given->message->errors.kept.data, "no repository\n");
    assert_int_equal(given->message->status, 2);
}

static void a_message_from_the_future_happened_when_it_came(void **state)
{
    struct fixture *fixture = *state;
    AUTO(message) struct message *message = message_make(1, "t", NOON + 9000, "FAIL");
    AUTO(notification_list) struct notification_list list = {0};
    int64_t number;
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(fixture->store, message, NOON, &number,
                                           &fixture->err));
    put(fixture, number, "a@x", NOON);
    fixture_commit(fixture);
    assert_done(fixture, store_due_notifications(fixture->store, "email", NOON, 9,
                                                 &list, &fixture->err));
    assert_int_equal(list.count, 1);
    assert_true(list.items[0].message->time == NOON);
}

static void what_was_told_is_not_due_again(void **state)
{
    struct fixture *fixture = *state;
    put_two(fixture);
    mark_told(fixture, 1);
    fixture_reopen(fixture);
    assert_due(fixture, 1000, 10, "b@x/0");
    assert_next_due(fixture, 20);
    mark_told(fixture, 2);
    assert_due(fixture, 1000, 10, "");
    assert_next_due(fixture, INT64_MAX);
}

static void what_failed_is_due_again_at_its_time(void **state)
{
    struct fixture *fixture = *state;
    put_two(fixture);
    mark_untold(fixture, 1, 500);
    assert_due(fixture, 499, 10, "b@x/0");
    assert_next_due(fixture, 20);
    mark_untold(fixture, 2, 600);
    assert_next_due(fixture, 500);
    mark_untold(fixture, 1, 700);
    fixture_reopen(fixture);
    assert_due(fixture, 600, 10, "b@x/1");
    assert_due(fixture, 700, 10, "a@x/2 b@x/1");
    AUTO(str)
    char *why = fixture_ask(fixture, "SELECT why FROM notification WHERE number = 1");
    assert_string_equal(why, "no mail server");
}

static void what_was_made_before_the_clock_was_set_back_is_due(void **state)
{
    struct fixture *fixture = *state;
    int64_t earlier = 20 - NOTIFICATION_PAUSE_MAX;
    put_two(fixture);
    assert_due(fixture, earlier, 10, "");
    assert_due(fixture, earlier - 1, 10, "b@x/0");
    assert_due(fixture, earlier - 11, 10, "a@x/0 b@x/0");
    mark_untold(fixture, 1, earlier);
    assert_due(fixture, earlier - 11, 10, "b@x/0"); /* from then on, pauses count */
}

static void each_notifier_has_its_own(void **state)
{
    struct fixture *fixture = *state;
    AUTO(notification_list) struct notification_list list = {0};
    int64_t next = 0;
    put_two(fixture);
    assert_done(fixture, store_due_notifications(fixture->store, "log", 1000, 9, &list,
                                                 &fixture->err));
    assert_int_equal(list.count, 0);
    assert_done(fixture, store_next_due(fixture->store, "log", &next, &fixture->err));
    assert_true(next == INT64_MAX);
}

static void what_one_address_is_told_of_a_tag_keeps_its_order(void **state)
{
    struct fixture *fixture = *state;
    put_two(fixture); /* 1 to a@x, 2 to b@x */
    fixture_begin(fixture);
    int64_t number = fixture_put(fixture, message_make(2, "t", NOON, "SUCCESS"), NULL);
    put(fixture, number, "a@x", 30);
    number = fixture_put(fixture, message_make(3, "other", NOON, "FAIL"), NULL);
    put(fixture, number, "a@x", 40);
    fixture_commit(fixture);
    mark_untold(fixture, 1, 500);
    assert_due(fixture, 100, 10, "b@x/0 a@x/0"); /* 2, and 4 of the other tag */
    mark_told(fixture, 2);
    mark_told(fixture, 4);
    assert_due(fixture, 100, 10, "");
    assert_next_due(fixture, 500);
    mark_told(fixture, 1);
    assert_due(fixture, 100, 10, "a@x/0");
}

/* ---- held ---- */

/* Message n of tag t, n seconds after NOON, as the handler does with one: what it
 * changes is told to a@x, and to b@x if it is to hear too, held unless until is 0. */
static void bark(struct fixture *fixture, unsigned n, const char *err, int64_t until,
                 bool is_to_b)
{
    struct change change;
    fixture_begin(fixture);
    int64_t number =
        fixture_put(fixture, message_make(n, "t", NOON + n * 1000, err), &change);
    for (int i = 0; i < 1 + is_to_b; i++) {
        struct notification notification = {
            .notifier = "email",
            .address = (char *)(i == 0 ? "a@x" : "b@x"),
            .before = change.before,
            .now = change.now,
            .since = change.since,
            .made = 10,
        };
        if (state_is_news(change.before, change.now))
            assert_done(fixture,
                        store_put_notification(fixture->store, number, &notification,
                                               until, &fixture->err));
    }
    fixture_commit(fixture);
}

static void end_hold(struct fixture *fixture, int64_t now)
{
    fixture_begin(fixture);
    assert_done(fixture, store_end_hold(fixture->store, "email", now, &fixture->err));
    fixture_commit(fixture);
}

static void hold(struct fixture *fixture, const char *host, int64_t now, int64_t until)
{
    fixture_begin(fixture);
    assert_done(fixture, store_hold(fixture->store, host, now, until, &fixture->err));
    fixture_commit(fixture);
}

/* All that is due: "a@x ok>fail since 5 by 7", both in seconds after NOON. */
static void assert_says(struct fixture *fixture, const char *expected)
{
    AUTO(notification_list) struct notification_list list = {0};
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_due_notifications(fixture->store, "email", INT64_MAX, 99,
                                                 &list, &fixture->err));
    for (size_t i = 0; i < list.count; i++) {
        const struct notification *item = &list.items[i];
        strbuf_printf(&text, "%s%s %s>%s since %lld by %lld", i ? ", " : "",
                      item->address, state_name(item->before), state_name(item->now),
                      (long long)(item->since - NOON) / 1000,
                      (long long)(item->message->time - NOON) / 1000);
    }
    assert_string_equal(strbuf_text(&text), expected);
}

static void what_is_held_is_due_when_its_hold_ends(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    assert_due(fixture, 1000, 10, "");
    assert_next_due(fixture, 100);
    end_hold(fixture, 99);
    assert_due(fixture, 1000, 10, "");
    end_hold(fixture, 100);
    assert_due(fixture, 100, 10, "a@x/0");
    assert_next_due(fixture, 100);
}

static void a_backlog_that_goes_on_holds_its_host_and_no_other(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    hold(fixture, "penguin3", 90, 900);
    assert_next_due(fixture, 100);
    hold(fixture, "penguin2", 90, 200);
    assert_next_due(fixture, 200);
    end_hold(fixture, 199);
    assert_due(fixture, 1000, 10, "");
}

static void nothing_is_held_for_longer_than_the_longest_hold(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    hold(fixture, "penguin2", 90, 10 * NOTIFICATION_HOLD_MAX);
    assert_next_due(fixture, NOTIFICATION_HOLD_MAX);
    end_hold(fixture, 10 + NOTIFICATION_HOLD_MAX);
    assert_says(fixture, "a@x none>fail since 1 by 1");
}

static void what_is_well_at_the_end_is_not_told(void **state)
{
    static const char *const errs[] = {"FAIL", "SUCCESS", "FAIL", "WARNING", "SUCCESS"};
    struct fixture *fixture = *state;
    for (unsigned n = 0; n < 5; n++)
        bark(fixture, n + 1, errs[n], 100 + n, false);
    end_hold(fixture, 200);
    assert_says(fixture, "");
    assert_next_due(fixture, INT64_MAX);
}

static void what_is_wrong_at_the_end_is_told_once_as_it_is(void **state)
{
    static const char *const errs[] = {"SUCCESS", "WARNING", "SUCCESS",
                                       "WARNING", "FAIL",    "FAIL"};
    struct fixture *fixture = *state;
    for (unsigned n = 0; n < 6; n++)
        bark(fixture, n + 1, errs[n], 100, false);
    end_hold(fixture, 100);
    assert_says(fixture, "a@x ok>fail since 4 by 5");
}

static void what_was_told_and_is_over_is_one_recovery(void **state)
{
    static const char *const errs[] = {"FAIL", "SUCCESS", "FAIL", "SUCCESS", "SUCCESS"};
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 0, false);
    mark_told(fixture, 1);
    for (unsigned n = 0; n < 5; n++)
        bark(fixture, n + 2, errs[n], 100, false);
    end_hold(fixture, 100);
    assert_says(fixture, "a@x fail>ok since 4 by 5");
}

static void failures_that_come_before_successes_make_no_difference(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 2, "FAIL", 100, false);
    bark(fixture, 4, "FAIL", 100, false);
    bark(fixture, 1, "SUCCESS", 100, false);
    bark(fixture, 3, "SUCCESS", 100, false);
    end_hold(fixture, 100);
    assert_says(fixture, "a@x none>fail since 4 by 4");
}

static void who_hears_of_one_message_alone_is_told_the_end_too(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, true);
    bark(fixture, 2, "SUCCESS", 100, false);
    end_hold(fixture, 100);
    assert_says(fixture, "");
}

static void what_comes_in_time_takes_the_place_of_what_is_held(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "WARNING", 100, true);
    bark(fixture, 2, "FAIL", 0, false);
    assert_says(fixture, "a@x none>fail since 1 by 2");
    end_hold(fixture, 100);
    assert_says(fixture, "b@x none>fail since 1 by 2, a@x none>fail since 1 by 2");
}

static void what_comes_in_time_and_says_that_all_is_well_says_nothing(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    bark(fixture, 2, "SUCCESS", 0, false);
    assert_says(fixture, "");
    assert_next_due(fixture, INT64_MAX);
}

static void what_was_tried_is_not_taken_back(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    end_hold(fixture, 100);
    mark_untold(fixture, 1, 500);
    bark(fixture, 2, "SUCCESS", 200, false);
    end_hold(fixture, 200);
    hold(fixture, "penguin2", 150, 900);
    assert_next_due(fixture, 500);
    assert_says(fixture, "a@x none>fail since 1 by 1");
    mark_told(fixture, 1);
    assert_next_due(fixture, 200);
    end_hold(fixture, 200);
    assert_says(fixture, "a@x fail>ok since 1 by 2");
}

static void a_hold_ends_when_the_clock_was_set_back(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    end_hold(fixture, 99 - NOTIFICATION_PAUSE_MAX);
    assert_says(fixture, "a@x none>fail since 1 by 1");
}

static void holds_outlive_the_process(void **state)
{
    struct fixture *fixture = *state;
    bark(fixture, 1, "FAIL", 100, false);
    fixture_reopen(fixture);
    assert_due(fixture, 1000, 10, "");
    assert_next_due(fixture, 100);
}

static void needs_a_stored_message(void **state)
{
    struct fixture *fixture = *state;
    struct notification notification = {.notifier = "log", .address = ""};
    fixture_begin(fixture);
    assert_true(store_put_notification(fixture->store, 77, &notification, 0,
                                       &fixture->err) < 0);
    store_rollback(fixture->store);
    assert_next_due(fixture, INT64_MAX);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_what_is_due_oldest_first),
        TEST(gives_the_whole_message_with_it),
        TEST(a_message_from_the_future_happened_when_it_came),
        TEST(what_was_told_is_not_due_again),
        TEST(what_failed_is_due_again_at_its_time),
        TEST(what_was_made_before_the_clock_was_set_back_is_due),
        TEST(each_notifier_has_its_own),
        TEST(what_one_address_is_told_of_a_tag_keeps_its_order),
        TEST(what_is_held_is_due_when_its_hold_ends),
        TEST(a_backlog_that_goes_on_holds_its_host_and_no_other),
        TEST(nothing_is_held_for_longer_than_the_longest_hold),
        TEST(what_is_well_at_the_end_is_not_told),
        TEST(what_is_wrong_at_the_end_is_told_once_as_it_is),
        TEST(what_was_told_and_is_over_is_one_recovery),
        TEST(failures_that_come_before_successes_make_no_difference),
        TEST(who_hears_of_one_message_alone_is_told_the_end_too),
        TEST(what_comes_in_time_takes_the_place_of_what_is_held),
        TEST(what_comes_in_time_and_says_that_all_is_well_says_nothing),
        TEST(what_was_tried_is_not_taken_back),
        TEST(a_hold_ends_when_the_clock_was_set_back),
        TEST(holds_outlive_the_process),
        TEST(needs_a_stored_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
