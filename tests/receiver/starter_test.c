// SPDX-License-Identifier: GPL-3.0-or-later
/* starter - what is started by it is another than us where we are root, has no network,
 * has bounds, and ends with whoever had it started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "receiver/runner.h"
#include "receiver/starter.h"

#define LIMIT 20000 /* ms that a test waits for anything */

struct house {
    struct starter *starter;
    char *folder, *path, *secret;
    struct runner runner;
};

static int setup(void **state)
{
    struct house *house = memory_new(sizeof *house);
    struct error err = {0};
    house->runner = (struct runner)RUNNER_NONE;
    assert_int_equal(starter_open(&house->starter, &err), 0);
    house->folder = folder_make();
    assert_int_equal(chmod(house->folder, 0755), 0);
    house->path = text_format("%s/r", house->folder);
    house->secret = text_format("%s/secret", house->folder);
    assert_int_equal(files_put(house->folder, "secret", "x", 1, &err), 0);
    assert_int_equal(chmod(house->secret, 0600), 0);
    *state = house;
    return 0;
}

static int teardown(void **state)
{
    struct house *house = *state;
    runner_clear(&house->runner);
    starter_close(house->starter);
    assert_int_equal(folder_remove(house->folder), 0);
    free(house->path);
    free(house->secret);
    free(house);
    return 0;
}

/* The script runs, with $SECRET. */
static void start(struct house *house, bool has_network, const char *script)
{
    struct error err = {0};
    AUTO(str)
    char *text = text_format("#!/bin/sh\nSECRET=%s\n%s\n", house->secret, script);
    struct runner_plan plan = {
        .starter = house->starter, .path = house->path, .has_network = has_network};
    assert_int_equal(files_put(house->folder, "r", text, strlen(text), &err), 0);
    assert_int_equal(chmod(house->path, 0755), 0);
    if (runner_start(&plan, &house->runner, &err) < 0)
        fail_msg("%s", err.text);
}

static int await_end(struct house *house)
{
    struct pollfd line = {.fd = house->runner.line, .events = POLLIN};
    int status = -1;
    if (poll(&line, 1, LIMIT) != 1 || !runner_reap(&house->runner, &status))
        fail_msg("it does not end");
    assert_false(runner_runs(&house->runner));
    return status;
}

static char *read_all(int fd)
{
    struct pollfd end = {.fd = fd, .events = POLLIN};
    struct strbuf text = {0};
    char bytes[512];
    for (ssize_t count = 1; count > 0 && poll(&end, 1, LIMIT) == 1;) {
        count = read(fd, bytes, sizeof bytes);
        if (count > 0)
            strbuf_add(&text, bytes, (size_t)count);
    }
    return strbuf_take(&text);
}

/* What the script printed, once it has ended. */
static char *output_of(struct house *house, bool has_network, const char *script)
{
    start(house, has_network, script);
    await_end(house);
    return read_all(house->runner.out);
}

static void assert_prints(struct house *house, const char *wanted, const char *script)
{
    AUTO(str) char *text = output_of(house, false, script);
    assert_string_equal(text, wanted);
}

/* ---- the tests ---- */

static void it_has_three_pipes_and_its_status_comes_back(void **state)
{
    struct house *house = *state;
    start(house, false,
          "[ \"$1\" = receive ] && read -r line && echo \"$line\" && echo no >&2\n"
          "ls /proc/self/fd | wc -l; exit 7");
    assert_int_equal(write(house->runner.in, "hello\n", 6), 6);
    int status = await_end(house);
    AUTO(str) char *out = read_all(house->runner.out);
    AUTO(str) char *errors = read_all(house->runner.errors);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_string_equal(out, "hello\n4\n"); /* ls has its folder open too */
    assert_string_equal(errors, "no\n");
}

static void its_pipes_can_be_opened_anew(void **state)
{
    assert_prints(*state, "out\n", "echo out >/dev/stdout; : </dev/stdin");
}

static void where_we_are_root_it_owns_nothing_of_ours(void **state)
{
    struct house *house = *state;
    if (geteuid() != 0)
        skip();
    AUTO(str)
    char *wanted = text_format("%s %u\n", starter_user(house->starter)->name,
                               (unsigned)starter_user(house->starter)->gid);
    assert_int_not_equal(starter_user(house->starter)->uid, 0);
    assert_prints(house, wanted, "echo \"$(id -un) $(id -G)\"");
    assert_prints(house, "refused\n", "cat $SECRET 2>/dev/null || echo refused");
    assert_prints(house, "", "kill -0 $PPID 2>/dev/null && echo it may end us");
}

static void where_we_are_not_root_it_is_who_we_are(void **state)
{
    struct house *house = *state;
    if (geteuid() == 0)
        skip();
    assert_null(starter_user(house->starter)->name);
    assert_prints(house, "x", "cat $SECRET");
}

/* lo alone, and that is down */
static void it_has_no_network(void **state)
{
    struct house *house = *state;
    if (!starter_can_isolate(house->starter))
        skip();
    assert_prints(
        house, "1 0\n",
        "echo \"$(grep -c : /proc/net/dev) $(grep -c ^[a-z] /proc/net/route)\"");
}

static void one_that_says_so_has_it(void **state)
{
    struct house *house = *state;
    AUTO(str)
    char *text = output_of(house, true, "readlink /proc/self/ns/net");
    char ours[64] = "";
    assert_true(readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0);
    assert_memory_equal(text, ours, strlen(ours));
}

static void it_has_so_much_memory_and_no_more(void **state)
{
    assert_prints(*state, "524288\nfull\n",
                  "ulimit -d\nawk 'BEGIN { x = \"12345678\"; while (1) x = x x }'"
                  " >/dev/null 2>&1 || echo full");
}

static void it_gains_no_privileges(void **state)
{
    assert_prints(*state, "NoNewPrivs:\t1\n", "grep NoNewPrivs /proc/self/status");
}

static void killed_its_whole_group_ends(void **state)
{
    struct house *house = *state;
    start(house, false, "sleep 1000 &\necho there\nsleep 1000");
    struct pollfd out = {.fd = house->runner.out, .events = POLLIN};
    assert_int_equal(poll(&out, 1, LIMIT), 1);
    runner_kill(&house->runner);
    int status = await_end(house);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    AUTO(str) char *text = read_all(house->runner.out); /* to its end */
    assert_string_equal(text, "there\n");
}

static void one_that_is_given_up_ends(void **state)
{
    struct house *house = *state;
    start(house, false, "echo there\nsleep 1000");
    struct pollfd out = {.fd = house->runner.out, .events = POLLIN};
    assert_int_equal(poll(&out, 1, LIMIT), 1);
    int kept = dup(house->runner.out);
    runner_clear(&house->runner);
    AUTO(str) char *text = read_all(kept);
    assert_string_equal(text, "there\n");
    close(kept);
}

/* What a process like ours does: one that holds a pipe open is started; then it is
 * killed. */
static void start_and_be_killed(struct house *house)
{
    struct error err = {0};
    starter_close(TAKE(house->starter));
    if (starter_open(&house->starter, &err) < 0)
        _exit(EXIT_FAILURE);
    start(house, false, "exec 3>$SECRET.pipe; echo held >&3; echo up; sleep 1000");
    struct pollfd out = {.fd = house->runner.out, .events = POLLIN};
    poll(&out, 1, LIMIT);
    kill(getpid(), SIGKILL);
}

static void when_we_are_killed_all_of_it_ends(void **state)
{
    struct house *house = *state;
    AUTO(str) char *path = text_format("%s.pipe", house->secret);
    assert_int_equal(mkfifo(path, 0) | chmod(path, 0666), 0);
    AUTO(fd) int held = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(held >= 0);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        start_and_be_killed(house);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    AUTO(str) char *text = read_all(held); /* until nobody has it open */
    assert_string_equal(text, "held\n");
}

static void what_others_can_write_is_not_run(void **state)
{
    struct house *house = *state;
    assert_prints(house, "good\n", "echo good");
    assert_int_equal(chmod(house->path, 0777), 0);
    struct runner_plan plan = {.starter = house->starter, .path = house->path};
    struct error err = {0};
    runner_clear(&house->runner);
    assert_int_equal(runner_start(&plan, &house->runner, &err), 0);
    int status = await_end(house);
    AUTO(str) char *why = read_all(house->runner.errors);
    assert_int_equal(WEXITSTATUS(status), CONFINEMENT_NOT_RUN);
    assert_non_null(strstr(why, "mode 0777: others can write to it"));
}

static void where_we_are_root_only_what_is_roots_is_run(void **state)
{
    struct house *house = *state;
    if (geteuid() != 0)
        skip();
    assert_prints(house, "good\n", "echo good");
    assert_int_equal(chown(house->path, 1, 1), 0);
    struct runner_plan plan = {.starter = house->starter, .path = house->path};
    struct error err = {0};
    runner_clear(&house->runner);
    assert_int_equal(runner_start(&plan, &house->runner, &err), 0);
    int status = await_end(house);
    AUTO(str) char *why = read_all(house->runner.errors);
    assert_int_equal(WEXITSTATUS(status), CONFINEMENT_NOT_RUN);
    assert_non_null(strstr(why, "of user 1, who can change it"));
}

static void one_that_is_missing_is_said(void **state)
{
    struct house *house = *state;
    AUTO(str) char *path = text_format("%s/none", house->folder);
    struct runner_plan plan = {.starter = house->starter, .path = path};
    struct error err = {0};
    assert_int_equal(runner_start(&plan, &house->runner, &err), 0);
    int status = await_end(house);
    AUTO(str) char *why = read_all(house->runner.errors);
    assert_int_equal(WEXITSTATUS(status), CONFINEMENT_NOT_RUN);
    assert_non_null(strstr(why, "none: No such file"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_has_three_pipes_and_its_status_comes_back),
        TEST(its_pipes_can_be_opened_anew),
        TEST(where_we_are_root_it_owns_nothing_of_ours),
        TEST(where_we_are_not_root_it_is_who_we_are),
        TEST(it_has_no_network),
        TEST(one_that_says_so_has_it),
        TEST(it_has_so_much_memory_and_no_more),
        TEST(it_gains_no_privileges),
        TEST(killed_its_whole_group_ends),
        TEST(one_that_is_given_up_ends),
        TEST(when_we_are_killed_all_of_it_ends),
        TEST(what_others_can_write_is_not_run),
        TEST(where_we_are_root_only_what_is_roots_is_run),
        TEST(one_that_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
