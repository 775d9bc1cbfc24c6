// SPDX-License-Identifier: GPL-3.0-or-later
/* url_test - URLs are taken apart, and their passwords are not shown. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "queue/url.h"

static void takes_a_url_apart(void **state)
{
    (void)state;
    AUTO(url) struct url url = {0};
    struct error err;
    assert_int_equal(url_parse("redis://wrk:p%40ss@penguin2:6380/3", 6379, &url, &err),
                     0);
    assert_string_equal(url.scheme, "redis");
    assert_string_equal(url.user, "wrk");
    assert_string_equal(url.password, "p@ss");
    assert_string_equal(url.host, "penguin2");
    assert_int_equal(url.port, 6380);
    assert_string_equal(url.path, "3");
    assert_string_equal(url.name, "redis://penguin2:6380");
}

static void fills_in_the_port(void **state)
{
    (void)state;
    AUTO(url) struct url url = {0};
    struct error err;
    assert_int_equal(url_parse("amqps://[::1]", 5671, &url, &err), 0);
    assert_string_equal(url.host, "::1");
    assert_int_equal(url.port, 5671);
    assert_null(url.user);
    assert_null(url.password);
    assert_string_equal(url.path, "");
    assert_string_equal(url.name, "amqps://[::1]:5671");
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "penguin2",
        "redis:penguin2",
        "redis://",
        "redis://h:99999",
        "redis://h/?db=3",
        "redis://h/#3",
        "redis://a b/",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(url) struct url url = {0};
        struct error err;
        assert_int_equal(url_parse(wrong[i], 1, &url, &err), -EINVAL);
        assert_non_null(strstr(err.text, "is no URL"));
    }
}

static void shows_no_password(void **state)
{
    (void)state;
    AUTO(url) struct url url = {0};
    struct error err;
    assert_int_equal(url_parse("redis://u:s3cret@h:99999", 1, &url, &err), -EINVAL);
    assert_null(strstr(err.text, "s3cret"));
    assert_int_equal(url_parse("redis://u:s3cret@h:1", 1, &url, &err), 0);
    assert_null(strstr(url.name, "s3cret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_url_apart),
        cmocka_unit_test(fills_in_the_port),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(shows_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
