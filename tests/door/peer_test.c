// SPDX-License-Identifier: GPL-3.0-or-later
#include "door/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

static struct peer peer_named(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return peer_of((struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return peer_of((struct sockaddr *)&v6);
}

static void reads_as_it_is_written(void **state UNUSED)
{
    static const char *const texts[] = {"127.0.0.1", "192.0.2.255", "::1",
                                        "2001:db8::7"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[PEER_TEXT_SIZE];
        struct peer peer = peer_named(texts[i]);
        assert_string_equal(peer_format(&peer, text), texts[i]);
    }
}

static void an_ipv4_address_within_ipv6_is_that_address(void **state UNUSED)
{
    struct peer plain = peer_named("192.0.2.7"),
                mapped = peer_named("::ffff:192.0.2.7");
    char text[PEER_TEXT_SIZE];
    assert_true(peer_is_same(&plain, &mapped));
    assert_string_equal(peer_format(&mapped, text), "192.0.2.7");
}

static void the_same_are_one_client(void **state UNUSED)
{
    static const struct {
        const char *one, *other;
        bool is_same;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.8", false},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"::1", "192.0.2.7", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct peer one = peer_named(rows[i].one), other = peer_named(rows[i].other);
        assert_int_equal(peer_is_same(&one, &other), rows[i].is_same);
        assert_int_equal(peer_is_same(&other, &one), rows[i].is_same);
        assert_int_equal(peer_hash(&one, 7) == peer_hash(&other, 7), rows[i].is_same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_it_is_written),
        cmocka_unit_test(an_ipv4_address_within_ipv6_is_that_address),
        cmocka_unit_test(the_same_are_one_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
