// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

static void gives_all_that_waits_oldest_first(void **state UNUSED)
{
    AUTO(intake) struct intake *intake = intake_new(100);
    struct parcel parcels[3] = {{.size = 10}, {.size = 20}, {.size = 30}};
    for (int i = 0; i < 3; i++)
        assert_int_equal(intake_push(intake, &parcels[i]), 0);
    struct parcel *received = intake_receive(intake);
    for (int i = 0; i < 3; i++, received = received->next)
        assert_ptr_equal(received, &parcels[i]);
    assert_null(received);
}

static void gives_nothing_when_empty(void **state UNUSED)
{
    AUTO(intake) struct intake *intake = intake_new(100);
    struct parcel parcel = {.size = 10};
    assert_null(intake_receive(intake));
    assert_true(intake_is_empty(intake));
    assert_int_equal(intake_push(intake, &parcel), 0);
    assert_false(intake_is_empty(intake));
    assert_ptr_equal(intake_receive(intake), &parcel);
    assert_null(intake_receive(intake));
}

static void refuses_when_full_and_takes_again_once_received(void **state UNUSED)
{
    AUTO(intake) struct intake *intake = intake_new(100);
    struct parcel first = {.size = 60}, second = {.size = 41}, third = {.size = 40};
    assert_int_equal(intake_push(intake, &first), 0);
    assert_int_equal(intake_push(intake, &second), -ENOBUFS);
    assert_int_equal(intake_push(intake, &third), 0);
    assert_ptr_equal(intake_receive(intake), &first);
    assert_ptr_equal(first.next, &third);
    assert_null(third.next);
    assert_int_equal(intake_push(intake, &second), 0);
    intake_receive(intake);
}

static void a_parcel_larger_than_the_limit_never_enters(void **state UNUSED)
{
    AUTO(intake) struct intake *intake = intake_new(100);
    struct parcel large = {.size = SIZE_MAX}, whole = {.size = 100};
    assert_int_equal(intake_push(intake, &large), -ENOBUFS);
    assert_int_equal(intake_push(intake, &whole), 0);
    assert_int_equal(intake_push(intake, &large), -ENOBUFS);
    assert_ptr_equal(intake_receive(intake), &whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_all_that_waits_oldest_first),
        cmocka_unit_test(gives_nothing_when_empty),
        cmocka_unit_test(refuses_when_full_and_takes_again_once_received),
        cmocka_unit_test(a_parcel_larger_than_the_limit_never_enters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
