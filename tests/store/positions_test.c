// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

static void put(struct fixture *fixture, const char *source, const char *position)
{
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_position(fixture->store, source, position, &fixture->err));
    fixture_commit(fixture);
}

static char *get(struct fixture *fixture, const char *source)
{
    char *position = NULL;
    assert_done(fixture,
                store_get_position(fixture->store, source, &position, &fixture->err));
    return position;
}

static void a_source_that_was_never_read_has_none(void **state)
{
    assert_null(get(*state, "redis://h:6379"));
}

static void keeps_the_last_of_each_source(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "one", "12 abc");
    put(fixture, "other", "");
    put(fixture, "one", "15 def");
    fixture_reopen(fixture);
    AUTO(str) char *one = get(fixture, "one");
    AUTO(str) char *other = get(fixture, "other");
    assert_string_equal(one, "15 def");
    assert_string_equal(other, "");
}

static void a_rollback_leaves_the_one_before(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "one", "12");
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_position(fixture->store, "one", "15", &fixture->err));
    store_rollback(fixture->store);
    AUTO(str) char *one = get(fixture, "one");
    assert_string_equal(one, "12");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_source_that_was_never_read_has_none),
        TEST(keeps_the_last_of_each_source),
        TEST(a_rollback_leaves_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
