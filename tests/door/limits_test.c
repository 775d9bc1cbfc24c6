// SPDX-License-Identifier: GPL-3.0-or-later
#include "door/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

#define NOW 1000000 /* ms */

static const struct rate ten_a_second = {.count = 10, .period = 1000};

/* How many of so many tries may be. */
static int take(struct bucket *bucket, int tries, int64_t now)
{
    int taken = 0;
    for (int i = 0; i < tries; i++)
        taken += bucket_take(bucket, ten_a_second, now);
    return taken;
}

static void lets_so_many_be_at_once_and_then_none(void **state UNUSED)
{
    struct bucket bucket = {0};
    assert_int_equal(take(&bucket, 20, NOW), 10);
    assert_int_equal(take(&bucket, 20, NOW), 0);
}

static void fills_up_with_time_and_not_beyond(void **state UNUSED)
{
    struct bucket bucket = {0};
    take(&bucket, 10, NOW);
    assert_int_equal(take(&bucket, 20, NOW + 99), 0);
    assert_int_equal(take(&bucket, 20, NOW + 100), 1);
    assert_int_equal(take(&bucket, 20, NOW + 600), 5);
    assert_int_equal(take(&bucket, 20, NOW + 3600000), 10);
}

static void what_trickles_in_is_not_lost_by_asking_often(void **state UNUSED)
{
    struct bucket bucket = {0};
    int taken = 0;
    take(&bucket, 10, NOW);
    for (int64_t ms = 1; ms <= 2000; ms++)
        taken += take(&bucket, 1, NOW + ms);
    assert_int_equal(taken, 20);
}

static void a_clock_that_stands_fills_nothing(void **state UNUSED)
{
    struct bucket bucket = {0};
    take(&bucket, 10, NOW);
    assert_int_equal(take(&bucket, 1, NOW - 500), 0);
}

static struct peer peer_numbered(unsigned char last)
{
    return (struct peer){{[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = last}};
}

static void counts_each_address_for_itself(void **state UNUSED)
{
    AUTO(peer_limits) struct peer_limits *limits = peer_limits_new(ten_a_second);
    struct peer one = peer_numbered(1), other = peer_numbered(2);
    for (int i = 0; i < 10; i++)
        assert_true(peer_limits_take(limits, &one, NOW));
    assert_false(peer_limits_take(limits, &one, NOW));
    assert_true(peer_limits_take(limits, &other, NOW));
}

static void one_network_of_ipv6_is_one_client(void **state UNUSED)
{
    AUTO(peer_limits) struct peer_limits *limits = peer_limits_new(ten_a_second);
    int taken = 0;
    for (unsigned char i = 0; i < 20; i++) {
        struct peer peer = {{0x20, 1, 0xd, 0xb8, [15] = i}};
        taken += peer_limits_take(limits, &peer, NOW);
    }
    assert_int_equal(taken, 10);
}

static void the_log_is_told_what_it_missed(void **state UNUSED)
{
    struct log_limit limit = {0};
    int64_t left_out = -1;
    for (int i = 0; i < LOG_LIMIT_LINES; i++)
        assert_true(log_limit_take(&limit, NOW, &left_out));
    assert_int_equal(left_out, 0);
    for (int i = 0; i < 5; i++)
        assert_false(log_limit_take(&limit, NOW, &left_out));
    assert_true(log_limit_take(&limit, NOW + 60000, &left_out));
    assert_int_equal(left_out, 5);
    assert_true(log_limit_take(&limit, NOW + 60000, &left_out));
    assert_int_equal(left_out, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_so_many_be_at_once_and_then_none),
        cmocka_unit_test(fills_up_with_time_and_not_beyond),
        cmocka_unit_test(what_trickles_in_is_not_lost_by_asking_often),
        cmocka_unit_test(a_clock_that_stands_fills_nothing),
        cmocka_unit_test(counts_each_address_for_itself),
        cmocka_unit_test(one_network_of_ipv6_is_one_client),
        cmocka_unit_test(the_log_is_told_what_it_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
