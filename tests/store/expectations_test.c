// SPDX-License-Identifier: GPL-3.0-or-later
/* expectations - and what they count from: what runs, what ran, what was said last. */
#include "fixture.h"

#include <errno.h>

#include "store/incidents.h"

#define MINUTE 60000 /* ms */
#define HOURS  (60 * MINUTE)

/* Stores a message of tag t, so many ms after NOON, as its handler does. */
static bool put(struct fixture *fixture, unsigned n, int64_t time, const char *fields)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    clock_format_utc(NOON + time, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"tag\":\"t\",\"time\":\"%s\",%s}",
                             id_of(n, id), when, fields);
    AUTO(message) struct message *message = message_read(json);
    struct store *store = fixture->store;
    struct change change;
    int64_t number;
    bool has_changed = false, ran;
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_message(store, message, INT64_MAX, &number, &fixture->err));
    if (message->kind == MESSAGE_START)
        assert_done(fixture, store_put_start(store, message, &ran, NULL));
    if (message->kind == MESSAGE_OUTCOME)
        assert_done(fixture, store_end_run(store, message, &ran, NULL));
    assert_done(fixture, store_expect(store, message, &has_changed, &fixture->err));
    assert_done(fixture, store_put_state(store, message, &change, NULL));
    fixture_commit(fixture);
    return has_changed;
}

#define RAN(more)   "\"kind\":\"outcome\",\"status\":0,\"elapsed\":600" more
#define START(more) "\"kind\":\"start\"" more
#define NOTE(more)  "\"kind\":\"note\",\"text\":\"x\"" more
#define DAILY       ",\"every\":\"1d\",\"grace\":\"2h\""

/* "every grace due", in minutes, the last since NOON; "-": nothing is expected. */
static void assert_expected(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *sql =
        text_format("SELECT ifnull((SELECT every || ' ' || (grace / 60000) || ' '"
                    " || ifnull((due - %lld) / 60000, '-')"
                    " FROM expectation), '-')",
                    (long long)NOON);
    AUTO(str) char *found = fixture_ask(fixture, sql);
    assert_string_equal(found, expected);
}

static void assert_running(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *found =
        fixture_ask(fixture, "SELECT ifnull(group_concat(run), '') FROM running");
    assert_string_equal(found, expected);
}

/* ---- what is expected ---- */

static void nothing_is_expected_that_nobody_declared(void **state)
{
    struct fixture *fixture = *state;
    assert_false(put(fixture, 1, 0, RAN("")));
    assert_false(put(fixture, 2, 10, START("")));
    assert_expected(fixture, "-");
}

static void the_next_is_due_from_the_end_of_the_last_on(void **state)
{
    struct fixture *fixture = *state;
    assert_true(put(fixture, 1, 0, RAN(DAILY)));
    assert_expected(fixture, "1d 120 1440");
    assert_true(put(fixture, 2, 23 * HOURS, RAN("")));
    assert_expected(fixture, "1d 120 2820");
    assert_false(put(fixture, 3, 24 * HOURS, NOTE("")));
    assert_expected(fixture, "1d 120 2820");
    assert_true(put(fixture, 4, 25 * HOURS, NOTE(",\"err\":\"SUCCESS\"")));
    assert_expected(fixture, "1d 120 2940");
}

static void a_start_declares_and_is_no_run(void **state)
{
    struct fixture *fixture = *state;
    assert_true(put(fixture, 1, 0, START(DAILY)));
    assert_expected(fixture, "1d 120 1440");
    put(fixture, 2, 1 * HOURS, START(DAILY));
    put(fixture, 3, 2 * HOURS, RAN(DAILY));
    assert_expected(fixture, "1d 120 1560");
}

static void where_nobody_says_how_late_it_is_a_fifth(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(",\"every\":\"10h\""));
    assert_expected(fixture, "10h 120 600");
    put(fixture, 2, 1, RAN(",\"every\":\"1m\""));
    assert_expected(fixture, "1m 5 1");
}

/* NOON is 2026-11-18 11:06:40 UTC. */
static void a_calendar_counts_from_the_beginning_on(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0,
        RAN(",\"every\":\"*-*-* 11:00\",\"zone\":\"UTC\",\"grace\":\"1h\""));
    assert_expected(fixture, "*-*-* 11:00 60 -6"); /* it began at 10:56 */
    put(fixture, 2, 3 * MINUTE + 20000, RAN(""));  /* at 11:00:00 */
    assert_expected(fixture, "*-*-* 11:00 60 1433");
    put(fixture, 3, 24 * HOURS + 3 * MINUTE + 19000, RAN("")); /* a second early */
    assert_expected(fixture, "*-*-* 11:00 60 2873");
}

static void a_calendar_is_on_the_clocks_of_the_host(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(",\"every\":\"0 12 * * *\",\"zone\":\"Europe/Berlin\""));
    AUTO(str)
    char *due =
        fixture_ask(fixture, "SELECT strftime('%H:%M', due / 1000, 'unixepoch') || ' '"
                             " || zone FROM expectation");
    assert_string_equal(due, "11:00 Europe/Berlin");
    put(fixture, 2, 1, RAN(",\"every\":\"0 12 * * *\",\"zone\":\"Nowhere/Atall\""));
    AUTO(str) char *zone = fixture_ask(fixture, "SELECT zone FROM expectation");
    assert_string_equal(zone, "Nowhere/Atall");
}

static void what_never_comes_again_is_not_due(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(",\"every\":\"2020-01-01\",\"grace\":\"1h\""));
    assert_expected(fixture, "2020-01-01 60 -");
}

static void an_old_message_takes_nothing_back(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 2, 10 * HOURS, RAN(DAILY));
    put(fixture, 1, 0, RAN(",\"every\":\"1h\""));
    put(fixture, 3, 5 * HOURS, RAN(",\"every\":null"));
    assert_expected(fixture, "1d 120 2040");
}

static void who_declares_it_anew_counts_anew(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(DAILY));
    put(fixture, 2, 1 * HOURS, RAN(",\"every\":\"1h\",\"grace\":\"10m\""));
    assert_expected(fixture, "1h 10 120");
}

static void is_ended_by_who_declared_it(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(DAILY));
    assert_true(put(fixture, 2, 10, RAN(",\"every\":\"off\"")));
    assert_expected(fixture, "-");
    assert_false(put(fixture, 3, 20, RAN(",\"every\":null")));
}

static void what_cannot_be_read_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    AUTO(message)
    struct message *message = message_read(
        "{\"tag\":\"t\",\"status\":0,\"every\":\"now and then\",\"grace\":\"1h\"}");
    int64_t number;
    bool has_changed = true;
    put(fixture, 1, -10, RAN(DAILY));
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_message(fixture->store, message, INT64_MAX, &number, NULL));
    assert_int_equal(store_expect(fixture->store, message, &has_changed, &fixture->err),
                     -EINVAL);
    fixture_commit(fixture);
    assert_true(has_changed);
    assert_expected(fixture, "1d 120 1439");
}

/* ---- the configuration's ---- */

static int configure(struct fixture *fixture, const char *every, int64_t grace,
                     int64_t now)
{
    struct expectation item = {
        .host = "penguin2", .tag = "t", .every = every, .zone = "", .grace = grace};
    fixture_begin(fixture);
    int rc = store_put_expectations(fixture->store, &item, every ? 1 : 0, NOON + now,
                                    &fixture->err);
    fixture_commit(fixture);
    return rc;
}

static void the_configuration_expects_what_was_never_heard(void **state)
{
    struct fixture *fixture = *state;
    assert_done(fixture, configure(fixture, "1d", HOURS, 0));
    assert_expected(fixture, "1d 60 1440");
    assert_done(fixture, configure(fixture, "1d", -1, 60 * MINUTE)); /* again */
    assert_expected(fixture, "1d 288 1440");
    put(fixture, 1, 2 * HOURS, RAN(""));
    assert_expected(fixture, "1d 288 1560");
}

static void what_the_configuration_says_no_message_changes(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, RAN(",\"every\":\"1h\""));
    assert_done(fixture, configure(fixture, "1d", HOURS, 5 * HOURS));
    assert_expected(fixture, "1d 60 1440"); /* from the last run on */
    put(fixture, 2, 6 * HOURS, RAN(",\"every\":\"1h\""));
    put(fixture, 3, 7 * HOURS, RAN(",\"every\":null"));
    assert_expected(fixture, "1d 60 1860");
    assert_done(fixture, configure(fixture, NULL, 0, 8 * HOURS));
    assert_expected(fixture, "-");
}

static void the_configuration_is_not_believed_blindly(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(configure(fixture, "now and then", 0, 0), -EINVAL);
    assert_non_null(strstr(fixture->err.text, "expect penguin2 t: "));
}

/* ---- what runs ---- */

static void runs_from_its_start_to_its_outcome(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, START(",\"run\":\"a\""));
    put(fixture, 2, 10, START(",\"run\":\"b\""));
    put(fixture, 3, 20, START(""));
    assert_running(fixture, "a,b");
    put(fixture, 4, 30, RAN(",\"run\":\"a\""));
    put(fixture, 5, 40, RAN(""));
    assert_running(fixture, "b");
}

static void a_start_behind_its_outcome_does_not_run(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 1000, RAN(",\"run\":\"a\""));
    put(fixture, 2, 2 * HOURS, RAN(",\"run\":\"b\""));
    put(fixture, 3, 0, START(",\"run\":\"b\""));
    put(fixture, 4, 0, START(",\"run\":\"a\""));
    put(fixture, 5, 0, START(",\"run\":\"c\""));
    assert_running(fixture, "c");
}

static void nobody_ends_the_run_of_another(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, START(",\"run\":\"a\""));
    put(fixture, 2, 10, RAN(",\"run\":\"a\",\"host\":\"penguin3\""));
    assert_running(fixture, "a");
}

/* ---- what was said last ---- */

static void assert_recent(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *sql = text_format(
        "SELECT group_concat(((value ->> 0) - %lld) || ':' || (value ->> 1) || ':' ||"
        " ifnull(value ->> 2, '-') || ':' || ifnull(value ->> 3, '-'), ' ')"
        " FROM tag, json_each(recent)",
        (long long)NOON);
    AUTO(str) char *found = fixture_ask(fixture, sql);
    assert_string_equal(found ? found : "", expected);
}

static void remembers_what_speaks_in_the_order_of_its_time(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 10, RAN(",\"stdout\":\"four\",\"stderr\":\"and\""));
    put(fixture, 2, 30, NOTE(",\"err\":\"WARNING\""));
    put(fixture, 3, 20, "\"status\":1,\"elapsed\":0.0126");
    put(fixture, 4, 40, NOTE(""));
    put(fixture, 5, 0, "\"status\":0,\"stdout\":\"x\",\"cut\":{\"stdout\":99}");
    assert_recent(fixture, "0:1:-:100 10:1:600000:7 20:4:13:- 30:3:-:-");
}

static void how_much_was_printed_counts_where_it_is_said(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 1, 0, "\"status\":0,\"printed\":0,\"stderr\":\"\"");
    put(fixture, 2, 10, "\"status\":0,\"printed\":4096,\"stdout\":\"cut\"");
    assert_recent(fixture, "0:1:-:0 10:1:-:4096");
}

static void remembers_the_last_21(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned n = 1; n <= 23; n++)
        put(fixture, n, n * 10, "\"status\":0");
    put(fixture, 24, 5, "\"status\":1");  /* too old */
    put(fixture, 25, 35, "\"status\":1"); /* in the place of the oldest */
    AUTO(str)
    char *found = fixture_ask(
        fixture, "SELECT json_array_length(recent) || ' ' || (recent ->> '$[0][1]') ||"
                 " ' ' || (recent ->> '$[1][1]') FROM tag");
    assert_string_equal(found, "21 4 1");
}

static void counts_how_often_the_state_changed(void **state)
{
    static const char sql[] =
        "SELECT flips || ' ' || (SELECT count(*) FROM json_each(recent) a"
        " JOIN json_each(recent) b ON b.key = a.key + 1"
        " WHERE a.value ->> 1 <> b.value ->> 1) FROM tag";
    struct fixture *fixture = *state;
    long most = 0;
    srandom(21);
    for (unsigned n = 1; n <= 150; n++) {
        long late = random() % 3 == 0 ? random() % 300 : 0;
        bool is_wrong = n < 90 && random() % 2 == 0;
        put(fixture, n, n * 10 - late, is_wrong ? "\"status\":1" : "\"status\":0");
        AUTO(str) char *found = fixture_ask(fixture, sql);
        char *end;
        long flips = strtol(found, &end, 10);
        most = flips > most ? flips : most;
        assert_int_equal(flips, strtol(end, NULL, 10));
    }
    AUTO(str) char *last = fixture_ask(fixture, "SELECT flips FROM tag");
    assert_string_equal(last, "0");
    assert_true(most > 8);
}

static void knows_when_the_last_ran_and_when_the_last_succeeded(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str)
    char *sql = text_format("SELECT ifnull(ran - %lld, '-') || ' ' ||"
                            " ifnull(succeeded - %lld, '-') FROM tag",
                            (long long)NOON, (long long)NOON);
    static const struct {
        int64_t time;
        const char *fields, *expected;
    } cases[] = {{5, NOTE(",\"err\":\"SUCCESS\""), "- -"},
                 {10, "\"status\":1", "10 -"},
                 {20, "\"status\":0", "20 20"},
                 {30, "\"status\":1", "30 20"},
                 {25, "\"status\":0", "30 25"}};
    for (unsigned i = 0; i < 5; i++) {
        put(fixture, i, cases[i].time, cases[i].fields);
        AUTO(str) char *found = fixture_ask(fixture, sql);
        assert_string_equal(found, cases[i].expected);
    }
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_expected_that_nobody_declared),
        TEST(the_next_is_due_from_the_end_of_the_last_on),
        TEST(a_start_declares_and_is_no_run),
        TEST(where_nobody_says_how_late_it_is_a_fifth),
        TEST(a_calendar_counts_from_the_beginning_on),
        TEST(a_calendar_is_on_the_clocks_of_the_host),
        TEST(what_never_comes_again_is_not_due),
        TEST(an_old_message_takes_nothing_back),
        TEST(who_declares_it_anew_counts_anew),
        TEST(is_ended_by_who_declared_it),
        TEST(what_cannot_be_read_changes_nothing),
        TEST(the_configuration_expects_what_was_never_heard),
        TEST(what_the_configuration_says_no_message_changes),
        TEST(the_configuration_is_not_believed_blindly),
        TEST(runs_from_its_start_to_its_outcome),
        TEST(a_start_behind_its_outcome_does_not_run),
        TEST(nobody_ends_the_run_of_another),
        TEST(remembers_what_speaks_in_the_order_of_its_time),
        TEST(how_much_was_printed_counts_where_it_is_said),
        TEST(remembers_the_last_21),
        TEST(counts_how_often_the_state_changed),
        TEST(knows_when_the_last_ran_and_when_the_last_succeeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
