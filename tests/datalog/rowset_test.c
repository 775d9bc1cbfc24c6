// SPDX-License-Identifier: GPL-3.0-or-later
#include "datalog/rowset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct cells *cells;
    struct rowset *rows; /* of three cells, the first two of which make it */
};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture.cells = cells_new();
    fixture.rows = rowset_new(fixture.cells, 2, 3);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    rowset_free(fixture->rows);
    cells_free(fixture->cells);
    return 0;
}

static uint64_t number(struct fixture *fixture, int64_t value)
{
    return cells_put(fixture->cells, &(struct scalar){.number = value});
}

static uint64_t real(struct fixture *fixture, double value)
{
    return cells_put(fixture->cells,
                     &(struct scalar){.kind = SCALAR_REAL, .real = value});
}

static int add(struct fixture *fixture, int64_t one, int64_t other, uint64_t third)
{
    const uint64_t row[] = {number(fixture, one), number(fixture, other), third};
    return rowset_add(fixture->rows, row);
}

static void takes_each_row_once(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(add(fixture, 1, 2, 7), 1);
    assert_int_equal(add(fixture, 2, 1, 8), 1);
    assert_int_equal(add(fixture, 1, 2, 9), 0);
    assert_int_equal(rowset_count(fixture->rows), 2);
    assert_int_equal(rowset_get(fixture->rows, 0)[2], 7); /* that of the first */
    assert_int_equal(rowset_get(fixture->rows, 1)[0], number(fixture, 2));
}

static void takes_what_is_equal_once(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t row[] = {real(fixture, 1), real(fixture, 2), 0};
    const uint64_t near[] = {real(fixture, 1), real(fixture, 2.5), 0};
    assert_int_equal(add(fixture, 1, 2, 0), 1);
    assert_int_equal(rowset_add(fixture->rows, row), 0);
    assert_int_equal(rowset_add(fixture->rows, near), 1);
    assert_int_equal(add(fixture, 1, 2, 0), 0);
}

/* Counts the rows of a key, which come in their order. */
static size_t count_of(const struct rowset_index *index, const uint64_t *keys)
{
    size_t count = 0, last = ROWSET_NONE;
    for (size_t row = rowset_first(index, keys); row != ROWSET_NONE;
         row = rowset_next(index, row)) {
        assert_true(last == ROWSET_NONE || row > last);
        last = row;
        count++;
    }
    return count;
}

static void finds_rows_by_any_columns(void **state)
{
    struct fixture *fixture = *state;
    enum { SIDE = 100 };
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_int_equal(add(fixture, i % SIDE, i / SIDE, 0), 1);
    for (int i = 0; i < SIDE; i++) {
        const uint64_t keys[] = {number(fixture, i), number(fixture, i)};
        assert_int_equal(count_of(rowset_index(fixture->rows, 1), keys), SIDE);
        assert_int_equal(count_of(rowset_index(fixture->rows, 2), keys), SIDE);
        assert_int_equal(count_of(rowset_index(fixture->rows, 3), keys), 1);
    }
    const uint64_t missing[] = {number(fixture, SIDE), number(fixture, 0)};
    assert_int_equal(count_of(rowset_index(fixture->rows, 1), missing), 0);
    assert_int_equal(count_of(rowset_index(fixture->rows, 3), missing), 0);
}

static void an_index_learns_of_rows_that_come_later(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t keys[] = {number(fixture, 7), number(fixture, 1)};
    assert_int_equal(rowset_first(rowset_index(fixture->rows, 1), keys), ROWSET_NONE);
    assert_int_equal(rowset_first(rowset_index(fixture->rows, 3), keys), ROWSET_NONE);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(add(fixture, 7, i, 0), 1);
        assert_int_equal(add(fixture, i + 8, 7, 0), 1);
        assert_int_equal(count_of(rowset_index(fixture->rows, 1), keys), i + 1);
    }
    assert_int_equal(rowset_first(rowset_index(fixture->rows, 3), keys), 2);
}

static void finds_what_is_equal(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t row[] = {real(fixture, 3), number(fixture, 1), 0};
    assert_int_equal(rowset_add(fixture->rows, row), 1);
    assert_int_equal(add(fixture, 3, 2, 0), 1);
    const uint64_t keys[] = {number(fixture, 3)};
    assert_int_equal(count_of(rowset_index(fixture->rows, 1), keys), 2);
}

static void sorts_by_all_columns(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t rows[][2] = {{2, 1}, {1, 9}, {-1, 5}, {1, -9}, {2, 0}};
    static const uint32_t sorted[] = {2, 3, 1, 4, 0};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(add(fixture, rows[i][0], rows[i][1], 0), 1);
    assert_memory_equal(rowset_sort(fixture->rows), sorted, sizeof sorted);
}

static void counts_its_memory(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 10000; i++)
        assert_int_equal(add(fixture, i, i, 0), 1);
    size_t size = rowset_size(fixture->rows);
    assert_true(size >= 10000 * (3 * sizeof(uint64_t) + sizeof(uint32_t)));
    const uint64_t keys[] = {number(fixture, 5)};
    assert_int_equal(rowset_first(rowset_index(fixture->rows, 2), keys), 5);
    assert_true(rowset_size(fixture->rows) >= size + 10000 * sizeof(uint32_t));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_each_row_once),       TEST(takes_what_is_equal_once),
        TEST(finds_rows_by_any_columns), TEST(an_index_learns_of_rows_that_come_later),
        TEST(finds_what_is_equal),       TEST(sorts_by_all_columns),
        TEST(counts_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
