// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <uv.h>

#include "store/pruner.h"
#include "store/touched.h"

#define MANY 1200 /* more than two steps */
#define DAY  86400000

struct pruning {
    struct fixture *fixture;
    uv_loop_t loop;
    struct worker *worker;
    struct config *config;
    struct pruner *pruner;
    struct touched *touched;
};

static void take_touched(void *context, struct touched *touched)
{
    struct pruning *pruning = context;
    touched_move(touched, pruning->touched);
}

/* So many messages of a year ago, and one of now. */
static void put_old(struct fixture *fixture, unsigned count)
{
    int64_t now = clock_now();
    fixture_begin(fixture);
    for (unsigned n = 1; n <= count; n++)
        fixture_put(fixture, message_make(n, "t", now - 365 * (int64_t)DAY, "SUCCESS"),
                    NULL);
    fixture_put(fixture, message_make(count + 1, "t", now, "SUCCESS"), NULL);
    fixture_commit(fixture);
}

static void start(struct pruning *pruning, struct fixture *fixture, int64_t keep)
{
    *pruning = (struct pruning){
        .fixture = fixture, .config = config_new(), .touched = touched_new()};
    pruning->config->keep_messages = keep;
    uv_loop_init(&pruning->loop);
    pruning->worker = worker_new(&pruning->loop);
    struct pruner_parts parts = {.loop = &pruning->loop,
                                 .worker = pruning->worker,
                                 .store = fixture->store,
                                 .has_changed = take_touched,
                                 .context = pruning};
    pruning->pruner = pruner_new(&parts, pruning->config);
}

static void stop(struct pruning *pruning)
{
    pruner_stop(pruning->pruner);
    while (!worker_is_idle(pruning->worker))
        uv_run(&pruning->loop, UV_RUN_ONCE);
    pruner_free(pruning->pruner);
    worker_free(pruning->worker);
    uv_run(&pruning->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&pruning->loop), 0);
    config_free(pruning->config);
    touched_free(pruning->touched);
}

static int count_row(const struct message_row *row UNUSED, void *context)
{
    (*(int *)context)++;
    return 0;
}

static int count(struct pruning *pruning)
{
    struct fixture *fixture = pruning->fixture;
    struct message_filter filter = {.limit = 10000};
    AUTO(store) struct store *reader = NULL;
    int rows = 0;
    assert_done(fixture, store_open_reader(fixture->path, &reader, &fixture->err));
    assert_done(fixture,
                store_each_message(reader, &filter, count_row, &rows, &fixture->err));
    return rows;
}

static void removes_all_that_is_too_old_step_by_step(void **state)
{
    struct pruning pruning;
    put_old(*state, MANY);
    start(&pruning, *state, 30 * (int64_t)DAY);
    bool was_between = false;
    for (int left = MANY + 1; left > 1; left = count(&pruning)) {
        was_between |= left < MANY + 1;
        uv_run(&pruning.loop, UV_RUN_ONCE);
    }
    assert_true(was_between);
    stop(&pruning);
}

static void old_readings_become_hours(void **state)
{
    struct fixture *fixture = *state;
    struct pruning pruning;
    AUTO(message)
    struct message *message = message_read("{\"kind\":\"reading\",\"tag\":\"t\","
                                           "\"readings\":{\"load\":1}}");
    bool lacks;
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_beat(fixture->store, message, NOON, &lacks, &fixture->err));
    fixture_commit(fixture);
    start(&pruning, fixture, 30 * (int64_t)DAY);
    pruning.config->keep_readings = DAY;
    pruning.config->keep_hours = clock_now();
    pruner_use(pruning.pruner, pruning.config);
    AUTO(str) char *hours = NULL;
    while (!hours) {
        uv_run(&pruning.loop, UV_RUN_ONCE);
        hours = fixture_ask(fixture, "SELECT mean FROM reading_hour");
    }
    stop(&pruning);
    AUTO(str) char *left = fixture_ask(fixture, "SELECT count(*) FROM reading");
    assert_string_equal(left, "0");
}

static void a_run_that_goes_is_touched(void **state)
{
    struct fixture *fixture = *state;
    struct pruning pruning;
    AUTO(message)
    struct message *message = message_read("{\"kind\":\"start\",\"tag\":\"t\",\"run\":"
                                           "\"00000001-0000-7000-8000-000000000001\"}");
    int64_t number;
    bool runs;
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(fixture->store, message, NOON, &number,
                                           &fixture->err));
    assert_done(fixture,
                store_put_start(fixture->store, message, &runs, &fixture->err));
    assert_true(runs);
    fixture_commit(fixture);
    start(&pruning, fixture, clock_now() - NOON + DAY);
    uv_run(&pruning.loop, UV_RUN_ONCE);
    while (!worker_is_idle(pruning.worker))
        uv_run(&pruning.loop, UV_RUN_ONCE);
    assert_true(touched_is_empty(pruning.touched));
    pruning.config->keep_messages = clock_now() - NOON - 1000;
    pruner_use(pruning.pruner, pruning.config);
    while (touched_is_empty(pruning.touched))
        uv_run(&pruning.loop, UV_RUN_ONCE);
    assert_true(touched_has(pruning.touched, "running"));
    assert_false(touched_is_all(pruning.touched));
    stop(&pruning);
}

static void settings_that_were_read_again_count_at_once(void **state)
{
    struct pruning pruning;
    put_old(*state, 3);
    start(&pruning, *state, 2 * 365 * (int64_t)DAY);
    uv_run(&pruning.loop, UV_RUN_ONCE);
    while (!worker_is_idle(pruning.worker))
        uv_run(&pruning.loop, UV_RUN_ONCE);
    assert_int_equal(count(&pruning), 4);
    pruning.config->keep_messages = DAY;
    pruner_use(pruning.pruner, pruning.config);
    while (count(&pruning) > 1)
        uv_run(&pruning.loop, UV_RUN_ONCE);
    stop(&pruning);
}

static void stops_in_the_middle(void **state)
{
    struct pruning pruning;
    put_old(*state, MANY);
    start(&pruning, *state, DAY);
    while (worker_is_idle(pruning.worker))
        uv_run(&pruning.loop, UV_RUN_NOWAIT);
    stop(&pruning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(removes_all_that_is_too_old_step_by_step,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(old_readings_become_hours, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_run_that_goes_is_touched, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(settings_that_were_read_again_count_at_once,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(stops_in_the_middle, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
