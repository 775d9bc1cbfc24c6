// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include "store/incidents.h"

static void put(struct fixture *fixture, const char *tag, enum telling_kind kind,
                int64_t made, int64_t due)
{
    struct telling telling = {.kind = kind,
                              .host = "penguin2",
                              .tag = tag,
                              .notifier = "mailto",
                              .address = "a@x",
                              .body = "{}",
                              .made = made,
                              .due = due};
    fixture_begin(fixture);
    assert_done(fixture, store_put_telling(fixture->store, &telling, &fixture->err));
    fixture_commit(fixture);
}

static int note(const struct telling *telling, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%lld %s %s/%d", text->size ? ", " : "",
                  (long long)telling->number, telling_kind_name(telling->kind),
                  telling->tag, telling->tries);
    return 0;
}

static void assert_due(struct fixture *fixture, int64_t now, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = store_due_telling(fixture->store, "mailto", now, note, &text, NULL);
    assert_int_equal(rc, *expected != '\0');
    assert_string_equal(strbuf_text(&text), expected);
}

static void assert_next(struct fixture *fixture, int64_t expected)
{
    int64_t next = 0;
    assert_done(fixture, store_next_telling(fixture->store, "mailto", &next, NULL));
    assert_true(next == expected);
}

static void tell(struct fixture *fixture, int64_t number, int64_t now)
{
    fixture_begin(fixture);
    assert_done(fixture, store_telling_told(fixture->store, number, now, NULL));
    fixture_commit(fixture);
}

static void try_and_fail(struct fixture *fixture, int64_t number, int64_t now,
                         int64_t next)
{
    fixture_begin(fixture);
    assert_done(fixture, store_telling_failed(fixture->store, number, now, next,
                                              "no mail server", NULL));
    fixture_commit(fixture);
}

static void an_empty_outbox_has_nothing_due(void **state)
{
    struct fixture *fixture = *state;
    assert_due(fixture, NOON, "");
    assert_next(fixture, INT64_MAX);
}

static void gives_what_is_due_the_oldest_first(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "a", TELLING_NEW, 10, 0);
    put(fixture, "b", TELLING_OVER, 10, 0);
    put(fixture, "c", TELLING_STILL, 10, 50);
    assert_due(fixture, 9, "");
    assert_due(fixture, 10, "1 new a/0");
    tell(fixture, 1, 11);
    assert_due(fixture, 49, "2 over b/0");
    tell(fixture, 2, 12);
    assert_due(fixture, 49, "");
    assert_next(fixture, 50);
    assert_due(fixture, 50, "3 still c/0");
    int64_t other = 0;
    assert_done(fixture, store_next_telling(fixture->store, "log", &other, NULL));
    assert_true(other == INT64_MAX);
}

static void what_one_address_hears_of_a_tag_keeps_its_order(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "a", TELLING_NEW, 10, 0);
    put(fixture, "a", TELLING_OVER, 20, 0);
    put(fixture, "b", TELLING_NEW, 30, 0);
    try_and_fail(fixture, 1, 40, 1000);
    assert_due(fixture, 50, "3 new b/0");
    tell(fixture, 3, 50);
    assert_due(fixture, 999, "");
    assert_next(fixture, 1000);
    assert_due(fixture, 1000, "1 new a/1");
    tell(fixture, 1, 1000);
    assert_due(fixture, 1000, "2 over a/0");
}

static void a_clock_that_was_set_back_holds_nothing_up(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "a", TELLING_NEW, NOON, 0);
    assert_due(fixture, NOON - TELLING_WAIT_MAX, "");
    assert_due(fixture, NOON - TELLING_WAIT_MAX - 1, "1 new a/0");
}

static void note_sum(void *context, const struct telling_sum *sum)
{
    strbuf_printf(context, "%lld %s %lld-%lld due %lld, ", (long long)sum->number,
                  sum->severity, (long long)sum->since, (long long)sum->until,
                  (long long)sum->due);
}

static void an_address_has_its_own_sums(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put(fixture, "a", TELLING_NEW, 10, 100);
    fixture_begin(fixture);
    for (int i = 0; i < 2; i++) {
        const struct telling_sum sum = {
            .severity = i ? "silent" : "fail", .until = 100 * (i + 1), .body = "{}"};
        assert_done(fixture, store_put_sum(fixture->store, "mailto", "a@x", &sum,
                                           20 + 10 * i, NULL));
    }
    assert_done(fixture,
                store_change_sum(fixture->store, 2,
                                 "{\"since\":20,\"until\":100,\"items\":[]}", NULL));
    fixture_commit(fixture);
    assert_done(fixture, store_each_sum(fixture->store, "mailto", "b@x", 0, note_sum,
                                        &text, NULL));
    assert_int_equal(text.size, 0);
    assert_done(fixture, store_each_sum(fixture->store, "mailto", "a@x", 20, note_sum,
                                        &text, NULL));
    assert_string_equal(strbuf_text(&text), "2 fail 20-100 due 100, "
                                            "3 silent 0-0 due 200, ");
}

static void note_awaited(void *context, const char *notifier)
{
    strbuf_printf(context, "%s ", notifier);
}

static void what_waits_for_one_that_is_gone_is_told_by_another(void **state)
{
    struct fixture *fixture = *state;
    const struct addressee to = {.notifier = "log", .address = ""};
    AUTO(strbuf) struct strbuf text = {0};
    put(fixture, "told", TELLING_NEW, 5, 0);
    tell(fixture, 1, 6);
    put(fixture, "a", TELLING_NEW, 10, 0);
    put(fixture, "", TELLING_DIGEST, 20, 0);
    fixture_begin(fixture);
    const struct telling_sum sum = {
        .severity = "fail",
        .until = 100,
        .body = "{\"items\":[{\"what\":\"over\",\"tag\":\"b\"}]}"};
    assert_done(fixture,
                store_put_sum(fixture->store, "mailto", "a@x", &sum, 30, NULL));
    assert_done(fixture, store_redirect(fixture->store, "mailto", &to, 90, NULL));
    assert_done(fixture, store_each_awaited(fixture->store, note_awaited, &text, NULL));
    fixture_commit(fixture);
    assert_string_equal(strbuf_text(&text), "log ");
    assert_due(fixture, 1000, "");
    AUTO(str)
    char *marked = fixture_ask(fixture, "SELECT group_concat(number || ' ' ||"
                                        " ifnull(body ->> 'instead', '-') || ' ' ||"
                                        " ifnull(told, 'waits'), ', ') FROM telling");
    assert_string_equal(marked, "1 - 6, 2 5 90, 3 - waits, 4 5 90, 5 - waits");
    AUTO(str)
    char *items =
        fixture_ask(fixture, "SELECT body ->> 'for' || ' ' || group_concat("
                             "j.value ->> 'what' || ' ' || (j.value ->> 'tag'), ', ')"
                             " FROM telling, json_each(body, '$.items') j"
                             " WHERE number = 5");
    assert_string_equal(items, "mailto new a, over b");
}

static void counts_what_an_address_was_put(void **state)
{
    struct fixture *fixture = *state;
    int64_t count = 0;
    put(fixture, "a", TELLING_NEW, 10, 0);
    put(fixture, "b", TELLING_NEW, 20, 0);
    put(fixture, "c", TELLING_NEW, 30, 0);
    tell(fixture, 3, 31);
    assert_done(fixture, store_count_tellings(fixture->store, "mailto", "a@x", 20,
                                              &count, NULL));
    assert_int_equal(count, 2);
    assert_done(fixture,
                store_count_tellings(fixture->store, "mailto", "b@x", 0, &count, NULL));
    assert_int_equal(count, 0);
}

static void assert_list(struct fixture *fixture, const struct telling_filter *filter,
                        const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture,
                store_each_telling(fixture->store, filter, note, &text, &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

static void lists_what_is_asked_for_newest_first(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "a", TELLING_NEW, 10, 0);
    put(fixture, "b", TELLING_NOTE, 20, 0);
    put(fixture, "c", TELLING_DIGEST, 30, 0);
    tell(fixture, 2, 31);
    assert_list(fixture, &(struct telling_filter){0},
                "3 digest c/0, 2 note b/0, 1 new a/0");
    assert_list(fixture, &(struct telling_filter){.waiting = true},
                "3 digest c/0, 1 new a/0");
    assert_list(fixture, &(struct telling_filter){.since = 20, .limit = 1},
                "3 digest c/0");
    assert_list(fixture, &(struct telling_filter){.before = 2}, "1 new a/0");
    assert_list(fixture, &(struct telling_filter){.incident = 5}, "");
}

static void note_failing(void *context, const char *notifier, const char *why)
{
    strbuf_printf(context, "%s: %s", notifier, why);
}

static void names_who_fails_for_long(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put(fixture, "a", TELLING_NEW, 10, 0);
    try_and_fail(fixture, 1, 100, 200);
    try_and_fail(fixture, 1, 200, 300);
    assert_done(fixture,
                store_each_failing(fixture->store, 99, note_failing, &text, NULL));
    assert_string_equal(strbuf_text(&text), "");
    assert_done(fixture,
                store_each_failing(fixture->store, 100, note_failing, &text, NULL));
    assert_string_equal(strbuf_text(&text), "mailto: no mail server");
    strbuf_shorten(&text, 0);
    tell(fixture, 1, 301);
    assert_done(fixture,
                store_each_failing(fixture->store, 999, note_failing, &text, NULL));
    assert_string_equal(strbuf_text(&text), "");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_outbox_has_nothing_due),
        TEST(gives_what_is_due_the_oldest_first),
        TEST(what_one_address_hears_of_a_tag_keeps_its_order),
        TEST(a_clock_that_was_set_back_holds_nothing_up),
        TEST(an_address_has_its_own_sums),
        TEST(what_waits_for_one_that_is_gone_is_told_by_another),
        TEST(counts_what_an_address_was_put),
        TEST(lists_what_is_asked_for_newest_first),
        TEST(names_who_fails_for_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
