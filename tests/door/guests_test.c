// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "door/guests.h"

static void who_sends_gets_the_time_that_it_takes(void **state UNUSED)
{
    struct guest guest = {.deadline = 1000};
    guest_extend(&guest, 2 * GUEST_RATE_MIN);
    assert_int_equal(guest.deadline, 3000);
}

/* Bytes are still read of one that was shown out. */
static void who_has_no_deadline_gets_none_by_sending(void **state UNUSED)
{
    struct guest guest = {.deadline = 1000};
    guest_let_wait(&guest);
    guest_extend(&guest, 2 * GUEST_RATE_MIN);
    assert_int_equal(guest.deadline, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sends_gets_the_time_that_it_takes),
        cmocka_unit_test(who_has_no_deadline_gets_none_by_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
