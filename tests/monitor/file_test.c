// SPDX-License-Identifier: GPL-3.0-or-later
/* file - real files in a folder of the test's own, which is the root. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_file;

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

/* A file that was written so many seconds ago. */
static void put(const char *root, const char *name, const char *text, int age)
{
    struct timespec times[2];
    AUTO(str) char *path = text_format("%s/%s", root, name);
    assert_int_equal(files_put(root, name, text, strlen(text), NULL), 0);
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= age;
    times[0].tv_nsec = 0; /* never later than the look */
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* What is said of part with these settings. */
static void expect(const char *root, const char *settings, const char *part,
                   const char *wanted)
{
    struct watch watch = watch_start(&monitor_file, settings, root);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, part), wanted);
    watch_end(&watch);
}

static void a_file_is_there_or_not(void **state)
{
    put(*state, "a", "x", 0);
    expect(*state, "(path \"/a\")", "/a", "ok: it is there");
    expect(*state, "(path \"/b\")", "/b", "fail: it is not there");
    expect(*state, "(path \"/a\") (absent #t)", "/a",
           "fail: it is there, and must not be");
    expect(*state, "(path \"/b\") (absent #t)", "/b", "ok: it is not there");
    expect(*state, "(path \"/*.tar\")", "/*.tar", "fail: there is no such file");
}

static void is_too_old_or_too_young(void **state)
{
    put(*state, "a", "x", 7200);
    expect(*state, "(path \"/a\") (age-warn \"3h\")", "/a",
           "ok: it is there; age 2 h 0 min, below 3 h 0 min");
    expect(*state, "(path \"/a\") (age-warn \"1h\") (age-fail \"3h\")", "/a",
           "warning: age 2 h 0 min, warning from 1 h 0 min");
    expect(*state, "(path \"/a\") (age-warn \"1h\") (age-fail \"1h30m\")", "/a",
           "fail: age 2 h 0 min, fail from 1 h 30 min");
    expect(*state, "(path \"/a\") (age-min \"3h\")", "/a",
           "fail: age 2 h 0 min, fail below 3 h 0 min");
}

static void is_too_large_or_too_small(void **state)
{
    put(*state, "a", "12345", 0);
    expect(*state, "(path \"/a\") (size-warn 5)", "/a",
           "warning: size 5 B, warning from 5 B");
    expect(*state, "(path \"/a\") (size-fail 4)", "/a",
           "fail: size 5 B, fail from 4 B");
    expect(*state, "(path \"/a\") (size-min 6)", "/a",
           "fail: size 5 B, fail below 6 B");
}

static void has_another_content(void **state)
{
    put(*state, "a", "abc", 0);
    expect(*state,
           "(path \"/a\") (sha256 "
           "\"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD\")",
           "/a", "ok: it is there; its sha256 is as expected");
    put(*state, "a", "abd", 0);
    expect(*state,
           "(path \"/a\") (sha256 "
           "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\")",
           "/a", "fail: its sha256 is a52d159f262b…, expected ba7816bf8f01…");
}

static void has_another_mode_or_owner(void **state)
{
    char wanted[200];
    put(*state, "a", "x", 0);
    expect(*state, "(path \"/a\") (mode \"0600\")", "/a", "ok: it is there");
    expect(*state, "(path \"/a\") (mode \"640\")", "/a",
           "fail: its mode is 0600, expected 640");
    snprintf(wanted, sizeof wanted, "(path \"/a\") (owner \"%u:%u\")", geteuid(),
             getegid());
    expect(*state, wanted, "/a", "ok: it is there");
    struct watch watch =
        watch_start(&monitor_file, "(path \"/a\") (owner \":54321\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_non_null(strstr(watch_text(&watch, "/a"), "expected :54321"));
    watch_end(&watch);
}

static void a_name_that_nobody_has_is_no_owner(void **state)
{
    put(*state, "a", "x", 0);
    struct watch watch =
        watch_start(&monitor_file, "(path \"/a\") (owner \"nosuchuser\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_non_null(strstr(watch_text(&watch, "/a"), "fail: "));
    watch_end(&watch);
}

static void is_older_than_another(void **state)
{
    put(*state, "source", "x", 60);
    put(*state, "made", "x", 30);
    expect(*state, "(path \"/made\") (newer-than \"/source\")", "/made",
           "ok: it is there");
    put(*state, "source", "x", 10);
    expect(*state, "(path \"/made\") (newer-than \"/source\")", "/made",
           "fail: /source is newer");
    expect(*state, "(path \"/made\") (newer-than \"/none\")", "/made",
           "fail: /none: No such file or directory");
}

static void the_worst_of_a_pattern_counts(void **state)
{
    put(*state, "1.tar", "x", 7200);
    put(*state, "2.tar", "x", 10800);
    put(*state, "3.tar", "xx", 60);
    expect(*state, "(path \"/*.tar\")", "/*.tar", "ok: all 3 files are fine");
    expect(*state, "(path \"/*.tar\") (age-fail \"2h30m\")", "/*.tar",
           "fail: /2.tar: age 3 h 0 min, fail from 2 h 30 min");
    struct watch watch =
        watch_start(&monitor_file, "(path \"/*.tar\") (age-fail \"1h\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_non_null(strstr(watch_text(&watch, "/*.tar"), "; and 1 more"));
    assert_true(watch_reading(&watch, "/*.tar", "count") == 3);
    assert_true(watch_reading(&watch, "/*.tar", "size") == 2);
    watch_end(&watch);
}

static void of_a_pattern_the_newest_may_be_all_that_counts(void **state)
{
    put(*state, "1.tar", "x", 7200);
    put(*state, "2.tar", "x", 60);
    expect(*state, "(path \"/*.tar\") (newest #t) (age-fail \"1h\")", "/*.tar",
           "ok: /2.tar: it is there; age 1 min 0 s, below 1 h 0 min");
}

static void what_cannot_be_read_is_unknown(void **state)
{
    AUTO(str) char *loop = text_format("%s/loop", (char *)*state);
    assert_int_equal(symlink("loop", loop), 0);
    struct watch watch = watch_start(&monitor_file, "(path \"/loop\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_non_null(strstr(watch_text(&watch, "/loop"), "unknown: "));
    watch_end(&watch);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_file_is_there_or_not),
        IN_A_FOLDER(is_too_old_or_too_young),
        IN_A_FOLDER(is_too_large_or_too_small),
        IN_A_FOLDER(has_another_content),
        IN_A_FOLDER(has_another_mode_or_owner),
        IN_A_FOLDER(a_name_that_nobody_has_is_no_owner),
        IN_A_FOLDER(is_older_than_another),
        IN_A_FOLDER(the_worst_of_a_pattern_counts),
        IN_A_FOLDER(of_a_pattern_the_newest_may_be_all_that_counts),
        IN_A_FOLDER(what_cannot_be_read_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
