// SPDX-License-Identifier: GPL-3.0-or-later
/* quiet - what people said of a store's past is said again in a trial, at its time. */
#include "../folder.h"
#include "../store/fixture.h"

#include "replay/quiet.h"
#include "store/incidents.h"

#define MINUTE INT64_C(60000)

struct bench {
    struct fixture *past; /* the server's store */
    char *folder;
    struct config *config;
    struct trial *trial;
    struct quiet *quiet;
};

static int set_up(void **state)
{
    struct bench *bench = memory_new(sizeof *bench);
    fixture_setup((void **)&bench->past);
    bench->folder = folder_make();
    bench->config = config_new();
    AUTO(str) char *path = text_format("%s/trial.db", bench->folder);
    AUTO(library) struct library *library = library_load_own();
    const struct trial_parts parts = {
        .store = path, .config = bench->config, .library = library};
    assert_done(bench->past, trial_open(&parts, &bench->trial, &bench->past->err));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    quiet_free(bench->quiet);
    trial_close(bench->trial);
    config_free(bench->config);
    void *past = bench->past;
    int rc = folder_remove(bench->folder);
    free(bench);
    return fixture_teardown(&past) || rc;
}

/* Of minutes from NOON on. */
static int64_t put_silence(struct bench *bench, const char *host, int64_t made,
                           int64_t until)
{
    const struct silence silence = {.host = host,
                                    .tag = "*",
                                    .began = NOON + made * MINUTE,
                                    .until = NOON + until * MINUTE,
                                    .zone = "",
                                    .reason = "moving disks",
                                    .who = "wrk@desk",
                                    .made = NOON + made * MINUTE};
    int64_t number;
    fixture_begin(bench->past);
    assert_done(bench->past, store_put_silence(bench->past->store, &silence, &number,
                                               &bench->past->err));
    fixture_commit(bench->past);
    return number;
}

static void end_silence(struct bench *bench, int64_t number, int64_t then)
{
    fixture_begin(bench->past);
    assert_done(bench->past,
                store_end_silence(bench->past->store, number, NOON + then * MINUTE,
                                  &bench->past->err));
    fixture_commit(bench->past);
}

static int64_t open_incident(struct fixture *past, struct store *store,
                             const char *severity)
{
    const struct incident incident = {.host = "penguin2",
                                      .tag = "backup",
                                      .severity = severity,
                                      .text = "it is wrong",
                                      .began = NOON,
                                      .why = "{}"};
    int64_t number;
    assert_done(past, store_begin(store, &past->err));
    assert_done(past, store_open_incident(store, &incident, &number, &past->err));
    assert_done(past, store_commit(store, &past->err));
    return number;
}

/* Somebody knew it then. */
static void acknowledge(struct bench *bench, const char *severity, int64_t then)
{
    int64_t number = open_incident(bench->past, bench->past->store, severity);
    fixture_begin(bench->past);
    assert_done(bench->past,
                store_acknowledge(bench->past->store, number, NOON + then * MINUTE,
                                  NOON + (then + 60) * MINUTE, "I look", "wrk@desk",
                                  &bench->past->err));
    fixture_commit(bench->past);
}

static void read_past(struct bench *bench)
{
    assert_done(bench->past,
                quiet_new(bench->past->store, &bench->quiet, &bench->past->err));
}

static int note_silence(const struct silence *silence, void *context)
{
    strbuf_printf(context, "%s %lld-%lld;", silence->host,
                  (long long)(silence->began - NOON) / MINUTE,
                  (long long)(silence->until - NOON) / MINUTE);
    return 0;
}

/* "HOST 5-60;" of each that the trial has, newest first, once it is so late. */
static const char *silenced(struct bench *bench, int64_t then)
{
    static char text[200];
    AUTO(strbuf) struct strbuf buf = {0};
    struct error *err = &bench->past->err;
    assert_done(bench->past,
                quiet_silence(bench->quiet, bench->trial, NOON + then * MINUTE, err));
    assert_done(bench->past, store_each_silence(trial_store(bench->trial), 0, true,
                                                note_silence, &buf, err));
    snprintf(text, sizeof text, "%s", strbuf_text(&buf));
    return text;
}

static int note_known(const struct incident *incident, void *context)
{
    if (incident->acknowledged_until != 0)
        strbuf_printf(context, "%s %s until %lld: %s;", incident->severity,
                      incident->acknowledged_by,
                      (long long)(incident->acknowledged_until - NOON) / MINUTE,
                      incident->acknowledged_reason);
    return 0;
}

/* Whether any was, and which of the trial's are acknowledged. */
static bool know(struct bench *bench, int64_t then, const char *wanted)
{
    AUTO(strbuf) struct strbuf buf = {0};
    struct error *err = &bench->past->err;
    const struct incident_filter filter = {.host = NULL};
    int64_t now = NOON + then * MINUTE;
    bool is_any = false;
    assert_done(bench->past,
                quiet_acknowledge(bench->quiet, bench->trial, now, &is_any, err));
    assert_done(bench->past, store_each_incident(trial_store(bench->trial), &filter,
                                                 now, note_known, &buf, err));
    assert_string_equal(strbuf_text(&buf), wanted);
    return is_any;
}

static void a_silence_is_put_when_it_was_made(void **state)
{
    struct bench *bench = *state;
    put_silence(bench, "a", 5, 60);
    put_silence(bench, "b", 10, 30);
    read_past(bench);
    assert_string_equal(silenced(bench, 4), "");
    assert_string_equal(silenced(bench, 5), "a 5-60;");
    assert_string_equal(silenced(bench, 20), "b 10-30;a 5-60;");
    assert_string_equal(silenced(bench, 90), "b 10-30;a 5-60;");
}

static void one_that_was_ended_early_has_the_end_it_was_given(void **state)
{
    struct bench *bench = *state;
    end_silence(bench, put_silence(bench, "a", 5, 60), 20);
    read_past(bench);
    assert_string_equal(silenced(bench, 5), "a 5-20;");
}

static void one_that_never_held_is_left_out(void **state)
{
    struct bench *bench = *state;
    end_silence(bench, put_silence(bench, "a", 5, 60), 5);
    put_silence(bench, "b", 6, 60);
    read_past(bench);
    assert_string_equal(silenced(bench, 10), "b 6-60;");
}

static void what_was_known_is_known_again(void **state)
{
    struct bench *bench = *state;
    acknowledge(bench, "fail", 5);
    read_past(bench);
    open_incident(bench->past, trial_store(bench->trial), "silent");
    open_incident(bench->past, trial_store(bench->trial), "fail");
    assert_false(know(bench, 4, ""));
    assert_true(know(bench, 5, "fail wrk@desk until 65: I look;"));
    assert_false(know(bench, 6, "fail wrk@desk until 65: I look;"));
}

/* A failure may be a warning by then: it is the same matter. */
static void it_is_the_matter_that_is_known(void **state)
{
    struct bench *bench = *state;
    acknowledge(bench, "fail", 5);
    read_past(bench);
    open_incident(bench->past, trial_store(bench->trial), "warning");
    assert_true(know(bench, 5, "warning wrk@desk until 65: I look;"));
}

static void what_is_not_wrong_here_is_not_known(void **state)
{
    struct bench *bench = *state;
    acknowledge(bench, "silent", 5);
    read_past(bench);
    open_incident(bench->past, trial_store(bench->trial), "fail");
    assert_false(know(bench, 5, ""));
}

static void where_nobody_said_anything_nothing_is_put(void **state)
{
    struct bench *bench = *state;
    read_past(bench);
    assert_string_equal(silenced(bench, 60), "");
    assert_false(know(bench, 60, ""));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_silence_is_put_when_it_was_made),
        TEST(one_that_was_ended_early_has_the_end_it_was_given),
        TEST(one_that_never_held_is_left_out),
        TEST(what_was_known_is_known_again),
        TEST(it_is_the_matter_that_is_known),
        TEST(what_is_not_wrong_here_is_not_known),
        TEST(where_nobody_said_anything_nothing_is_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
