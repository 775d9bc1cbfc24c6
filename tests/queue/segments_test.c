// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/segments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_place(found, wanted_segment, wanted_offset)                             \
    do {                                                                               \
        struct place found_ = (found);                                                 \
        assert_int_equal(found_.segment, wanted_segment);                              \
        assert_int_equal(found_.offset, wanted_offset);                                \
    } while (0)

static void a_record_extends_its_segment_or_begins_one(void **state UNUSED)
{
    AUTO(segments) struct segments segments = {0};
    assert_place(segments_end(&segments, (struct place){3, 70}), 3, 70);
    segments_extend(&segments, (struct place){4, SEGMENT_START}, 100);
    segments_extend(&segments, (struct place){4, SEGMENT_START + 100}, 50);
    assert_place(segments_end(&segments, (struct place){0}), 4, SEGMENT_START + 150);
    segments_extend(&segments, (struct place){6, SEGMENT_START}, 10);
    assert_int_equal(segments.count, 2);
    assert_int_equal(segments.size, 2 * SEGMENT_START + 160);
}

static void the_end_of_a_segment_is_the_start_of_the_next(void **state UNUSED)
{
    AUTO(segments) struct segments segments = {0};
    segments_add(&segments, 4, 200);
    assert_place(segments_pass(&segments, (struct place){4, 100}), 4, 100);
    assert_place(segments_pass(&segments, (struct place){4, 200}), 4, 200);
    segments_add(&segments, 7, 300);
    assert_place(segments_pass(&segments, (struct place){4, 100}), 4, 100);
    assert_place(segments_pass(&segments, (struct place){4, 200}), 7, SEGMENT_START);
    assert_place(segments_pass(&segments, (struct place){0, 0}), 4, SEGMENT_START);
    assert_place(segments_pass(&segments, (struct place){5, 60}), 7, SEGMENT_START);
}

static void what_is_damaged_does_not_count(void **state UNUSED)
{
    AUTO(segments) struct segments segments = {0};
    segments_add(&segments, 4, 200);
    segments_add(&segments, 5, 300);
    segments_cut(&segments, (struct place){4, 80});
    assert_int_equal(segments.size, 380);
    assert_place(segments_pass(&segments, (struct place){4, 80}), 5, SEGMENT_START);
    struct segment first = segments_take_first(&segments);
    assert_int_equal(first.number, 4);
    assert_true(first.is_damaged);
    assert_int_equal(segments.size, 300);
    assert_null(segments_find(&segments, 4));
    assert_int_equal(segments_find(&segments, 5)->end, 300);
}

static void places_are_in_the_order_of_segment_and_offset(void **state UNUSED)
{
    assert_true(place_is_before((struct place){1, 900}, (struct place){2, 24}));
    assert_true(place_is_before((struct place){2, 24}, (struct place){2, 25}));
    assert_false(place_is_before((struct place){2, 24}, (struct place){2, 24}));
    assert_false(place_is_before((struct place){3, 24}, (struct place){2, 90}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_extends_its_segment_or_begins_one),
        cmocka_unit_test(the_end_of_a_segment_is_the_start_of_the_next),
        cmocka_unit_test(what_is_damaged_does_not_count),
        cmocka_unit_test(places_are_in_the_order_of_segment_and_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
