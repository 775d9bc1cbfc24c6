// SPDX-License-Identifier: GPL-3.0-or-later
#include "datalog/cells.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NUMBER(n)                                                                      \
    {                                                                                  \
        .kind = SCALAR_NUMBER, .number = (n)                                           \
    }
#define REAL(r)                                                                        \
    {                                                                                  \
        .kind = SCALAR_REAL, .real = (r)                                               \
    }
#define TEXT(t)                                                                        \
    {                                                                                  \
        .kind = SCALAR_TEXT, .bytes = (t), .size = sizeof(t) - 1                       \
    }
#define BLOB(t)                                                                        \
    {                                                                                  \
        .kind = SCALAR_BLOB, .bytes = (t), .size = sizeof(t) - 1                       \
    }

static int open_cells(void **state)
{
    *state = cells_new();
    return 0;
}

static int close_cells(void **state)
{
    cells_free(*state);
    return 0;
}

/* In the order in which SQL sorts them. */
static const struct scalar sorted[] = {
    REAL(-INFINITY),
    NUMBER(INT64_MIN),
    NUMBER(INT64_MIN / 4 - 1),
    NUMBER(INT64_MIN / 4),
    NUMBER(-1),
    REAL(-0.5),
    NUMBER(0),
    REAL(0.5),
    NUMBER(1),
    REAL(1.5),
    NUMBER((INT64_C(1) << 53) + 1),
    REAL(0x1p53 + 2),
    NUMBER(INT64_MAX / 4),
    NUMBER(INT64_MAX / 4 + 1),
    NUMBER(INT64_MAX),
    REAL(0x1p63),
    TEXT(""),
    TEXT("a"),
    TEXT("a\0b"),
    TEXT("ab"),
    TEXT("ß"),
    BLOB(""),
    BLOB("a"),
};
static const size_t sorted_count = sizeof sorted / sizeof *sorted;

static void assert_same(const struct scalar *one, const struct scalar *other)
{
    assert_int_equal(one->kind, other->kind);
    assert_int_equal(one->number, other->number);
    assert_memory_equal(&one->real, &other->real, sizeof one->real);
    assert_int_equal(one->size, other->size);
    assert_int_equal(memcmp(one->bytes ? one->bytes : "",
                            other->bytes ? other->bytes : "", one->size),
                     0);
}

static void gives_back_what_was_put(void **state)
{
    uint64_t cells[sizeof sorted / sizeof *sorted];
    for (size_t i = 0; i < sorted_count; i++)
        cells[i] = cells_put(*state, &sorted[i]);
    for (size_t i = 0; i < sorted_count; i++) {
        struct scalar scalar = cells_get(*state, cells[i]);
        assert_same(&scalar, &sorted[i]);
        assert_int_equal(cells_put(*state, &sorted[i]), cells[i]);
    }
}

static void sorts_as_sql_does(void **state)
{
    for (size_t i = 0; i < sorted_count; i++)
        for (size_t j = 0; j < sorted_count; j++) {
            int order = cells_compare(*state, cells_put(*state, &sorted[i]),
                                      cells_put(*state, &sorted[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void has_one_key_for_what_is_equal(void **state)
{
    static const struct scalar pairs[][2] = {
        {NUMBER(1), REAL(1)},
        {NUMBER(0), REAL(-0.0)},
        {REAL(0), REAL(-0.0)},
        {NUMBER(INT64_C(1) << 62), REAL(0x1p62)},
        {NUMBER(INT64_MIN), REAL(-0x1p63)},
        {TEXT("a"), TEXT("a")},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint64_t found, one = cells_put(*state, &pairs[i][1]);
        uint64_t key = cells_key(*state, one);
        assert_true(cells_find_key(*state, &pairs[i][0], &found));
        assert_int_equal(found, key);
        assert_int_equal(cells_key(*state, cells_put(*state, &pairs[i][0])), key);
        assert_int_equal(cells_key(*state, key), key);
    }
}

static void has_a_key_of_its_own_for_what_differs(void **state)
{
    for (size_t i = 0; i < sorted_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(cells_key(*state, cells_put(*state, &sorted[i])),
                                 cells_key(*state, cells_put(*state, &sorted[j])));
}

static void finds_only_what_was_put(void **state)
{
    uint64_t key;
    assert_true(
        cells_find_key(*state, &(struct scalar)NUMBER(7), &key)); /* needs no place */
    assert_false(cells_find_key(*state, &(struct scalar)TEXT("a"), &key));
    assert_false(cells_find_key(*state, &(struct scalar)NUMBER(INT64_MAX), &key));
    cells_put(*state, &(struct scalar)TEXT("ab"));
    assert_false(cells_find_key(*state, &(struct scalar)TEXT("a"), &key));
    assert_false(cells_find_key(*state, &(struct scalar)REAL(0.5), &key));
    assert_false(cells_find_key(*state, &(struct scalar)BLOB("ab"), &key));
    assert_true(cells_find_key(*state, &(struct scalar)TEXT("ab"), &key));
}

static void keeps_many_texts_once_each(void **state)
{
    enum { COUNT = 10000 };
    uint64_t first = 0;
    for (int round = 0; round < 2; round++) {
        size_t size = cells_size(*state);
        for (int i = 0; i < COUNT; i++) {
            char text[16];
            int length = snprintf(text, sizeof text, "host%d", i);
            struct scalar scalar = {
                .kind = SCALAR_TEXT, .bytes = text, .size = (size_t)length};
            uint64_t cell = cells_put(*state, &scalar);
            first = i == 0 && round == 0 ? cell : first;
            assert_true(i > 0 || cell == first);
        }
        assert_true(round == 0 ? cells_size(*state) > COUNT * 8
                               : cells_size(*state) == size);
    }
    struct scalar scalar = cells_get(*state, first);
    assert_string_equal(scalar.bytes, "host0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_cells, close_cells)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_back_what_was_put),
        TEST(sorts_as_sql_does),
        TEST(has_one_key_for_what_is_equal),
        TEST(has_a_key_of_its_own_for_what_differs),
        TEST(finds_only_what_was_put),
        TEST(keeps_many_texts_once_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
