// SPDX-License-Identifier: GPL-3.0-or-later
/* watches - monitors of our own, on a real loop, in real children. */
#include "daemon/watches.h"

#include <errno.h>
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

#include "base/memory.h"
#include "base/strbuf.h"

#define PATIENCE 30000 /* ms */

/* See tests/monitor/helper_test.c. */
static bool is_blind;

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (is_blind)
        return 0;
    return (int)syscall(SYS_waitid, type, id, info, options, NULL);
}

/* ---- monitors ---- */

static const struct setting quick[] = {
    {"every", SETTING_DURATION, "100ms", NULL, ""},
    {"timeout", SETTING_DURATION, "300ms", NULL, ""},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static const struct setting slow[] = {
    {"every", SETTING_DURATION, "100ms", NULL, ""},
    {"timeout", SETTING_DURATION, "20s", NULL, ""},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* Counts its looks in its memory. */
static int count_looks(struct look *look, struct error *err UNUSED)
{
    uintptr_t count = (uintptr_t)*look->memory + 1;
    *look->memory = (void *)count;
    findings_state(look->findings, NULL, STATE_OK, "look %d", (int)count);
    return count == 1 ? -EAGAIN : 0;
}

static int cannot(struct look *look UNUSED, struct error *err)
{
    return error_set(err, -EIO, "it is dark");
}

static int find_in_child(struct look *look, struct error *err UNUSED)
{
    findings_state(look->findings, "/", STATE_WARNING, "in %s",
                   getpid() == getpgrp() ? "a group of its own" : "ours");
    return 0;
}

static int crash(struct look *look UNUSED, struct error *err UNUSED)
{
    abort();
}

static int hang(struct look *look UNUSED, struct error *err UNUSED)
{
    pause();
    return 0;
}

static int name_shell(const struct settings *settings UNUSED, struct texts *argv,
                      struct error *err UNUSED)
{
    texts_add(argv, "sh");
    texts_add(argv, "-c");
    texts_add(argv, "echo warning $SHEEPDOG_EVERY; cat >&2");
    return 0;
}

static int name_nothing(const struct settings *settings UNUSED,
                        struct texts *argv UNUSED, struct error *err UNUSED)
{
    return 0;
}

static const struct monitor monitor_counts = {
    .name = "counts", .settings = slow, .place = MONITOR_INLINE, .look = count_looks};
static const struct monitor monitor_dark = {
    .name = "dark", .settings = slow, .place = MONITOR_INLINE, .look = cannot};
static const struct monitor monitor_dark_child = {
    .name = "darkness", .settings = slow, .place = MONITOR_FORKED, .look = cannot};
static const struct monitor monitor_child = {
    .name = "child", .settings = slow, .place = MONITOR_FORKED, .look = find_in_child};
static const struct monitor monitor_crash = {
    .name = "crash", .settings = slow, .place = MONITOR_FORKED, .look = crash};
static const struct monitor monitor_hang = {
    .name = "hang", .settings = quick, .place = MONITOR_FORKED, .look = hang};
static const struct monitor monitor_shell = {
    .name = "shell", .settings = slow, .place = MONITOR_PROGRAM, .command = name_shell};
static const struct monitor monitor_nothing = {.name = "nothing",
                                               .settings = slow,
                                               .place = MONITOR_PROGRAM,
                                               .command = name_nothing};

/* ---- what they are watched by ---- */

struct tower {
    uv_loop_t loop;
    uv_timer_t limit;
    struct helpers *helpers;
    struct watches *watches;
    struct roster roster;
    struct strbuf seen; /* a line each */
    int wanted;         /* looks until it ends */
};

static void on_looked(void *context, const struct looked *looked)
{
    struct tower *tower = context;
    const struct findings *findings = looked->findings;
    strbuf_printf(&tower->seen, "%s", looked->instance->tag);
    for (size_t i = 0; i < findings->count; i++)
        strbuf_printf(&tower->seen, " %s %s", state_name(findings->items[i].state),
                      findings->items[i].text);
    strbuf_printf(&tower->seen, "%s%s%s%s\n", looked->fault ? " !" : "",
                  looked->fault ? looked->fault : "", looked->is_crash ? " crash" : "",
                  looked->is_partial ? " partial" : "");
    if (--tower->wanted == 0)
        uv_stop(&tower->loop);
}

static void on_late(uv_timer_t *timer UNUSED)
{
    fail_msg("nothing happens");
}

static struct instance make_instance(const struct monitor *monitor)
{
    struct settings_tables tables = {.own = monitor->settings};
    struct instance instance = {.monitor = monitor, .tag = text_copy(monitor->name)};
    assert_int_equal(settings_read(&tables, NULL, &instance.settings, NULL), 0);
    instance.every = settings_duration(instance.settings, "every");
    instance.timeout = settings_duration(instance.settings, "timeout");
    instance.times = 1;
    return instance;
}

static struct roster make_roster(const struct monitor *monitor)
{
    struct roster roster = {.items = memory_new(sizeof *roster.items), .count = 1};
    roster.items[0] = make_instance(monitor);
    return roster;
}

static void clear_roster(struct roster *roster)
{
    free(roster->items[0].tag);
    settings_free(roster->items[0].settings);
    free(roster->items);
}

static int setup(void **state)
{
    struct tower *tower = memory_new(sizeof *tower);
    uv_loop_init(&tower->loop);
    uv_timer_init(&tower->loop, &tower->limit);
    uv_timer_start(&tower->limit, on_late, PATIENCE, 0);
    tower->helpers = helpers_new(&tower->loop);
    struct watches_parts parts = {.loop = &tower->loop,
                                  .helpers = tower->helpers,
                                  .host = "penguin",
                                  .root = "",
                                  .looked = on_looked,
                                  .context = tower};
    tower->watches = watches_new(&parts);
    *state = tower;
    return 0;
}

static int teardown(void **state)
{
    struct tower *tower = *state;
    watches_free(tower->watches);
    helpers_free(tower->helpers);
    uv_close((uv_handle_t *)&tower->limit, NULL);
    uv_run(&tower->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&tower->loop);
    if (tower->roster.items)
        clear_roster(&tower->roster);
    strbuf_clear(&tower->seen);
    free(tower);
    return rc;
}

static void watch(struct tower *tower, const struct monitor *monitor, int looks)
{
    tower->roster = make_roster(monitor);
    tower->wanted = looks;
    watches_use(tower->watches, &tower->roster);
    uv_run(&tower->loop, UV_RUN_DEFAULT);
}

static void assert_seen(struct tower *tower, const char *wanted)
{
    assert_string_equal(strbuf_text(&tower->seen), wanted);
    strbuf_shorten(&tower->seen, 0);
}

static void looks_again_and_again_with_a_memory(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_counts, 3);
    assert_seen(tower,
                "counts ok look 1 partial\ncounts ok look 2\ncounts ok look 3\n");
    assert_int_equal(watches_new_count(tower->watches), 0);
}

static void says_why_it_cannot_look(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_dark, 1);
    assert_seen(tower, "dark !it is dark\n");
}

static void says_why_a_child_cannot_look(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_dark_child, 1);
    assert_seen(tower, "darkness !it is dark\n");
}

static void brings_home_what_a_child_found(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_child, 2);
    assert_seen(tower, "child warning in a group of its own\n"
                       "child warning in a group of its own\n");
}

static void says_that_a_look_crashed(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_crash, 1);
    assert_non_null(strstr(strbuf_text(&tower->seen), "crash !it crashed: signal 6"));
    assert_non_null(strstr(strbuf_text(&tower->seen), " crash\n"));
}

static void ends_a_look_that_hangs(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_hang, 1);
    assert_seen(tower, "hang !it took longer than 300 ms and was ended crash\n");
}

static void on_pause(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* It goes on, and there is no other beside it, however short its pause is. */
static void tells_of_a_look_that_cannot_be_ended(void **state)
{
    struct tower *tower = *state;
    uv_timer_t pause_timer;
    is_blind = true;
    watch(tower, &monitor_hang, 1);
    assert_seen(tower, "hang !it took longer than 300 ms, and hangs: it cannot be "
                       "ended crash\n");
    uv_timer_init(&tower->loop, &pause_timer);
    uv_timer_start(&pause_timer, on_pause, 500, 0);
    uv_run(&tower->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&pause_timer, NULL);
    assert_seen(tower, "");

    is_blind = false;
    tower->wanted = 1;
    raise(SIGCHLD);
    uv_run(&tower->loop, UV_RUN_DEFAULT);
    assert_seen(tower, "hang !it took longer than 300 ms and was ended crash\n");
}

static void runs_a_program_with_its_settings(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_shell, 1);
    assert_seen(tower, "shell warning 0.1\n");
}

static void finds_nothing_where_there_is_nothing_to_run(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_nothing, 1);
    assert_seen(tower, "nothing\n");
}

static void keeps_the_memory_of_what_stays_the_same(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_counts, 2);
    strbuf_shorten(&tower->seen, 0);
    struct roster old = tower->roster;
    watch(tower, &monitor_counts, 1);
    clear_roster(&old);
    assert_seen(tower, "counts ok look 3\n");
}

static void forgets_what_is_taken_out(void **state)
{
    struct tower *tower = *state;
    watch(tower, &monitor_counts, 2);
    strbuf_shorten(&tower->seen, 0);
    struct roster old = tower->roster;
    watch(tower, &monitor_dark, 2);
    clear_roster(&old);
    assert_seen(tower, "dark !it is dark\ndark !it is dark\n");
}

static void stop(void *context)
{
    struct tower *tower = context;
    uv_stop(&tower->loop);
}

static void looks_once_and_twice_at_what_needs_it(void **state)
{
    struct tower *tower = *state;
    tower->roster = make_roster(&monitor_counts);
    watches_look_once(tower->watches, &tower->roster, stop);
    uv_run(&tower->loop, UV_RUN_DEFAULT);
    assert_seen(tower, "counts ok look 1 partial\ncounts ok look 2\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looks_again_and_again_with_a_memory),
        TEST(says_why_it_cannot_look),
        TEST(says_why_a_child_cannot_look),
        TEST(brings_home_what_a_child_found),
        TEST(says_that_a_look_crashed),
        TEST(ends_a_look_that_hangs),
        TEST(tells_of_a_look_that_cannot_be_ended),
        TEST(runs_a_program_with_its_settings),
        TEST(finds_nothing_where_there_is_nothing_to_run),
        TEST(keeps_the_memory_of_what_stays_the_same),
        TEST(forgets_what_is_taken_out),
        TEST(looks_once_and_twice_at_what_needs_it),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
