// SPDX-License-Identifier: GPL-3.0-or-later
/* The outbox with a teller that is a shell script: it writes down how it was called,
 * each wake-up, and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "notify/outbox.h"

#define DEADLINE 60000 /* ms that a test may take at most */

static const char script[] = "#!/bin/sh\n"
                             "cd \"$(dirname \"$0\")\" || exit 1\n"
                             "echo \"$*\" >>\"$4\"\n"
                             "[ ! -e fall ] || exit 3\n"
                             "while read -r line; do echo woken >>\"$4\"; done\n"
                             "echo ended >>\"$4\"\n";

struct fixture {
    char folder[64];
    char *program;
    uv_loop_t loop;
    uv_timer_t alarm, step;
    struct outbox *outbox;
    bool has_stopped;
};

static void on_alarm(uv_timer_t *alarm)
{
    (void)alarm;
    fail_msg("it took too long");
}

static void on_step(uv_timer_t *step)
{
    (void)step; /* the loop turns, and what it is to wait for is looked at */
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    *state = fixture;
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/sheepdog-outbox.XXXXXX");
    if (!mkdtemp(fixture->folder) ||
        files_put(fixture->folder, "teller", script, sizeof script - 1, NULL) < 0)
        return -1;
    fixture->program = text_format("%s/teller", fixture->folder);
    uv_loop_init(&fixture->loop);
    uv_timer_init(&fixture->loop, &fixture->alarm);
    uv_timer_start(&fixture->alarm, on_alarm, DEADLINE, 0);
    uv_timer_init(&fixture->loop, &fixture->step);
    uv_timer_start(&fixture->step, on_step, 10, 10);
    return chmod(fixture->program, 0700);
}

/* The defaults; path: NULL for none. */
static struct config *config_at(const char *path)
{
    struct config *config = config_new();
    config->path = text_copy(path);
    return config;
}

/* With one notifier more. */
static struct config *config_with(const char *path, const char *name)
{
    struct config *config = NULL;
    AUTO(str) char *text = text_format("(notifier %s (log \"x\"))", name);
    assert_int_equal(config_parse(path, text, strlen(text), &config, NULL), 0);
    return config;
}

static void start(struct fixture *fixture, struct config *config)
{
    struct outbox_parts parts = {
        .loop = &fixture->loop, .program = fixture->program, .store = "STORE"};
    fixture->outbox = outbox_new(&parts, config);
    config_free(config);
    outbox_start(fixture->outbox);
}

static void on_stopped(void *context)
{
    ((struct fixture *)context)->has_stopped = true;
}

static void stop(struct fixture *fixture)
{
    outbox_stop(fixture->outbox, on_stopped, fixture);
    while (!fixture->has_stopped)
        uv_run(&fixture->loop, UV_RUN_ONCE);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    if (!fixture->has_stopped)
        stop(fixture);
    outbox_free(fixture->outbox);
    uv_close((uv_handle_t *)&fixture->alarm, NULL);
    uv_close((uv_handle_t *)&fixture->step, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&fixture->loop) < 0)
        return -1;
    static const char *const names[] = {"teller", "log", "mailto", "fall", "a", "b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(str) char *path = text_format("%s/%s", fixture->folder, names[i]);
        unlink(path);
    }
    free(fixture->program);
    int rc = rmdir(fixture->folder);
    free(fixture);
    return rc;
}

static void wait_for(struct fixture *fixture, const char *notifier, const char *wanted)
{
    AUTO(str) char *path = text_format("%s/%s", fixture->folder, notifier);
    for (;;) {
        AUTO(strbuf) struct strbuf text = {0};
        if (files_read(path, 1 << 16, &text, NULL) == 0 &&
            strcmp(text.data ? text.data : "", wanted) == 0)
            return;
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
}

static void keeps_a_teller_for_each_notifier_and_wakes_it(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, config_at("CONF"));
    wait_for(fixture, "log", "--store STORE --notifier log -c CONF\n");
    wait_for(fixture, "mailto", "--store STORE --notifier mailto -c CONF\n");
    outbox_wake(fixture->outbox);
    wait_for(fixture, "log", "--store STORE --notifier log -c CONF\nwoken\n");
    stop(fixture);
    wait_for(fixture, "log", "--store STORE --notifier log -c CONF\nwoken\nended\n");
}

static void other_settings_are_for_another_teller(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, config_at(NULL));
    wait_for(fixture, "log", "--store STORE --notifier log\n");
    AUTO(config) struct config *config = config_at("NEW");
    outbox_use(fixture->outbox, config);
    wait_for(fixture, "log",
             "--store STORE --notifier log\nended\n"
             "--store STORE --notifier log -c NEW\n");
}

static void each_that_the_settings_name_has_its_teller(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *other = config_with("B", "b");
    AUTO(config) struct config *none = config_at("C");
    start(fixture, config_with("A", "a"));
    wait_for(fixture, "a", "--store STORE --notifier a -c A\n");
    outbox_use(fixture->outbox, other);
    wait_for(fixture, "b", "--store STORE --notifier b -c B\n");
    wait_for(fixture, "a", "--store STORE --notifier a -c A\nended\n");
    wait_for(fixture, "log",
             "--store STORE --notifier log -c A\nended\n"
             "--store STORE --notifier log -c B\n");
    outbox_use(fixture->outbox, none);
    wait_for(fixture, "b", "--store STORE --notifier b -c B\nended\n");
    wait_for(fixture, "log",
             "--store STORE --notifier log -c A\nended\n"
             "--store STORE --notifier log -c B\nended\n"
             "--store STORE --notifier log -c C\n");
}

static void a_teller_that_falls_over_starts_again(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *path = text_format("%s/fall", fixture->folder);
    assert_int_equal(files_put(fixture->folder, "fall", "", 0, NULL), 0);
    start(fixture, config_at(NULL));
    wait_for(fixture, "log", "--store STORE --notifier log\n");
    unlink(path);
    wait_for(fixture, "log",
             "--store STORE --notifier log\n--store STORE --notifier log\n");
    outbox_wake(fixture->outbox);
    wait_for(fixture, "log",
             "--store STORE --notifier log\n--store STORE --notifier log\nwoken\n");
}

static void a_program_that_is_missing_stops_nothing(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->program);
    start(fixture, config_at(NULL));
    outbox_wake(fixture->outbox);
    stop(fixture);
    assert_true(fixture->has_stopped);
}

#define WITH_OUTBOX(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OUTBOX(keeps_a_teller_for_each_notifier_and_wakes_it),
        WITH_OUTBOX(other_settings_are_for_another_teller),
        WITH_OUTBOX(each_that_the_settings_name_has_its_teller),
        WITH_OUTBOX(a_teller_that_falls_over_starts_again),
        WITH_OUTBOX(a_program_that_is_missing_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
