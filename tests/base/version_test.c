// SPDX-License-Identifier: GPL-3.0-or-later
/* version - Debian's order; where dpkg is installed, as dpkg has it. */
#include "base/version.h"

#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/compiler.h"

extern char **environ;

/* Each two: the first is earlier than the second, or equal to it where so said. */
static const struct pair {
    const char *one, *other;
    bool is_equal;
} pairs[] = {
    {"1.9", "1.22.1", false},
    {"1.22.1~rc1", "1.22.1", false},
    {"1.22.1", "1.22.1-9", false},
    {"1.22.1-9", "1.22.1-9+deb12u1", false},
    {"1.22.1-9+deb12u1", "1:0.1", false},
    {"1.22.1-9+deb12u1", "1.22.1-9+deb12u10", false},
    {"0:1.0", "1.0", true},
    {"00:1.0", "1.0", true},
    {"1.0", "1.00", true},
    {"1.01", "1.1", true},
    {"1.0-0", "1.0", true},
    {"1.0-00", "1.0-0", true},
    {"1.0~", "1.0", false},
    {"1.0~~", "1.0~", false},
    {"1.0~~a", "1.0~", false},
    {"1.0~rc1", "1.0~rc2", false},
    {"1.0~rc9", "1.0~rc10", false},
    {"1.0", "1.0a", false},
    {"1.0a", "1.0b", false},
    {"1.0A", "1.0a", false},
    {"1.0a", "1.0+", false},
    {"1.0+", "1.0.", false},
    {"1.0a", "1.0.1", false},
    {"1.2.3", "1.2.3.0", false},
    {"2.0", "10.0", false},
    {"9", "1:1", false},
    {"1:1", "2:0", false},
    {"2:9", "10:0", false},
    {"1.0-1", "1.0-1.1", false},
    {"1.0-1~bpo12+1", "1.0-1", false},
    {"1.0-1-1", "1.0-1-2", false},
    {"1-0-1", "1.0-1", false},
    {"20240101", "20240102", false},
    {"0.0.0", "0.0.1", false},
    {"1.2.3-4ubuntu1", "1.2.3-4ubuntu1.1", false},
    {"6.1.0-13", "6.1.0-21", false},
    {"99999999999999999998", "99999999999999999999", false},
    {"1.18446744073709551617", "1.18446744073709551618", false},
    {"2.36-9+deb12u4", "2.36-9+deb12u4", true},
    {"3.0.11-1~deb12u2", "3.0.11-1", false},
    {"7.88.1-10+deb12u5", "7.88.1-10+deb12u12", false},
    {"1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u3", false},
    {"0a", "0b", false},
};

static int compare(const char *one, const char *other)
{
    return version_compare(one, strlen(one), other, strlen(other));
}

static void orders_as_debian_does(void **state UNUSED)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct pair *pair = &pairs[i];
        int there = compare(pair->one, pair->other);
        int back = compare(pair->other, pair->one);
        bool fits = pair->is_equal ? there == 0 && back == 0 : there < 0 && back > 0;
        if (!fits)
            fail_msg("%s against %s: %d, back: %d", pair->one, pair->other, there,
                     back);
    }
}

/* 1 and 0; -1: there is no dpkg. */
static int dpkg_says(const char *one, const char *relation, const char *other)
{
    char *const argv[] = {"dpkg",           "--compare-versions", (char *)one,
                          (char *)relation, (char *)other,        NULL};
    int status;
    pid_t pid;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        return -1;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status) > 1 ? -1 : WEXITSTATUS(status) == 0;
}

static void agrees_with_dpkg(void **state UNUSED)
{
    if (dpkg_says("1", "eq", "1") < 0)
        skip();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct pair *pair = &pairs[i];
        int says = dpkg_says(pair->one, pair->is_equal ? "eq" : "lt", pair->other);
        if (says != 1)
            fail_msg("dpkg has %s and %s in another order", pair->one, pair->other);
    }
}

static void any_text_is_a_version(void **state UNUSED)
{
    static const char *const texts[] = {"",   ":",  "-", "~", "a:1",
                                        "1:", "--", "ü", " 1"};
    assert_true(compare("", "") == 0);
    assert_true(compare("", "0") == 0);
    assert_true(compare("~", "") < 0);
    assert_true(compare("", "a") < 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            int there = compare(texts[i], texts[j]), back = compare(texts[j], texts[i]);
            assert_true((there < 0) == (back > 0) && (there == 0) == (back == 0));
        }
}

static void reads_no_further_than_the_size(void **state UNUSED)
{
    assert_int_equal(version_compare("1.2.9", 3, "1.2.1", 3), 0);
    assert_true(version_compare("12", 1, "2", 1) < 0);
    assert_int_equal(version_compare("x", 0, "y", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_as_debian_does),
        cmocka_unit_test(agrees_with_dpkg),
        cmocka_unit_test(any_text_is_a_version),
        cmocka_unit_test(reads_no_further_than_the_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
