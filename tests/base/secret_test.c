// SPDX-License-Identifier: GPL-3.0-or-later
/* secret - tokens are taken out wherever they stand, and nothing else is. */
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/error.h"

#define TOKEN "sheepdog_QLm1-_xYzQLm1-_xYzQLm1-_xYzQLm1-_xYzQLm1-_x"

static void assert_hidden(const char *text, const char *expected)
{
    char buffer[256];
    snprintf(buffer, sizeof buffer, "%s", text);
    secret_hide(buffer);
    assert_string_equal(buffer, expected);
}

static void takes_tokens_out(void **state UNUSED)
{
    assert_hidden(TOKEN, "sheepdog_[redacted]");
    assert_hidden("found \"" TOKEN "\", expected none",
                  "found \"sheepdog_[redacted]\", expected none");
    assert_hidden(TOKEN " " TOKEN, "sheepdog_[redacted] sheepdog_[redacted]");
    assert_hidden("-t" TOKEN "=", "-tsheepdog_[redacted]=");
}

static void takes_one_out_that_is_cut(void **state UNUSED)
{
    assert_hidden("sheepdog_QLm1-_xYzQLm1-_xYzQLm1-_", "sheepdog_[redacted]");
}

static void leaves_other_names(void **state UNUSED)
{
    static const char *const names[] = {"", "sheepdog_", "sheepdog_run",
                                        "sheepdog_conf_of_the_old_one.conf",
                                        "sheepdog-queue-daemon-of-a-very-long-name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_hidden(names[i], names[i]);
}

static void no_error_has_one(void **state UNUSED)
{
    struct error err;
    error_set(&err, -1, "found \"%.40s\"", TOKEN);
    assert_string_equal(err.text, "found \"sheepdog_[redacted]\"");
    error_prefix(&err, -1, "%s", TOKEN);
    assert_string_equal(err.text, "sheepdog_[redacted]: found \"sheepdog_[redacted]\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_tokens_out),
        cmocka_unit_test(takes_one_out_that_is_cut),
        cmocka_unit_test(leaves_other_names),
        cmocka_unit_test(no_error_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
