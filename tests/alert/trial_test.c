// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - messages come, time is moved, and what is told is read. */
#include "../folder.h"
#include "../store/fixture.h"

#include "alert/trial.h"
#include "base/files.h"

#define MINUTE INT64_C(60000)

static const char rules[] =
    "alert(h, t, s, \"it is wrong\") :- state(h, t, s, _), s != \"ok\".\n"
    "alert(h, t, \"late\", \"for an hour\") :- state(h, t, \"fail\", since), "
    "since <= ago(1h).\n"
    "hold(h, t, s, \"silence\") :- alert(h, t, s, _), "
    "silence(_, h, t, from, to, _, _, _), from <= now(), now() < to.\n"
    "route(h, t, \"mailto\") :- alert(h, t, _, _).\n"
    "remind(h, t, 1d) :- alert(h, t, \"fail\", _).\n";

struct bench {
    char *folder;
    struct trial *trial;
    struct config *config;
    struct error err;
    int64_t now;
    unsigned number;
    struct strbuf told;
};

static int note(const struct telling *telling, void *context)
{
    struct bench *bench = context;
    strbuf_printf(&bench->told, "%s %s %s\n", telling_kind_name(telling->kind),
                  telling->host, telling->tag);
    return 0;
}

#define assert_fine(bench, call)                                                       \
    do {                                                                               \
        if ((call) < 0)                                                                \
            fail_msg("%s: %s", #call, (bench)->err.text);                              \
    } while (0)

static void start(struct bench *bench)
{
    AUTO(texts) struct texts folders = {0};
    AUTO(str) char *path = text_format("%s/store.db", bench->folder);
    texts_add(&folders, bench->folder);
    AUTO(library) struct library *library = library_load_only(&folders);
    const struct trial_parts parts = {.store = path,
                                      .config = bench->config,
                                      .library = library,
                                      .told = note,
                                      .context = bench};
    assert_fine(bench, trial_open(&parts, &bench->trial, &bench->err));
    assert_fine(bench, trial_wait(bench->trial, bench->now, &bench->err));
}

static int set_up(void **state)
{
    struct bench *bench = memory_new(sizeof *bench);
    bench->folder = folder_make();
    bench->config = config_new();
    bench->now = NOON;
    free(bench->config->mailto);
    bench->config->mailto = text_copy("shepherd@example.org");
    assert_fine(
        bench, files_put(bench->folder, "rules.dl", rules, strlen(rules), &bench->err));
    start(bench);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    trial_close(bench->trial);
    config_free(bench->config);
    strbuf_clear(&bench->told);
    int rc = folder_remove(bench->folder);
    free(bench);
    return rc;
}

static struct message *make(struct bench *bench, const char *host, const char *err)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    clock_format_utc(bench->now, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"time\":\"%s\",\"kind\":\"note\","
                             "\"host\":\"%s\",\"tag\":\"x\",\"err\":\"%s\"}",
                             id_of(++bench->number, id), when, host, err);
    return message_read(json);
}

static void say(struct bench *bench, const char *host, const char *err)
{
    AUTO(message) struct message *message = make(bench, host, err);
    assert_fine(bench, trial_take(bench->trial, &message, 1, &bench->err));
}

static void wait(struct bench *bench, int64_t time)
{
    bench->now += time;
    assert_fine(bench, trial_wait(bench->trial, bench->now, &bench->err));
}

/* What was told since the last look. */
static const char *told(struct bench *bench)
{
    static char text[2000];
    snprintf(text, sizeof text, "%s", strbuf_text(&bench->told));
    strbuf_shorten(&bench->told, 0);
    return text;
}

static void each_is_told_once(void **state)
{
    struct bench *bench = *state;
    say(bench, "ram", "FAIL");
    assert_string_equal(told(bench), "new ram x\n");
    wait(bench, 30 * MINUTE);
    say(bench, "ram", "FAIL");
    assert_string_equal(told(bench), "");
    say(bench, "ram", "SUCCESS");
    assert_string_equal(told(bench), "over ram x\n");
}

static void a_restart_tells_nothing_twice_and_forgets_nothing(void **state)
{
    struct bench *bench = *state;
    say(bench, "ram", "FAIL");
    trial_close(bench->trial);
    start(bench);
    wait(bench, MINUTE);
    assert_string_equal(told(bench), "new ram x\n");
    say(bench, "ram", "SUCCESS");
    assert_string_equal(told(bench), "over ram x\n");
}

static void time_alone_is_told_in_its_minute(void **state)
{
    struct bench *bench = *state;
    say(bench, "ram", "FAIL");
    told(bench);
    wait(bench, 60 * MINUTE - 1);
    assert_string_equal(told(bench), "");
    wait(bench, MINUTE);
    assert_string_equal(told(bench), "new ram x\n");
}

static void a_reminder_comes_each_day(void **state)
{
    struct bench *bench = *state;
    say(bench, "ram", "FAIL");
    wait(bench, 61 * MINUTE);
    told(bench);
    wait(bench, 23 * 60 * MINUTE);
    assert_string_equal(told(bench), "still ram x\n");
}

static void a_silence_holds_until_its_end(void **state)
{
    struct bench *bench = *state;
    int64_t number;
    const struct silence silence = {.host = "ram",
                                    .tag = "x",
                                    .began = bench->now,
                                    .until = bench->now + 10 * MINUTE,
                                    .zone = "",
                                    .reason = "moving disks",
                                    .who = "wrk",
                                    .made = bench->now};
    assert_fine(bench, store_begin(trial_store(bench->trial), &bench->err));
    assert_fine(bench, store_put_silence(trial_store(bench->trial), &silence, &number,
                                         &bench->err));
    assert_fine(bench, store_commit(trial_store(bench->trial), &bench->err));
    assert_fine(bench, trial_touch(bench->trial, &bench->err));
    say(bench, "ram", "FAIL");
    wait(bench, 10 * MINUTE - 1);
    assert_string_equal(told(bench), "");
    wait(bench, 1);
    assert_string_equal(told(bench), "new ram x\n");
}

static void a_flood_is_told_when_it_is_due(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 20; i++) {
        AUTO(str) char *host = text_format("host%02d", i);
        say(bench, host, "FAIL");
    }
    assert_string_equal(told(bench), "new host00 x\nnew host01 x\nnew host02 x\n");
    wait(bench, MINUTE);
    assert_string_equal(told(bench), "sum  \n");
}

/* ---- the past ---- */

#define PAST 3

/* Ok, what is said, and ok again, a minute each; how many of them were put. */
static size_t put(struct bench *bench, const char *err, bool is_all)
{
    const char *const errs[PAST] = {"SUCCESS", err, "SUCCESS"};
    struct trial_arrival arrivals[PAST];
    size_t count = PAST;
    for (size_t i = 0; i < PAST; i++) {
        arrivals[i] = (struct trial_arrival){.message = make(bench, "ram", errs[i]),
                                             .came = bench->now};
        bench->now += MINUTE;
    }
    int rc =
        trial_put(bench->trial, arrivals, PAST, is_all ? NULL : &count, &bench->err);
    assert_int_equal(rc, count < PAST);
    for (size_t i = 0; i < PAST; i++)
        message_free(arrivals[i].message);
    return count;
}

static void what_is_put_is_judged_later(void **state)
{
    struct bench *bench = *state;
    struct trial_arrival fails = {.message = make(bench, "ram", "FAIL"),
                                  .came = bench->now + MINUTE};
    assert_fine(bench, trial_put(bench->trial, &fails, 1, NULL, &bench->err));
    message_free(fails.message);
    assert_string_equal(told(bench), "");
    assert_fine(bench,
                trial_judge(bench->trial, bench->now + MINUTE, false, &bench->err));
    assert_string_equal(told(bench), "new ram x\n");
    assert_fine(
        bench, trial_judge(bench->trial, bench->now + 62 * MINUTE, false, &bench->err));
    assert_string_equal(told(bench), "");
    assert_fine(bench,
                trial_judge(bench->trial, bench->now + 63 * MINUTE, true, &bench->err));
    assert_string_equal(told(bench), "new ram x\n");
}

static void putting_ends_behind_what_changes_a_state(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(put(bench, "SUCCESS", false), 1); /* the first word of all */
    assert_fine(bench, trial_judge(bench->trial, bench->now, false, &bench->err));
    assert_int_equal(put(bench, "SUCCESS", false), PAST);
    assert_int_equal(put(bench, "FAIL", false), 2);
    assert_fine(bench, trial_judge(bench->trial, bench->now, false, &bench->err));
    assert_string_equal(told(bench), "new ram x\n");
}

static void what_is_over_when_it_is_judged_is_not_told(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(put(bench, "FAIL", true), PAST);
    assert_fine(bench, trial_judge(bench->trial, bench->now, true, &bench->err));
    assert_string_equal(told(bench), "");
}

static void what_the_configuration_expects_is_expected(void **state)
{
    struct bench *bench = *state;
    static const char conf[] = "(expect \"ram\" \"x\" (every \"1h\"))";
    static const char late[] =
        "alert(h, t, \"silent\", \"\") :- expected{host: h, tag: t, due: due}, "
        "due <= now().\nroute(h, t, \"log\") :- alert(h, t, _, _).\n";
    trial_close(bench->trial);
    config_free(bench->config);
    assert_fine(bench,
                config_parse("conf", conf, strlen(conf), &bench->config, &bench->err));
    assert_fine(bench,
                files_put(bench->folder, "rules.dl", late, strlen(late), &bench->err));
    start(bench);
    wait(bench, 59 * MINUTE);
    assert_string_equal(told(bench), "");
    wait(bench, MINUTE);
    assert_string_equal(told(bench), "new ram x\n");
}

/* ---- a notifier that fails ---- */

/* Where the rules that come along judge, and notifiers have their own way. */
static void start_failing(struct bench *bench)
{
    static const char conf[] = "(mailto \"shepherd@example.org\") (flood 100)"
                               "(notifier oncall (email \"oncall@example.org\"))";
    AUTO(str) char *path = text_format("%s/store.db", bench->folder);
    AUTO(library) struct library *library = library_load_own();
    trial_close(TAKE(bench->trial));
    config_free(TAKE(bench->config));
    assert_fine(bench,
                config_parse("conf", conf, strlen(conf), &bench->config, &bench->err));
    const struct trial_parts parts = {
        .store = path, .config = bench->config, .library = library};
    assert_fine(bench, trial_open(&parts, &bench->trial, &bench->err));
    wait(bench, MINUTE);
}

struct trying {
    struct bench *bench;
    bool is_mail_down;
    int64_t numbers[8]; /* newest first */
    size_t count;
};

static int note_waiting(const struct telling *telling, void *context)
{
    struct trying *trying = context;
    bool is_mail = strcmp(telling->notifier, "mailto") == 0;
    assert_true(trying->count < 8);
    if (is_mail && trying->is_mail_down) {
        trying->numbers[trying->count++] = -telling->number; /* it fails */
        return 0;
    }
    trying->numbers[trying->count++] = telling->number;
    strbuf_printf(&trying->bench->told, "%s by %s: %s\n",
                  telling_kind_name(telling->kind), telling->notifier, telling->tag);
    return 0;
}

/* Tellers try what is due, as they do: each that fails is put off. */
static const char *tell(struct bench *bench, bool is_mail_down)
{
    struct trying trying = {.bench = bench, .is_mail_down = is_mail_down};
    const struct telling_filter filter = {.waiting = true};
    struct store *store = trial_store(bench->trial);
    assert_fine(bench, store_begin(store, &bench->err));
    assert_fine(bench,
                store_each_telling(store, &filter, note_waiting, &trying, &bench->err));
    for (size_t i = 0; i < trying.count; i++) {
        int64_t number = trying.numbers[i];
        assert_fine(bench,
                    number > 0
                        ? store_telling_told(store, number, bench->now, &bench->err)
                        : store_telling_failed(store, -number, bench->now,
                                               bench->now + MINUTE, "it is away",
                                               &bench->err));
    }
    assert_fine(bench, store_commit(store, &bench->err));
    return told(bench);
}

static void a_notifier_that_fails_for_an_hour_is_told_by_the_others(void **state)
{
    struct bench *bench = *state;
    start_failing(bench);
    say(bench, "ram", "FAIL");
    assert_string_equal(tell(bench, true), "new by log: x\n");
    wait(bench, 59 * MINUTE);
    assert_string_equal(tell(bench, true), "");
    wait(bench, 2 * MINUTE);
    assert_string_equal(
        tell(bench, true),
        "new by oncall: notifier mailto\nnew by log: notifier mailto\n");
    wait(bench, 10 * 60 * MINUTE);
    assert_string_equal(tell(bench, true), "");

    /* It works again: what waited is told, and that it is over. */
    assert_string_equal(tell(bench, false), "new by mailto: notifier mailto\n"
                                            "new by mailto: x\n");
    wait(bench, MINUTE);
    assert_string_equal(tell(bench, false), "over by oncall: notifier mailto\n"
                                            "over by mailto: notifier mailto\n"
                                            "over by log: notifier mailto\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_is_told_once),
        TEST(a_restart_tells_nothing_twice_and_forgets_nothing),
        TEST(time_alone_is_told_in_its_minute),
        TEST(a_reminder_comes_each_day),
        TEST(a_silence_holds_until_its_end),
        TEST(a_flood_is_told_when_it_is_due),
        TEST(what_the_configuration_expects_is_expected),
        TEST(what_is_put_is_judged_later),
        TEST(putting_ends_behind_what_changes_a_state),
        TEST(what_is_over_when_it_is_judged_is_not_told),
        TEST(a_notifier_that_fails_for_an_hour_is_told_by_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
