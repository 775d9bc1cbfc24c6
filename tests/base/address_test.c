// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"

static void takes_what_people_have(void **state)
{
    (void)state;
    static const char *const good[] = {
        "admin@example.org",
        "first.last+tag@sub.example.org",
        "root",
        "o'brien@example.org",
        "root@localhost",
        "x@[127.0.0.1]",
        "x@[IPv6:fe80::1]",
        "a=b/c@example.org",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!address_is_valid(good[i]))
            fail_msg("%s", good[i]);
}

static void refuses_what_could_write_into_a_mail(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "@example.org",
        "admin@",
        "a b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nRCPT TO:<b@example.org>",
        "a@example.org>",
        "<a@example.org>",
        "a@example.org,b@example.org",
        "a@b@example.org",
        "\"a\"@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a@.example.org",
        "a@example..org",
        "a@[",
        "a@[]",
        "a@[1.2.3.4",
        "m\xC3\xBCller@example.org",
        "a\x7F@example.org",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (address_is_valid(bad[i]))
            fail_msg("%s", bad[i]);
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    char address[400];
    snprintf(address, sizeof address, "%064d@example.org", 1);
    assert_true(address_is_valid(address));
    snprintf(address, sizeof address, "%065d@example.org", 1);
    assert_false(address_is_valid(address));
    snprintf(address, sizeof address, "a@%0253d", 1);
    assert_true(address_is_valid(address));
    snprintf(address, sizeof address, "a@%0254d", 1);
    assert_false(address_is_valid(address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_people_have),
        cmocka_unit_test(refuses_what_could_write_into_a_mail),
        cmocka_unit_test(refuses_what_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
