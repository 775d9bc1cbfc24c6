// SPDX-License-Identifier: GPL-3.0-or-later
/* process - a recorded /proc, and real processes that are stopped and killed. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_process;

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

struct recorded {
    int pid;
    const char *name, *state;
    int ticks, start, pages;
};

static void record(const char *root, const struct recorded *process)
{
    AUTO(str) char *folder = text_format("%s/proc/%d", root, process->pid);
    AUTO(str)
    char *text = text_format("%d (%s) %s 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 1 0 %d "
                             "1000 %d 1\n",
                             process->pid, process->name, process->state,
                             process->ticks, process->start, process->pages);
    assert_int_equal(files_make_folder(folder, 0700, NULL), 0);
    assert_int_equal(files_put(folder, "stat", text, strlen(text), NULL), 0);
}

static void record_command(const char *root, int pid, const char *bytes, size_t size)
{
    AUTO(str) char *folder = text_format("%s/proc/%d", root, pid);
    assert_int_equal(files_put(folder, "cmdline", bytes, size, NULL), 0);
}

static void forget(const char *root, int pid)
{
    AUTO(str) char *path = text_format("%s/proc/%d/stat", root, pid);
    assert_int_equal(unlink(path), 0);
}

static void counts_those_of_a_name(void **state)
{
    record(*state, &(struct recorded){10, "nginx", "S", 0, 100, 5});
    record(*state, &(struct recorded){11, "nginx", "R", 0, 200, 7});
    record(*state, &(struct recorded){12, "nginx", "Z", 0, 200, 0});
    record(*state, &(struct recorded){13, "a) S 1 (b", "S", 0, 200, 0});
    struct watch watch = watch_start(
        &monitor_process, "(name \"nginx\" \"a) S 1 (b\" \"ssh*\") (max 1)", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, "nginx"),
                        "warning: 2 running, warning above 1");
    assert_string_equal(watch_text(&watch, "a) S 1 (b"), "ok: 1 running");
    assert_string_equal(watch_text(&watch, "ssh*"), "fail: 0 running, fail below 1");
    assert_true(watch_reading(&watch, "nginx", "count") == 2);
    assert_true(watch_reading(&watch, "nginx", "memory") ==
                12.0 * (double)sysconf(_SC_PAGESIZE));
    watch_end(&watch);
}

static void finds_a_name_that_the_kernel_cut(void **state)
{
    record(*state, &(struct recorded){10, "systemd-timesyn", "S", 0, 100, 5});
    struct watch watch =
        watch_start(&monitor_process, "(name \"systemd-timesyncd\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, "systemd-timesyncd"), "ok: 1 running");
    watch_end(&watch);
}

static void finds_a_command_line(void **state)
{
    record(*state, &(struct recorded){10, "python3", "S", 0, 100, 5});
    record(*state, &(struct recorded){11, "python3", "S", 0, 100, 5});
    record(*state, &(struct recorded){12, "kthreadd", "S", 0, 100, 5});
    record_command(*state, 10, "python3\0/srv/app.py\0--port", 27);
    record_command(*state, 11, "python3\0other.py", 17);
    record_command(*state, 12, "", 0);
    struct watch watch =
        watch_start(&monitor_process, "(command \"python3 /srv/app.py *\")", *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, NULL), "ok: 1 running");

    /* Its command line is not asked for now: it is known. */
    record(*state, &(struct recorded){10, "python3", "D", 0, 100, 5});
    record_command(*state, 10, "", 0);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_string_equal(watch_text(&watch, NULL), "ok: 1 running");
    watch_end(&watch);
}

static void measures_between_two_looks(void **state)
{
    int second = (int)sysconf(_SC_CLK_TCK);
    record(*state, &(struct recorded){10, "busy", "R", 1000 * second, 100, 5});
    struct watch watch =
        watch_start(&monitor_process, "(name \"busy\") (cpu-warn 40)", *state);
    assert_int_equal(watch_look(&watch, 0), -EAGAIN);
    assert_string_equal(watch_text(&watch, "busy"), "");
    assert_true(isnan(watch_reading(&watch, "busy", "cpu")));
    record(*state, &(struct recorded){10, "busy", "R", 1030 * second, 100, 5});
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_string_equal(watch_text(&watch, "busy"),
                        "warning: processor 50.0 %, warning from 40.0 %");
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(watch_reading(&watch, "busy", "cpu") == 0);
    watch_end(&watch);
}

static void counts_restarts_within_a_time(void **state)
{
    record(*state, &(struct recorded){10, "svc", "S", 0, 100, 5});
    record(*state, &(struct recorded){11, "svc", "S", 0, 200, 5});
    struct watch watch = watch_start(
        &monitor_process, "(name \"svc\") (restarts-warn 1) (restarts-within \"10m\")",
        *state);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, "svc"),
                        "ok: 2 running; restarts 0, below 1");

    /* A worker that comes and goes is no restart. */
    forget(*state, 11);
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_true(watch_reading(&watch, "svc", "restarts") == 0);

    /* The same number, but another process. */
    record(*state, &(struct recorded){10, "svc", "S", 0, 300, 5});
    assert_int_equal(watch_look(&watch, 60), 0);
    assert_string_equal(watch_text(&watch, "svc"),
                        "warning: restarts 1, warning from 1");
    assert_non_null(watch_find(&watch, FINDING_NOTE, "svc", NULL));

    assert_int_equal(watch_look(&watch, 601), 0);
    assert_string_equal(watch_text(&watch, "svc"),
                        "ok: 1 running; restarts 0, below 1");
    watch_end(&watch);
}

static void wants_something_to_look_for(void **state)
{
    struct watch watch = watch_start(&monitor_process, "", *state);
    assert_int_equal(watch_look(&watch, 0), -EINVAL);
    watch_end(&watch);
}

/* ---- a real one ---- */

/* A child of that name, which waits to be killed. */
static pid_t start_child(const char *name)
{
    fflush(NULL);
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_NAME, name);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(write(ready[1], "r", 1) == 1 ? pause() : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void a_process_that_stops_is_seen(void **state UNUSED)
{
    AUTO(str) char *name = text_format("dog%d", (int)getpid());
    AUTO(str) char *settings = text_format("(name \"%s\")", name);
    pid_t pid = start_child(name);
    struct watch watch = watch_start(&monitor_process, settings, "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, name), "ok: 1 running");

    kill(pid, SIGSTOP);
    waitpid(pid, NULL, WUNTRACED);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, name),
                        "fail: 0 running (1 stopped), fail below 1");
    kill(pid, SIGCONT);
    waitpid(pid, NULL, WCONTINUED);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, name), "ok: 1 running");

    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, name), "fail: 0 running, fail below 1");
    watch_end(&watch);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(counts_those_of_a_name),
        IN_A_FOLDER(finds_a_name_that_the_kernel_cut),
        IN_A_FOLDER(finds_a_command_line),
        IN_A_FOLDER(measures_between_two_looks),
        IN_A_FOLDER(counts_restarts_within_a_time),
        IN_A_FOLDER(wants_something_to_look_for),
        cmocka_unit_test(a_process_that_stops_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
