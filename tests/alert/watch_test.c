// SPDX-License-Identifier: GPL-3.0-or-later
/* watch - rounds on a loop: when one begins, what follows it, and how
 * all of it ends. */
#include "pasture.h"

#include <uv.h>

#include "../config/parsed.h"
#include "alert/watch.h"

#define PATIENCE 30000 /* ms; far more than any of it takes */

struct hut {
    struct pasture *pasture;
    uv_loop_t loop;
    uv_timer_t limit;
    struct worker *worker;
    struct watch *watch;
    int news, stopped;
};

static void on_late(uv_timer_t *timer UNUSED)
{
    fail_msg("nothing happens");
}

static void note_news(void *context)
{
    struct hut *hut = context;
    hut->news++;
}

static void note_stopped(void *context)
{
    struct hut *hut = context;
    hut->stopped++;
}

static void make_watch(struct hut *hut, const char *path)
{
    const struct watch_parts parts = {.loop = &hut->loop,
                                      .worker = hut->worker,
                                      .store = hut->pasture->store,
                                      .path = path,
                                      .has_news = note_news,
                                      .context = hut};
    hut->watch = watch_new(&parts, hut->pasture->config);
}

static int set_up(void **state)
{
    struct hut *hut = memory_new(sizeof *hut);
    hut->pasture = pasture_new();
    uv_loop_init(&hut->loop);
    uv_timer_init(&hut->loop, &hut->limit);
    uv_timer_start(&hut->limit, on_late, PATIENCE, 0);
    hut->worker = worker_new(&hut->loop);
    make_watch(hut, hut->pasture->path);
    *state = hut;
    return 0;
}

static void stop(struct hut *hut)
{
    watch_stop(hut->watch, note_stopped, hut);
    while (hut->stopped == 0)
        uv_run(&hut->loop, UV_RUN_ONCE);
    watch_free(TAKE(hut->watch));
}

static int tear_down(void **state)
{
    struct hut *hut = *state;
    if (hut->watch)
        stop(hut);
    worker_free(hut->worker);
    uv_close((uv_handle_t *)&hut->limit, NULL);
    uv_run(&hut->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&hut->loop);
    rc = pasture_free(hut->pasture) < 0 ? -1 : rc;
    free(hut);
    return rc;
}

/* The tag fails or is ok again, and the watch hears of it. Before a round begins, or
 * behind one: the store is the worker's while it runs. */
static void say(struct hut *hut, const char *tag, const char *err)
{
    AUTO(touched) struct touched *touched = touched_new();
    while (!worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
    pasture_say(hut->pasture, hut->pasture->store, tag, err, clock_now());
    touched_add(touched, "state", "penguin2", tag);
    watch_wake(hut->watch, touched);
    assert_true(touched_is_empty(touched));
}

static void wait_for_news(struct hut *hut, int count)
{
    while (hut->news < count)
        uv_run(&hut->loop, UV_RUN_ONCE);
    while (!worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
}

static bool is_locked(const struct hut *hut)
{
    AUTO(str) char *name = text_format("%s-judge", hut->pasture->path);
    return access(name, F_OK) == 0;
}

static void what_was_stored_is_judged_and_told(void **state)
{
    struct hut *hut = *state;
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    wait_for_news(hut, 1);
    assert_string_equal(pasture_wrong(hut->pasture), "backup ours\n");
    say(hut, "backup", "SUCCESS");
    wait_for_news(hut, 2);
    assert_string_equal(pasture_wrong(hut->pasture), "");
}

/* The first step is done on the worker; then the thread judges. */
static void what_comes_while_a_round_runs_is_not_lost(void **state)
{
    struct hut *hut = *state;
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    while (worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
    say(hut, "mail", "FAIL");
    while (!strstr(pasture_wrong(hut->pasture), "backup ours\n") ||
           !strstr(pasture_wrong(hut->pasture), "mail ours\n"))
        wait_for_news(hut, hut->news + 1);
}

static void nothing_begins_before_it_is_started(void **state)
{
    struct hut *hut = *state;
    say(hut, "backup", "FAIL");
    for (int i = 0; i < 3; i++)
        uv_run(&hut->loop, UV_RUN_NOWAIT);
    assert_true(worker_is_idle(hut->worker));
    assert_false(is_locked(hut));
    stop(hut);
    assert_int_equal(hut->stopped, 1);
    assert_int_equal(hut->news, 0);
}

static void other_rules_are_used_with_another_configuration(void **state)
{
    struct hut *hut = *state;
    AUTO(config) struct config *config = config_new();
    AUTO(str) char *folder = text_format("%s/others", hut->pasture->folder);
    static const char text[] =
        "alert(h, t, \"theirs\", \"\") :- state(h, t, \"fail\", _).\n"
        "route(h, t, \"log\") :- alert(h, t, \"theirs\", _).\n";
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(files_put(folder, "theirs.dl", text, strlen(text), NULL), 0);
    texts_add(&config->rules, folder);
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    wait_for_news(hut, 1);
    watch_use(hut->watch, config);
    wait_for_news(hut, 2);
    assert_string_equal(pasture_wrong(hut->pasture), "");
    stop(hut);
}

/* No file of rules has changed. */
static void what_another_configuration_expects_is_expected(void **state)
{
    struct hut *hut = *state;
    AUTO(config) struct config *config = parsed("(expect ram x (every \"1h\"))");
    static const char text[] =
        "alert(h, t, \"ours\", \"\") :- expected{host: h, tag: t}.\n"
        "alert(h, t, \"ours\", \"\") :- state(h, t, \"fail\", _).\n"
        "route(h, t, \"log\") :- alert(h, t, \"ours\", _).\n";
    texts_add(&config->rules, hut->pasture->rules);
    pasture_rule(hut->pasture, "ours.dl", text);
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    wait_for_news(hut, 1);
    assert_string_equal(pasture_wrong(hut->pasture), "backup ours\n");
    watch_use(hut->watch, config);
    wait_for_news(hut, 2);
    assert_string_equal(pasture_wrong(hut->pasture), "x ours\nbackup ours\n");
    stop(hut);
}

static void its_end_waits_for_what_runs_and_comes_once(void **state)
{
    struct hut *hut = *state;
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    while (worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
    watch_stop(hut->watch, note_stopped, hut);
    assert_int_equal(hut->stopped, 0);
    while (hut->stopped == 0)
        uv_run(&hut->loop, UV_RUN_ONCE);
    say(hut, "mail", "FAIL");
    for (int i = 0; i < 3; i++)
        uv_run(&hut->loop, UV_RUN_NOWAIT);
    assert_true(worker_is_idle(hut->worker));
    assert_int_equal(hut->stopped, 1);
    watch_free(TAKE(hut->watch));
}

/* Its lock would be in a folder that is not there. */
static void a_round_that_cannot_be_tells_nothing(void **state)
{
    struct hut *hut = *state;
    AUTO(str) char *path = text_format("%s/none/store.db", hut->pasture->folder);
    stop(hut);
    hut->stopped = 0;
    make_watch(hut, path);
    say(hut, "backup", "FAIL");
    watch_start(hut->watch);
    while (worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
    while (!worker_is_idle(hut->worker))
        uv_run(&hut->loop, UV_RUN_ONCE);
    assert_int_equal(hut->news, 0);
    assert_string_equal(pasture_wrong(hut->pasture), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_stored_is_judged_and_told),
        TEST(what_comes_while_a_round_runs_is_not_lost),
        TEST(nothing_begins_before_it_is_started),
        TEST(other_rules_are_used_with_another_configuration),
        TEST(what_another_configuration_expects_is_expected),
        TEST(its_end_waits_for_what_runs_and_comes_once),
        TEST(a_round_that_cannot_be_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
