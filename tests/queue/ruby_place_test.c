// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/ruby_place.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

static void counts_those_of_the_same_text(void **state UNUSED)
{
    struct ruby_place place = {0};
    const uint64_t hashes[] = {7, 8, 7, 7, 8};
    const unsigned occurrences[] = {0, 0, 1, 2, 1};
    for (int i = 0; i < 5; i++)
        assert_int_equal(ruby_place_add(&place, hashes[i]), occurrences[i]);
    assert_int_equal(place.count, 5);
}

static void counts_on_over_many_that_are_far_apart(void **state UNUSED)
{
    struct ruby_place place = {0};
    for (unsigned round = 0; round < 5; round++) {
        assert_int_equal(ruby_place_add(&place, 1), round);
        for (uint64_t i = 0; i < RUBY_WINDOW - 1; i++)
            ruby_place_add(&place, 100 + round * 100 + i);
    }
}

static void knows_the_last_ones(void **state UNUSED)
{
    struct ruby_place place = {0};
    for (uint64_t i = 1; i <= 100; i++)
        ruby_place_add(&place, i);
    const uint64_t newest_first[] = {100, 99, 98}, others[] = {100, 98, 97};
    assert_int_equal(place.known, RUBY_WINDOW);
    assert_true(ruby_place_is_at(&place, newest_first, 3));
    assert_true(ruby_place_is_at(&place, newest_first, 1));
    assert_false(ruby_place_is_at(&place, newest_first, 0));
    assert_false(ruby_place_is_at(&place, newest_first + 1, 2));
    assert_false(ruby_place_is_at(&place, others, 3));
}

static void a_new_place_is_nowhere(void **state UNUSED)
{
    struct ruby_place place = {0};
    const uint64_t hashes[] = {0, 1};
    assert_false(ruby_place_is_at(&place, hashes, 2));
}

static void moves_to_a_list_that_is_shorter(void **state UNUSED)
{
    struct ruby_place place = {0};
    for (uint64_t i = 1; i <= 100; i++)
        ruby_place_add(&place, i);
    ruby_place_move(&place, 2);
    const uint64_t left[] = {100, 99, 5};
    assert_int_equal(place.known, 2);
    assert_int_equal(place.count, 2);
    assert_true(ruby_place_is_at(&place, left, 3));
    ruby_place_move(&place, 0);
    assert_int_equal(place.known, 0);
}

static void survives_as_text(void **state UNUSED)
{
    struct ruby_place place = {0}, again;
    for (uint64_t i = 1; i <= 50; i++)
        ruby_place_add(&place, UINT64_C(0xF000000000000000) + i / 2);
    AUTO(str) char *text = ruby_place_format(&place);
    ruby_place_parse(text, &again);
    assert_int_equal(again.count, 50);
    assert_int_equal(again.known, place.known);
    assert_memory_equal(again.window, place.window, place.known * sizeof *place.window);
}

static void text_that_is_none_is_the_beginning(void **state UNUSED)
{
    static const char *const texts[] = {
        "", "x", "3", "-1 12", "1 12 13", "2 12,1", "2 1 ", "2 12.x", "2 12 \n", NULL};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct ruby_place place = {.count = 9, .known = 1};
        ruby_place_parse(texts[i], &place);
        assert_int_equal(place.count, 0);
        assert_int_equal(place.known, 0);
    }
}

static void a_fingerprint_is_of_all_bytes(void **state UNUSED)
{
    assert_int_equal(ruby_hash("a\0b", 3), ruby_hash("a\0b", 3));
    assert_true(ruby_hash("a\0b", 3) != ruby_hash("a\0c", 3));
    assert_true(ruby_hash("", 0) != ruby_hash("\0", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_those_of_the_same_text),
        cmocka_unit_test(counts_on_over_many_that_are_far_apart),
        cmocka_unit_test(knows_the_last_ones),
        cmocka_unit_test(a_new_place_is_nowhere),
        cmocka_unit_test(moves_to_a_list_that_is_shorter),
        cmocka_unit_test(survives_as_text),
        cmocka_unit_test(text_that_is_none_is_the_beginning),
        cmocka_unit_test(a_fingerprint_is_of_all_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
