// SPDX-License-Identifier: GPL-3.0-or-later
/* counters - what the look before saw. */
#include "monitor/counters.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct counters *begin(void **memory, int64_t monotonic)
{
    struct look look = {.memory = memory, .monotonic = monotonic};
    return counters_begin(&look);
}

static void gives_what_was_put_before(void **state UNUSED)
{
    void *memory = NULL;
    uint64_t before[2] = {0};
    struct counters *counters = begin(&memory, 5000000);
    assert_true(isnan(counters_seconds(counters)));
    assert_false(counters_swap(counters, "a", (uint64_t[]){1, 2}, 2, before));
    assert_false(counters_swap(counters, "b", (uint64_t[]){3, 4}, 2, before));
    counters_end(counters);

    counters = begin(&memory, 6500000);
    assert_float_equal(counters_seconds(counters), 1.5, 1e-9);
    assert_true(counters_swap(counters, "b", (uint64_t[]){5, 6}, 2, before));
    assert_int_equal(before[0], 3);
    assert_int_equal(before[1], 4);
    counters_set(counters, "b", 1, 99);
    counters_end(counters);

    counters = begin(&memory, 6500000);
    assert_true(isnan(counters_seconds(counters))); /* no time went by */
    assert_true(counters_swap(counters, "b", (uint64_t[]){7, 8}, 2, before));
    assert_int_equal(before[1], 99);
    assert_false(counters_swap(counters, "a", (uint64_t[]){1, 2}, 2, before));
    counters_forget(memory);
    counters_forget(NULL);
}

static void a_rise_is_never_negative_nor_huge(void **state UNUSED)
{
    assert_float_equal(counter_rise(5, 5), 0, 0);
    assert_float_equal(counter_rise(5, 8), 3, 0);
    assert_true(isnan(counter_rise(8, 5)));
    assert_true(isnan(counter_rise(UINT32_MAX, 0)));
    assert_true(isnan(counter_rise(0, UINT64_MAX)));
    assert_true(isnan(counter_rise(UINT64_MAX, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_was_put_before),
        cmocka_unit_test(a_rise_is_never_negative_nor_huge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
