// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <errno.h>

static void put_bytes(struct fixture *fixture, const char *source, const char *name,
                      const char *bytes, size_t size)
{
    struct dead_letter letter = {.came = NOON,
                                 .source = source,
                                 .name = name,
                                 .reason = "line 1: found a sheep",
                                 .bytes = bytes,
                                 .size = size};
    fixture_begin(fixture);
    assert_done(fixture, store_put_dead(fixture->store, &letter, &fixture->err));
    fixture_commit(fixture);
}

static void put(struct fixture *fixture, const char *source, const char *name,
                const char *text)
{
    put_bytes(fixture, source, name, text, strlen(text));
}

/* "3:text 1:text" */
static int list(const struct dead_letter *letter, void *context)
{
    strbuf_printf(context, "%s%lld:%.*s", ((struct strbuf *)context)->size ? " " : "",
                  (long long)letter->number, (int)letter->size, letter->bytes);
    return 0;
}

static void assert_listed(struct fixture *fixture, int64_t before, int limit,
                          const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_dead(fixture->store, before, limit, list, &text,
                                         &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

static int check_whole(const struct dead_letter *letter, void *context)
{
    struct dead_letter *expected = context;
    assert_true(letter->came == NOON && letter->number > 0);
    assert_string_equal(letter->source, expected->source);
    assert_string_equal(letter->reason, "line 1: found a sheep");
    assert_true(!letter->name == !expected->name);
    if (letter->name)
        assert_string_equal(letter->name, expected->name);
    assert_int_equal(letter->size, expected->size);
    assert_memory_equal(letter->bytes, expected->bytes, expected->size);
    return 0;
}

static void gives_back_any_bytes_as_they_came(void **state)
{
    struct fixture *fixture = *state;
    struct dead_letter named = {
        .source = "redis://h", .name = "1-0", .bytes = "a\0\xFF\n", .size = 4};
    struct dead_letter empty = {.source = "door", .bytes = "", .size = 0};
    put_bytes(fixture, named.source, named.name, named.bytes, named.size);
    put_bytes(fixture, empty.source, NULL, NULL, 0);
    fixture_reopen(fixture);
    assert_done(fixture,
                store_find_dead(fixture->store, 1, check_whole, &named, &fixture->err));
    assert_done(fixture,
                store_find_dead(fixture->store, 2, check_whole, &empty, &fixture->err));
}

static void keeps_a_mebibyte_of_a_large_one(void **state)
{
    struct fixture *fixture = *state;
    size_t size = (1 << 20) + 1;
    AUTO(str) char *large = memory_new(size);
    struct dead_letter expected = {.source = "s", .bytes = large, .size = 1 << 20};
    put_bytes(fixture, "s", NULL, large, size);
    assert_done(fixture, store_find_dead(fixture->store, 1, check_whole, &expected,
                                         &fixture->err));
    large[size - 1] = 'x'; /* differs only in what is not kept */
    put_bytes(fixture, "s", NULL, large, size);
    AUTO(str) char *count = fixture_ask(fixture, "SELECT count(*) FROM dead");
    assert_string_equal(count, "2");
}

static void lists_the_newest_first_page_by_page(void **state)
{
    struct fixture *fixture = *state;
    assert_listed(fixture, 0, 10, "");
    put(fixture, "s", NULL, "a");
    put(fixture, "s", NULL, "b");
    put(fixture, "s", NULL, "c");
    assert_listed(fixture, 0, 10, "3:c 2:b 1:a");
    assert_listed(fixture, 0, 2, "3:c 2:b");
    assert_listed(fixture, 2, 2, "1:a");
    assert_listed(fixture, 1, 2, "");
}

static void one_that_comes_again_is_there_once(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "one", "1-0", "a");
    put(fixture, "one", "1-0", "b");
    put(fixture, "one", NULL, "a");
    put(fixture, "one", NULL, "a");
    put(fixture, "one", "2-0", "a");
    put(fixture, "other", "1-0", "a");
    put(fixture, "other", NULL, "a");
    assert_listed(fixture, 0, 10, "7:a 6:a 5:a 3:a 1:a");
}

static int refuse(const struct dead_letter *letter UNUSED, void *context)
{
    ++*(int *)context;
    return -ECANCELED;
}

static void a_callback_ends_the_list(void **state)
{
    struct fixture *fixture = *state;
    int calls = 0;
    put(fixture, "s", NULL, "a");
    put(fixture, "s", NULL, "b");
    assert_int_equal(
        store_each_dead(fixture->store, 0, 9, refuse, &calls, &fixture->err),
        -ECANCELED);
    assert_int_equal(calls, 1);
}

static void what_is_dropped_is_gone_and_its_number_too(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put(fixture, "s", NULL, "a");
    put(fixture, "s", NULL, "b");
    fixture_begin(fixture);
    assert_done(fixture, store_drop_dead(fixture->store, 2, &fixture->err));
    assert_int_equal(store_drop_dead(fixture->store, 2, &fixture->err), -ENOENT);
    assert_non_null(strstr(fixture->err.text, "number 2"));
    fixture_commit(fixture);
    assert_int_equal(store_find_dead(fixture->store, 2, list, &text, &fixture->err),
                     -ENOENT);
    put(fixture, "s", NULL, "b");
    assert_listed(fixture, 0, 10, "3:b 1:a");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_back_any_bytes_as_they_came),
        TEST(keeps_a_mebibyte_of_a_large_one),
        TEST(lists_the_newest_first_page_by_page),
        TEST(one_that_comes_again_is_there_once),
        TEST(a_callback_ends_the_list),
        TEST(what_is_dropped_is_gone_and_its_number_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
