// SPDX-License-Identifier: GPL-3.0-or-later
/* helper - real programs, and functions of ours, that do what they should not. */
#include "monitor/helper.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define PATIENCE 20000 /* ms */

/* In the place of the C library's: while it is blind, nothing that was killed ends, as
 * if the kernel held it. */
static bool is_blind;

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (is_blind)
        return 0;
    return (int)syscall(SYS_waitid, type, id, info, options, NULL);
}

static struct helper *run(const struct helper_plan *plan, struct ended *ret)
{
    struct helper *helper = NULL;
    assert_int_equal(helper_run(plan, &helper, NULL), 0);
    helper_ended(helper, ret);
    return helper;
}

static struct helper *run_shell(const char *line, int64_t timeout, struct ended *ret)
{
    char *argv[] = {"sh", "-c", (char *)line, NULL};
    return run(&(struct helper_plan){.argv = argv, .timeout = timeout}, ret);
}

static void gives_what_was_printed_and_the_status(void **state)
{
    (void)state;
    struct ended ended;
    AUTO(helper)
    struct helper *helper = run_shell("echo a; echo b >&2; exit 3", PATIENCE, &ended);
    assert_non_null(helper);
    assert_string_equal(ended.out, "a\n");
    assert_string_equal(ended.errors, "b\n");
    assert_int_equal(ended.status, 3);
    assert_int_equal(ended.signal, 0);
    assert_false(ended.is_too_slow || ended.is_cut);

    struct error why;
    assert_int_equal(ended_check(&ended, PATIENCE, &why), -EIO);
    assert_string_equal(why.text, "it ended with status 3; it said: b");
}

static void feeds_what_is_longer_than_a_pipe(void **state)
{
    (void)state;
    size_t size = 300000;
    char *input = malloc(size);
    memset(input, 'x', size);
    char *argv[] = {"wc", "-c", NULL};
    struct ended ended;
    AUTO(helper)
    struct helper *helper = run(
        &(struct helper_plan){
            .argv = argv, .input = input, .input_size = size, .timeout = PATIENCE},
        &ended);
    assert_non_null(helper);
    assert_int_equal(strtol(ended.out, NULL, 10), size);
    free(input);
}

static void does_not_mind_that_nobody_reads_the_input(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    static const char input[200000];
    char *argv[] = {"true", NULL};
    struct ended ended;
    AUTO(helper)
    struct helper *helper = run(&(struct helper_plan){.argv = argv,
                                                      .input = input,
                                                      .input_size = sizeof input,
                                                      .timeout = PATIENCE},
                                &ended);
    assert_non_null(helper);
    assert_int_equal(ended_check(&ended, PATIENCE, NULL), 0);
}

static void ends_what_takes_too_long_and_what_that_started(void **state)
{
    (void)state;
    struct ended ended;
    int64_t begin = clock_monotonic();
    AUTO(helper)
    struct helper *helper = run_shell("sleep 100 & echo $!; wait", 100, &ended);
    assert_non_null(helper);
    assert_true(ended.is_too_slow);
    assert_true(clock_monotonic() - begin < 50000000);
    pid_t sleeper = (pid_t)strtol(ended.out, NULL, 10);
    assert_true(sleeper > 1);
    for (int i = 0; i < 1000 && kill(sleeper, 0) == 0; i++)
        usleep(10000); /* killed; init has yet to see it */

    struct error why;
    assert_int_equal(ended_check(&ended, 100, &why), -ETIMEDOUT);
    assert_string_equal(why.text, "it took longer than 100 ms and was ended");
}

static void kills_what_does_not_hear(void **state)
{
    (void)state;
    struct ended ended;
    AUTO(helper)
    struct helper *helper =
        run_shell("trap '' TERM; while :; do sleep 1; done", 50, &ended);
    assert_non_null(helper);
    assert_true(ended.is_too_slow);
    assert_int_equal(ended.signal, SIGKILL);
}

static void ends_what_prints_without_end(void **state)
{
    (void)state;
    char *argv[] = {"yes", NULL};
    struct ended ended;
    AUTO(helper)
    struct helper *helper =
        run(&(struct helper_plan){.argv = argv, .timeout = PATIENCE, .out_max = 10000},
            &ended);
    assert_non_null(helper);
    assert_true(ended.is_cut);
    assert_false(ended.is_too_slow);
    assert_int_equal(ended.out_size, 10000);
    assert_int_equal(ended_check(&ended, PATIENCE, NULL), -EFBIG);
}

static void ends_what_complains_without_end(void **state)
{
    (void)state;
    struct ended ended;
    AUTO(helper) struct helper *helper = run_shell("yes >&2", PATIENCE, &ended);
    assert_non_null(helper);
    assert_true(ended.is_cut);
    assert_int_equal(ended.errors_size, HELPER_ERRORS_MAX);
    assert_int_equal(ended_check(&ended, PATIENCE, NULL), -EFBIG);
}

static void keeps_the_first_of_many_complaints(void **state)
{
    (void)state;
    struct ended ended;
    AUTO(helper)
    struct helper *helper =
        run_shell("head -c 500000 /dev/zero | tr '\\0' x >&2", PATIENCE, &ended);
    assert_non_null(helper);
    assert_int_equal(ended.errors_size, HELPER_ERRORS_MAX);
    assert_int_equal(ended_check(&ended, PATIENCE, NULL), 0);
}

static void does_not_wait_for_what_cannot_be_killed(void **state)
{
    (void)state;
    struct ended ended;
    struct error why;
    int64_t begin = clock_monotonic();
    is_blind = true;
    struct helper *helper = run_shell("exit 3", 50, &ended);
    assert_true(ended.is_stuck);
    assert_int_equal(ended.status, -1);
    assert_int_equal(ended_check(&ended, 50, &why), -ETIMEDOUT);
    assert_string_equal(why.text,
                        "it took longer than 50 ms, and hangs: it cannot be ended");
    helper_free(helper);
    is_blind = false;
    assert_true(clock_monotonic() - begin < 15000000);
    assert_true(waitpid(-1, NULL, 0) > 0);
}

static void does_not_wait_for_what_was_left_in_the_background(void **state)
{
    (void)state;
    struct ended ended;
    int64_t begin = clock_monotonic();
    AUTO(helper)
    struct helper *helper = run_shell("sleep 100 & echo done", PATIENCE, &ended);
    assert_non_null(helper);
    assert_string_equal(ended.out, "done\n");
    assert_int_equal(ended.status, 0);
    assert_true(clock_monotonic() - begin < 15000000);
}

static void says_that_a_program_is_missing(void **state)
{
    (void)state;
    char *argv[] = {"no-such-program-here", NULL};
    struct ended ended;
    struct error why;
    AUTO(helper)
    struct helper *helper =
        run(&(struct helper_plan){.argv = argv, .timeout = PATIENCE}, &ended);
    assert_non_null(helper);
    assert_int_equal(ended.status, 127);
    assert_int_equal(ended_check(&ended, PATIENCE, &why), -EIO);
    assert_non_null(strstr(why.text, "no-such-program-here: No such file"));
}

static void has_a_clean_environment(void **state)
{
    (void)state;
    setenv("SECRET", "known", 1);
    setenv("TZ", "America/Chicago", 1);
    AUTO(texts) struct texts environment = {0};
    texts_add(&environment, "SHEEPDOG_WARN=90");
    char *argv[] = {"sh", "-c", "env; pwd; nice; ulimit -n; ulimit -c", NULL};
    struct ended ended;
    AUTO(helper)
    struct helper *helper = run(&(struct helper_plan){.argv = argv,
                                                      .environment = &environment,
                                                      .timeout = PATIENCE},
                                &ended);
    assert_non_null(helper);
    unsetenv("TZ");
    assert_null(strstr(ended.out, "SECRET"));
    assert_non_null(strstr(ended.out, "SHEEPDOG_WARN=90\n"));
    assert_non_null(strstr(ended.out, "LC_ALL=C\n"));
    assert_non_null(strstr(ended.out, "TZ=America/Chicago\n"));
    assert_non_null(strstr(ended.out, "PATH=/usr/local/sbin:"));
    assert_non_null(strstr(ended.out, "\n/\n"));
    assert_non_null(strstr(ended.out, "\n256\n0\n"));
}

static int print_and_fail(void *context)
{
    printf("from a fork: %s\n", (const char *)context);
    return 7;
}

static int crash(void *context UNUSED)
{
    abort();
}

static void runs_a_function_in_a_child(void **state)
{
    (void)state;
    char word[] = "woof";
    struct ended ended;
    AUTO(helper)
    struct helper *helper = run(&(struct helper_plan){.call = print_and_fail,
                                                      .context = word,
                                                      .timeout = PATIENCE},
                                &ended);
    assert_non_null(helper);
    assert_string_equal(ended.out, "from a fork: woof\n");
    assert_int_equal(ended.status, 7);
}

static void tells_of_a_crash(void **state)
{
    (void)state;
    struct ended ended;
    struct error why;
    AUTO(helper)
    struct helper *helper =
        run(&(struct helper_plan){.call = crash, .timeout = PATIENCE}, &ended);
    assert_non_null(helper);
    assert_int_equal(ended.signal, SIGABRT);
    assert_int_equal(ended_check(&ended, PATIENCE, &why), -ECHILD);
    assert_non_null(strstr(why.text, "it crashed: signal 6"));
}

static void is_killed_when_it_is_freed(void **state)
{
    (void)state;
    char *argv[] = {"sleep", "100", NULL};
    struct helper *helper = NULL;
    int64_t begin = clock_monotonic();
    assert_int_equal(
        helper_start(&(struct helper_plan){.argv = argv, .timeout = PATIENCE}, &helper,
                     NULL),
        0);
    helper_free(helper);
    assert_true(clock_monotonic() - begin < 15000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_was_printed_and_the_status),
        cmocka_unit_test(feeds_what_is_longer_than_a_pipe),
        cmocka_unit_test(does_not_mind_that_nobody_reads_the_input),
        cmocka_unit_test(ends_what_takes_too_long_and_what_that_started),
        cmocka_unit_test(kills_what_does_not_hear),
        cmocka_unit_test(ends_what_prints_without_end),
        cmocka_unit_test(ends_what_complains_without_end),
        cmocka_unit_test(keeps_the_first_of_many_complaints),
        cmocka_unit_test(does_not_wait_for_what_cannot_be_killed),
        cmocka_unit_test(does_not_wait_for_what_was_left_in_the_background),
        cmocka_unit_test(says_that_a_program_is_missing),
        cmocka_unit_test(has_a_clean_environment),
        cmocka_unit_test(runs_a_function_in_a_child),
        cmocka_unit_test(tells_of_a_crash),
        cmocka_unit_test(is_killed_when_it_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
