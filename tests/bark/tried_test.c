// SPDX-License-Identifier: GPL-3.0-or-later
/* tried - what was remembered comes back. */
#include "bark/tried.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/auto.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

static char *folder;

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    return 0;
}

static int tear_down(void **state UNUSED)
{
    return folder_remove(folder);
}

static void set_age(int64_t ms)
{
    AUTO(str) char *path = text_format("%s/.tried", folder);
    int64_t time = clock_now() - ms;
    struct timespec times[2] = {{.tv_sec = time / 1000}, {.tv_sec = time / 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void nothing_is_known_at_first(void **state UNUSED)
{
    struct tried tried;
    tried_get(folder, &tried);
    assert_int_equal(tried.time, 0);
    assert_int_equal(tried.taken, 0);
    assert_string_equal(tried.why.text, "");
    assert_false(tried_within(folder, 60000));
}

static void comes_back_as_it_was_put(void **state UNUSED)
{
    struct tried tried = {.taken = 1795340888123}, found;
    error_set(&tried.why, 0, "http://a: connection refused");
    tried_put(folder, &tried);
    tried_get(folder, &found);
    assert_in_range(clock_now() - found.time, 0, 60000);
    assert_int_equal(found.taken, 1795340888123);
    assert_string_equal(found.why.text, "http://a: connection refused");
    tried_clear(folder);
    nothing_is_known_at_first(state);
}

static void that_nothing_was_taken_comes_back_too(void **state UNUSED)
{
    struct tried tried = {0}, found;
    tried_put(folder, &tried);
    tried_get(folder, &found);
    assert_int_equal(found.taken, 0);
    assert_int_not_equal(found.time, 0);
}

static void a_file_that_was_only_touched_has_a_time(void **state UNUSED)
{
    struct tried found;
    assert_int_equal(files_put(folder, ".tried", "", 0, NULL), 0);
    tried_get(folder, &found);
    assert_int_not_equal(found.time, 0);
    assert_int_equal(found.taken, 0);
    assert_string_equal(found.why.text, "");
}

static void is_lately_for_a_while(void **state UNUSED)
{
    tried_put(folder, &(struct tried){0});
    assert_true(tried_within(folder, 60000));
    set_age(120000);
    assert_false(tried_within(folder, 60000));
    set_age(-120000); /* the clock was set back */
    assert_false(tried_within(folder, 60000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_known_at_first),
        TEST(comes_back_as_it_was_put),
        TEST(that_nothing_was_taken_comes_back_too),
        TEST(a_file_that_was_only_touched_has_a_time),
        TEST(is_lately_for_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
