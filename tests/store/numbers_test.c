// SPDX-License-Identifier: GPL-3.0-or-later
/* numbers - whatever is removed, whoever reads on from a number misses nothing. */
#include "fixture.h"

static int64_t put(struct fixture *fixture, unsigned n)
{
    fixture_begin(fixture);
    int64_t number =
        fixture_put(fixture, message_make(n, "job", NOON + n, "SUCCESS"), NULL);
    fixture_commit(fixture);
    return number;
}

static void forget(struct fixture *fixture, const char *host, int limit)
{
    for (int changed = 1; changed > 0;) {
        fixture_begin(fixture);
        assert_done(fixture, store_forget(fixture->store, host, NULL, limit, &changed,
                                          &fixture->err));
        fixture_commit(fixture);
    }
}

static int64_t last(struct fixture *fixture)
{
    int64_t number = -1;
    assert_done(fixture, store_last_stored(fixture->store, &number, &fixture->err));
    return number;
}

static void they_count_on_from_one(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(last(fixture), 0);
    assert_int_equal(put(fixture, 1), 1);
    assert_int_equal(put(fixture, 2), 2);
    assert_int_equal(last(fixture), 2);
}

static void what_is_forgotten_keeps_its_number(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned n = 1; n <= 5; n++)
        put(fixture, n);
    forget(fixture, "penguin2", 2);
    assert_int_equal(last(fixture), 5);
    assert_int_equal(put(fixture, 6), 6);
    forget(fixture, "penguin2", 100);
    assert_int_equal(put(fixture, 7), 7);
}

static void so_it_is_after_a_restart(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1);
    put(fixture, 2);
    forget(fixture, "penguin2", 100);
    fixture_reopen(fixture);
    assert_int_equal(put(fixture, 3), 3);
}

/* Two handlers, one of which forgets. */
static void so_it_is_where_another_forgot(void **state)
{
    struct fixture *fixture = *state;
    struct fixture other = *fixture;
    assert_done(fixture, store_open(fixture->path, &other.store, &fixture->err));
    put(fixture, 1);
    put(&other, 2);
    forget(fixture, "penguin2", 100);
    assert_int_equal(put(&other, 3), 3);
    assert_int_equal(put(fixture, 4), 4);
    store_close(other.store);
}

/* One that came late is old: the newest by its number is not so by its time. */
static void what_is_pruned_keeps_its_number(void **state)
{
    struct fixture *fixture = *state;
    int changed = 0;
    put(fixture, 100);
    put(fixture, 1);
    fixture_begin(fixture);
    assert_done(fixture, store_prune(fixture->store, NOON + 50, NOON + 50, 100, NULL,
                                     &changed, &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(changed, 1);
    assert_int_equal(put(fixture, 101), 3);
}

static void one_that_is_taken_back_is_free(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    fixture_put(fixture, message_make(1, "job", NOON, "SUCCESS"), NULL);
    store_rollback(fixture->store);
    assert_int_equal(put(fixture, 2), 1);
}

#define TEST(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(they_count_on_from_one),          TEST(what_is_forgotten_keeps_its_number),
        TEST(so_it_is_after_a_restart),        TEST(so_it_is_where_another_forgot),
        TEST(what_is_pruned_keeps_its_number), TEST(one_that_is_taken_back_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
