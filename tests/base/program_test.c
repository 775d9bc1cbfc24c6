// SPDX-License-Identifier: GPL-3.0-or-later
/* program - what stands beside the running program is found. */
#include "base/program.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"

static void finds_what_stands_beside(void **state UNUSED)
{
    AUTO(str) char *path = NULL;
    assert_int_equal(program_find("program_test", &path, NULL), 0);
    assert_int_equal(path[0], '/');
    assert_int_equal(access(path, X_OK), 0);
}

static void names_the_places_of_what_is_missing(void **state UNUSED)
{
    struct error err;
    char *path = NULL;
    assert_int_equal(program_find("sheepdog-none", &path, &err), -ENOENT);
    assert_null(path);
    assert_non_null(strstr(err.text, "/sheepdog-none"));
    assert_non_null(strstr(err.text, "/../libexec/sheepdog/sheepdog-none"));
}

static void becoming_what_is_missing_comes_back(void **state UNUSED)
{
    struct error err;
    char *const argv[] = {"sheepdog-none", NULL};
    assert_int_equal(program_become(argv[0], argv, &err), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_stands_beside),
        cmocka_unit_test(names_the_places_of_what_is_missing),
        cmocka_unit_test(becoming_what_is_missing_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
