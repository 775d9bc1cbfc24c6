// SPDX-License-Identifier: GPL-3.0-or-later
/* helpers - real programs on a real loop, which is to sleep while nothing happens. */
#include "daemon/helpers.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"

#define PATIENCE 30000 /* ms */

/* See tests/monitor/helper_test.c. */
static bool is_blind;

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (is_blind)
        return 0;
    return (int)syscall(SYS_waitid, type, id, info, options, NULL);
}

struct yard {
    uv_loop_t loop;
    uv_timer_t limit;
    uv_prepare_t prepare;
    struct helpers *helpers;
    int turns; /* of the loop */
    int overs, stucks, wanted;
    size_t out_size; /* of the last one */
    bool is_too_slow, is_cut, is_good;
};

static void on_turn(uv_prepare_t *prepare)
{
    struct yard *yard = prepare->data;
    yard->turns++;
}

static void on_late(uv_timer_t *timer UNUSED)
{
    fail_msg("nothing happens");
}

static int set_up(void **state)
{
    struct yard *yard = memory_new(sizeof *yard);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&yard->loop);
    uv_timer_init(&yard->loop, &yard->limit);
    uv_timer_start(&yard->limit, on_late, PATIENCE, 0);
    uv_prepare_init(&yard->loop, &yard->prepare);
    yard->prepare.data = yard;
    uv_prepare_start(&yard->prepare, on_turn);
    yard->helpers = helpers_new(&yard->loop);
    *state = yard;
    return 0;
}

static int tear_down(void **state)
{
    struct yard *yard = *state;
    helpers_free(yard->helpers);
    uv_close((uv_handle_t *)&yard->limit, NULL);
    uv_close((uv_handle_t *)&yard->prepare, NULL);
    uv_run(&yard->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&yard->loop);
    free(yard);
    return rc;
}

static void on_over(void *context, const struct ended *ended)
{
    struct yard *yard = context;
    yard->overs++;
    yard->out_size = ended->out_size;
    yard->is_too_slow = ended->is_too_slow;
    yard->is_cut = ended->is_cut;
    yard->is_good = ended_check(ended, PATIENCE, NULL) == 0;
    if (yard->overs == yard->wanted)
        uv_stop(&yard->loop);
}

static void on_stuck(void *context, const struct ended *ended)
{
    struct yard *yard = context;
    assert_true(ended->is_stuck);
    yard->stucks++;
    is_blind = false;
    raise(SIGCHLD);
}

static struct running *start(struct yard *yard, const char *line, int64_t timeout,
                             bool hears_stuck)
{
    const char *argv[] = {"sh", "-c", line, NULL};
    struct helper_plan plan = {.argv = (char *const *)argv, .timeout = timeout};
    struct helper_end end = {
        .over = on_over, .stuck = hears_stuck ? on_stuck : NULL, .context = yard};
    struct running *running = NULL;
    assert_int_equal(helpers_start(yard->helpers, &plan, &end, &running, NULL), 0);
    return running;
}

static void run_until(struct yard *yard, int overs)
{
    yard->wanted = overs;
    uv_run(&yard->loop, UV_RUN_DEFAULT);
    assert_int_equal(yard->overs, overs);
}

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* ---- what is claimed ---- */

static void what_is_printed_comes_whole(void **state)
{
    struct yard *yard = *state;
    start(yard, "head -c 900000 /dev/zero", PATIENCE, false);
    run_until(yard, 1);
    assert_true(yard->is_good);
    assert_int_equal(yard->out_size, 900000);
}

/* A loop that looked again and again would turn hundreds of times. */
static void the_loop_sleeps_while_nothing_happens(void **state)
{
    struct yard *yard = *state;
    start(yard, "exec >&- 2>&-; sleep 1", PATIENCE, false);
    start(yard, "sleep 1", PATIENCE, false);
    run_until(yard, 2);
    assert_true(yard->is_good);
    assert_true(yard->turns < 20);
}

static void what_prints_without_end_costs_little(void **state)
{
    struct yard *yard = *state;
    start(yard, "trap '' TERM PIPE; yes 2>&-; sleep 100", PATIENCE, false);
    run_until(yard, 1);
    assert_true(yard->is_cut);
    assert_true(yard->turns < 1000);
}

static void time_ends_it(void **state)
{
    struct yard *yard = *state;
    start(yard, "sleep 100", 50, false);
    run_until(yard, 1);
    assert_true(yard->is_too_slow);
}

static void many_at_once_leave_nothing_behind(void **state)
{
    struct yard *yard = *state;
    for (int round = 0; round < 3; round++) {
        int before = count_descriptors();
        for (int i = 0; i < 60; i++)
            start(yard, "echo a; sleep 0 &", PATIENCE, false);
        run_until(yard, (round + 1) * 60);
        if (round > 0) /* the first one makes what the loop keeps */
            assert_int_equal(count_descriptors(), before);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void one_that_hangs_is_told_of_and_goes_on(void **state)
{
    struct yard *yard = *state;
    is_blind = true;
    start(yard, "exit 0", 50, true);
    run_until(yard, 1);
    assert_int_equal(yard->stucks, 1);
}

static void one_that_hangs_is_left_alone(void **state)
{
    struct yard *yard = *state;
    is_blind = true;
    start(yard, "exit 0", 50, false);
    run_until(yard, 1);
    is_blind = false;
    assert_false(yard->is_good);
    assert_true(waitpid(-1, NULL, 0) > 0);
}

static void one_that_is_stopped_is_not_over(void **state)
{
    struct yard *yard = *state;
    struct running *running = start(yard, "sleep 100", PATIENCE, false);
    helpers_stop(running);
    start(yard, "exit 0", PATIENCE, false);
    run_until(yard, 1);
    assert_true(yard->is_good);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_printed_comes_whole),
        TEST(the_loop_sleeps_while_nothing_happens),
        TEST(what_prints_without_end_costs_little),
        TEST(time_ends_it),
        TEST(many_at_once_leave_nothing_behind),
        TEST(one_that_hangs_is_told_of_and_goes_on),
        TEST(one_that_hangs_is_left_alone),
        TEST(one_that_is_stopped_is_not_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
