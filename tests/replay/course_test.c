// SPDX-License-Identifier: GPL-3.0-or-later
/* course - a past happens again under rules of the test's own. */
#include "../folder.h"
#include "../store/fixture.h"

#include <errno.h>

#include "base/files.h"
#include "replay/course.h"

#define MINUTE INT64_C(60000)

static const char rules[] =
    "alert(h, t, s, \"it is wrong\") :- state(h, t, s, _), s != \"ok\".\n"
    "alert(h, t, \"late\", \"for an hour\") :- state(h, t, \"fail\", since), "
    "since <= ago(1h).\n"
    "route(h, t, \"log\") :- alert(h, t, _, _).\n";

struct past {
    struct fixture *fixture; /* the server's store */
    char *scratch, *folder;  /* for the trial; of the rules */
    struct config *config;
    struct strbuf told;
    int64_t ends; /* minutes from NOON on; INT64_MAX: never */
    int64_t since;
    size_t left;
    unsigned number;
};

static int set_up(void **state)
{
    struct past *past = memory_new(sizeof *past);
    fixture_setup((void **)&past->fixture);
    past->scratch = folder_make();
    past->folder = folder_make();
    past->config = config_new();
    past->ends = INT64_MAX;
    assert_done(past->fixture, files_put(past->folder, "rules.dl", rules, strlen(rules),
                                         &past->fixture->err));
    *state = past;
    return 0;
}

static int tear_down(void **state)
{
    struct past *past = *state;
    config_free(past->config);
    strbuf_clear(&past->told);
    void *fixture = past->fixture;
    int rc = folder_remove(past->scratch);
    rc = folder_remove(past->folder) < 0 ? -1 : rc;
    free(past);
    return fixture_teardown(&fixture) || rc;
}

/* It was said so many minutes behind NOON, and came at once. */
static void put(struct past *past, struct message *owned)
{
    AUTO(message) struct message *message = owned;
    int64_t number;
    fixture_begin(past->fixture);
    assert_done(past->fixture,
                store_put_message(past->fixture->store, message, message->time, &number,
                                  &past->fixture->err));
    fixture_commit(past->fixture);
}

static void say(struct past *past, const char *tag, const char *err, int64_t minutes)
{
    put(past, message_make(++past->number, tag, NOON + minutes * MINUTE, err));
}

static int note(const struct telling *telling, void *context)
{
    struct past *past = context;
    strbuf_printf(&past->told, "%lld %s %s\n",
                  (long long)(telling->made - NOON) / MINUTE,
                  telling_kind_name(telling->kind), telling->tag);
    return 0;
}

static bool is_end(void *context, int64_t time)
{
    const struct past *past = context;
    return past->ends != INT64_MAX && time >= NOON + past->ends * MINUTE;
}

/* From one minute behind NOON to another, a tick of ten. */
static int run(struct past *past, int64_t since, int64_t until)
{
    AUTO(texts) struct texts folders = {0};
    texts_add(&folders, past->folder);
    AUTO(library) struct library *library = library_load_only(&folders);
    const struct course course = {.reader = past->fixture->store,
                                  .scratch = past->scratch,
                                  .config = past->config,
                                  .library = library,
                                  .since = NOON + since * MINUTE,
                                  .until = NOON + until * MINUTE,
                                  .tick = 10 * MINUTE,
                                  .told = note,
                                  .ends = is_end,
                                  .context = past};
    return course_run(&course, &past->since, &past->left, &past->fixture->err);
}

static void expect(struct past *past, int64_t since, int64_t until, const char *wanted)
{
    assert_done(past->fixture, run(past, since, until));
    assert_string_equal(strbuf_text(&past->told), wanted);
}

static void each_change_is_told_at_its_message(void **state)
{
    struct past *past = *state;
    say(past, "backup", "SUCCESS", 0);
    say(past, "backup", "FAIL", 13);
    say(past, "mail", "FAIL", 14);
    say(past, "backup", "FAIL", 20);
    say(past, "backup", "SUCCESS", 31);
    expect(past, 5, 60, "13 new backup\n14 new mail\n31 over backup\n");
    assert_int_equal(past->since, NOON + 5 * MINUTE);
    assert_int_equal(past->left, 0);
}

static void what_time_alone_makes_wrong_is_told_at_a_tick(void **state)
{
    struct past *past = *state;
    say(past, "backup", "SUCCESS", 0);
    say(past, "backup", "FAIL", 13);
    expect(past, 0, 120, "13 new backup\n80 new backup\n");
}

static void what_was_wrong_at_the_beginning_is_known(void **state)
{
    struct past *past = *state;
    say(past, "backup", "FAIL", 0);
    say(past, "mail", "FAIL", 30);
    say(past, "backup", "SUCCESS", 40);
    expect(past, 20, 60, "30 new mail\n40 over backup\n");
}

static void it_begins_where_the_first_message_came(void **state)
{
    struct past *past = *state;
    say(past, "backup", "FAIL", 10);
    expect(past, -1000, 20, "10 new backup\n");
    assert_int_equal(past->since, NOON + 10 * MINUTE - 1);
}

static void it_ends_before_what_comes_later(void **state)
{
    struct past *past = *state;
    say(past, "backup", "SUCCESS", 0);
    say(past, "backup", "FAIL", 25);
    say(past, "mail", "FAIL", 26);
    expect(past, 0, 25, "25 new backup\n");
}

static void of_an_empty_store_nothing_is_told(void **state)
{
    struct past *past = *state;
    expect(past, 0, 60, "");
    assert_int_equal(past->since, NOON + 60 * MINUTE - 1);
}

static void a_silence_of_then_holds_again(void **state)
{
    struct past *past = *state;
    const struct silence silence = {.host = "*",
                                    .tag = "backup",
                                    .began = NOON + 10 * MINUTE,
                                    .until = NOON + 40 * MINUTE,
                                    .zone = "",
                                    .reason = "moving disks",
                                    .who = "wrk",
                                    .made = NOON + 10 * MINUTE};
    static const char held[] =
        "hold(h, t, s, \"quiet\") :- alert(h, t, s, _), "
        "silence(_, hosts, tags, from, to, _, _, _), from <= now(), now() < to, "
        "glob(hosts, h), glob(tags, t).\n";
    int64_t number;
    assert_done(past->fixture, files_put(past->folder, "held.dl", held, strlen(held),
                                         &past->fixture->err));
    fixture_begin(past->fixture);
    assert_done(past->fixture, store_put_silence(past->fixture->store, &silence,
                                                 &number, &past->fixture->err));
    fixture_commit(past->fixture);
    say(past, "backup", "SUCCESS", 0);
    say(past, "backup", "FAIL", 13);
    say(past, "mail", "FAIL", 14);
    expect(past, 0, 60, "14 new mail\n40 new backup\n");
}

static void there_is_no_flood_guard(void **state)
{
    struct past *past = *state;
    static const char mail[] =
        "alert(h, t, s, \"\") :- state(h, t, s, _), s != \"ok\".\n"
        "route(h, t, \"mailto\") :- alert(h, t, _, _).\n";
    assert_done(past->fixture, files_put(past->folder, "rules.dl", mail, strlen(mail),
                                         &past->fixture->err));
    free(past->config->mailto);
    past->config->mailto = text_copy("shepherd@example.org");
    past->config->flood = 1;
    say(past, "a", "FAIL", 10);
    say(past, "b", "FAIL", 10);
    say(past, "c", "FAIL", 10);
    expect(past, 0, 20, "10 new a\n10 new b\n10 new c\n");
}

/* The second says that the column is of another type. */
static void what_cannot_be_handled_is_left_out_and_counted(void **state)
{
    struct past *past = *state;
    static const char *const types[] = {"text", "number"};
    say(past, "backup", "FAIL", 10);
    for (int i = 0; i < 2; i++) {
        char when[CLOCK_TEXT_SIZE];
        clock_format_utc(NOON + (11 + i) * MINUTE, when);
        AUTO(str)
        char *json = text_format(
            "{\"kind\":\"facts\",\"tag\":\"facts\",\"time\":\"%s\","
            "\"relation\":\"thing\",\"columns\":[[\"name\",\"%s\"]],"
            "\"epoch\":5,\"counter\":%d,\"after\":%d,\"is\":\"whole\",\"add\":[]}",
            when, types[i], i + 1, i);
        put(past, message_read(json));
    }
    say(past, "mail", "FAIL", 13);
    expect(past, 0, 20, "10 new backup\n13 new mail\n");
    assert_int_equal(past->left, 1);
}

static void it_can_be_ended(void **state)
{
    struct past *past = *state;
    past->ends = 20;
    past->since = 7;
    say(past, "backup", "FAIL", 10);
    say(past, "mail", "FAIL", 30);
    assert_int_equal(run(past, 0, 60), -ECANCELED);
    assert_string_equal(strbuf_text(&past->told), "10 new backup\n");
    assert_int_equal(past->since, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_change_is_told_at_its_message),
        TEST(what_time_alone_makes_wrong_is_told_at_a_tick),
        TEST(what_was_wrong_at_the_beginning_is_known),
        TEST(it_begins_where_the_first_message_came),
        TEST(it_ends_before_what_comes_later),
        TEST(of_an_empty_store_nothing_is_told),
        TEST(a_silence_of_then_holds_again),
        TEST(there_is_no_flood_guard),
        TEST(what_cannot_be_handled_is_left_out_and_counted),
        TEST(it_can_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
