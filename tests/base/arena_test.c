// SPDX-License-Identifier: GPL-3.0-or-later
/* arena - what was taken stays where it is, and all goes at once. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static void gives_zeros_that_fit_any_type(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    for (size_t size = 0; size < 200; size++) {
        char *taken = arena_take(arena, size);
        assert_int_equal((uintptr_t)taken % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(taken[i], 0);
        memset(taken, 'x', size);
    }
}

static void pieces_of_every_size_do_not_touch_each_other(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    static const size_t sizes[] = {1, 100, 5000, 300000, 3000000, 7, 1500000, 33};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    char *taken[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        taken[i] = arena_take(arena, sizes[i]);
        memset(taken[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            if (taken[i][j] != (char)(i + 1))
                fail_msg("byte %zu of piece %zu was overwritten", j, i);
}

static void copies_bytes_and_texts_with_a_nul_behind(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_string_equal(arena_text(arena, "sheep"), "sheep");
    assert_string_equal(arena_format(arena, "%d %s", 2, "dogs"), "2 dogs");
}

static void formats_what_is_longer_than_a_block(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    const char *text = arena_format(arena, "%0*d", 2000000, 7);
    assert_int_equal(strlen(text), 2000000);
    assert_int_equal(text[1999999], '7');
}

static void arrays_grow_item_by_item(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    static const char bytes[1000];
    const char **items = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        arena_push(arena, (void ***)&items, &count, (void *)&bytes[i]);
    assert_int_equal(count, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        assert_ptr_equal(items[i], &bytes[i]);
}

static void counts_what_was_taken(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    assert_int_equal(arena_size(arena), 0);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_take(arena, 100));
    assert_in_range(arena_size(arena), 100000, 120000);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeros_that_fit_any_type),
        cmocka_unit_test(pieces_of_every_size_do_not_touch_each_other),
        cmocka_unit_test(copies_bytes_and_texts_with_a_nul_behind),
        cmocka_unit_test(formats_what_is_longer_than_a_block),
        cmocka_unit_test(arrays_grow_item_by_item),
        cmocka_unit_test(counts_what_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
