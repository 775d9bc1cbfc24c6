// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <errno.h>

#include "store/incidents.h"

#define HOUR 3600000 /* ms */
#define DAY  (24 * HOUR)

/* Sat 2026-11-21 00:00 UTC */
#define SATURDAY 1795219200000

static const struct silence sample = {.host = "penguin*",
                                      .tag = "backup/*",
                                      .began = NOON,
                                      .until = NOON + 2 * HOUR,
                                      .reason = "moving disks",
                                      .who = "anna",
                                      .made = NOON};

static int64_t put(struct fixture *fixture, const struct silence *silence)
{
    int64_t number = 0;
    fixture_begin(fixture);
    assert_done(fixture,
                store_put_silence(fixture->store, silence, &number, &fixture->err));
    fixture_commit(fixture);
    return number;
}

static int note(const struct silence *silence, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%lld %s %s %lld-%lld", text->size ? ", " : "",
                  (long long)silence->number, silence->host, silence->tag,
                  (long long)(silence->start - NOON),
                  (long long)(silence->stop - NOON));
    return 0;
}

static void assert_silences(struct fixture *fixture, int64_t now, bool all,
                            const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_silence(fixture->store, now, all, note, &text,
                                            &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

/* When the next one begins or ends. */
static int64_t turn(struct fixture *fixture, int64_t now)
{
    int64_t next = 0;
    fixture_begin(fixture);
    assert_done(fixture,
                store_turn_silences(fixture->store, now, &next, &fixture->err));
    fixture_commit(fixture);
    return next;
}

static int64_t open_incident(struct fixture *fixture, const char *host, const char *tag)
{
    struct incident incident = {
        .host = host, .tag = tag, .severity = "fail", .text = "no", .began = NOON};
    int64_t number = 0;
    fixture_begin(fixture);
    assert_done(fixture,
                store_open_incident(fixture->store, &incident, &number, &fixture->err));
    fixture_commit(fixture);
    return number;
}

static void lasts_until_the_millisecond_of_its_end(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, &sample);
    assert_silences(fixture, sample.until - 1, false, "1 penguin* backup/* 0-7200000");
    assert_silences(fixture, sample.until, false, "");
    assert_silences(fixture, sample.until, true, "1 penguin* backup/* 0-7200000");
}

static void needs_a_reason_a_name_and_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct silence wrong[6];
    int64_t number = 77;
    for (size_t i = 0; i < 6; i++)
        wrong[i] = sample;
    wrong[0].reason = "";
    wrong[1].who = "";
    wrong[2].until = wrong[2].began;
    wrong[3].made = wrong[3].until;
    wrong[4].calendar = "Sat 02:00"; /* for how long? */
    wrong[5].calendar = "Sut 02:00";
    wrong[5].length = HOUR;
    fixture_begin(fixture);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(
            store_put_silence(fixture->store, &wrong[i], &number, &fixture->err),
            -EINVAL);
    fixture_commit(fixture);
    assert_non_null(strstr(fixture->err.text, "Sut"));
    assert_int_equal(number, 77);
    assert_silences(fixture, NOON, true, "");
}

static void can_be_ended_once(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = put(fixture, &sample);
    fixture_begin(fixture);
    assert_done(fixture, store_end_silence(fixture->store, number, NOON + 5, NULL));
    assert_int_equal(store_end_silence(fixture->store, number, NOON + 6, &fixture->err),
                     -ENOENT);
    assert_int_equal(store_end_silence(fixture->store, 9, NOON, NULL), -ENOENT);
    fixture_commit(fixture);
    assert_string_equal(fixture->err.text, "no silence 1 lasts");
    assert_silences(fixture, NOON + 5, false, "");
    assert_silences(fixture, NOON + 5, true, "1 penguin* backup/* 0-5");
}

static void says_when_the_next_begins_or_ends(void **state)
{
    struct fixture *fixture = *state;
    struct silence later = sample;
    later.began = NOON + HOUR;
    later.until = NOON + 5 * HOUR;
    assert_true(turn(fixture, NOON) == INT64_MAX);
    put(fixture, &sample);
    put(fixture, &later);
    assert_true(turn(fixture, NOON) == NOON + HOUR);
    assert_true(turn(fixture, NOON + HOUR) == NOON + 2 * HOUR);
    assert_true(turn(fixture, NOON + 2 * HOUR) == NOON + 5 * HOUR);
    assert_true(turn(fixture, NOON + 5 * HOUR) == INT64_MAX);
}

static void a_calendar_gives_one_window_after_the_other(void **state)
{
    struct fixture *fixture = *state;
    struct silence weekly = sample;
    int64_t first = SATURDAY + 2 * HOUR;
    weekly.began = weekly.made = SATURDAY - DAY;
    weekly.until = SATURDAY + 14 * DAY + 3 * HOUR;
    weekly.calendar = "Sat 02:00";
    weekly.zone = "UTC";
    weekly.length = 4 * HOUR;
    put(fixture, &weekly);
    assert_true(turn(fixture, SATURDAY) == first);
    assert_true(turn(fixture, first) == first + 4 * HOUR);
    assert_true(turn(fixture, first + 4 * HOUR - 1) == first + 4 * HOUR);
    assert_true(turn(fixture, first + 4 * HOUR) == first + 7 * DAY);
    assert_true(turn(fixture, first + 11 * DAY) == first + 14 * DAY);
    assert_true(turn(fixture, first + 14 * DAY) == weekly.until);
    assert_true(turn(fixture, weekly.until) == INT64_MAX);
}

static void a_window_that_is_open_already_counts_from_the_beginning_on(void **state)
{
    struct fixture *fixture = *state;
    struct silence nightly = sample;
    nightly.began = nightly.made = SATURDAY + HOUR;
    nightly.until = SATURDAY + 3 * DAY;
    nightly.calendar = "0 22 * * *";
    nightly.zone = "UTC";
    nightly.length = 8 * HOUR;
    put(fixture, &nightly);
    assert_true(turn(fixture, SATURDAY + HOUR) == SATURDAY + 6 * HOUR);
    AUTO(str) char *start = fixture_ask(fixture, "SELECT start FROM silence");
    AUTO(str) char *wanted = text_format("%lld", (long long)(SATURDAY + HOUR));
    assert_string_equal(start, wanted);
}

static void close_incident(struct fixture *fixture, int64_t number, int64_t ended)
{
    fixture_begin(fixture);
    assert_done(fixture, store_close_incident(fixture->store, number, ended, NULL));
    fixture_commit(fixture);
}

static void what_is_well_has_to_fail_before_it_recovers(void **state)
{
    struct fixture *fixture = *state;
    struct silence recovering = sample;
    recovering.until_recovery = true;
    close_incident(fixture, open_incident(fixture, "penguin2", "backup/etc"), NOON - 1);
    put(fixture, &recovering);
    assert_true(turn(fixture, NOON + 1) == recovering.until);
    int64_t held = open_incident(fixture, "penguin2", "backup/etc");
    assert_true(turn(fixture, NOON + 2) == recovering.until);
    close_incident(fixture, held, NOON + 3);
    assert_true(turn(fixture, NOON + 3) == INT64_MAX);
}

static void a_calendar_without_a_time_before_the_end_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct silence never = sample;
    int64_t number = 0;
    never.calendar = "2020-01-01";
    never.zone = "UTC";
    never.length = HOUR;
    fixture_begin(fixture);
    assert_int_equal(store_put_silence(fixture->store, &never, &number, &fixture->err),
                     -EINVAL);
    fixture_commit(fixture);
    assert_non_null(strstr(fixture->err.text, "no window of its calendar"));
}

static void ends_with_recovery(void **state)
{
    struct fixture *fixture = *state;
    struct silence recovering = sample;
    recovering.until_recovery = true;
    int64_t held = open_incident(fixture, "penguin2", "backup/etc");
    open_incident(fixture, "penguin2", "disk");
    put(fixture, &recovering);
    assert_true(turn(fixture, NOON + 1) == recovering.until);
    close_incident(fixture, held, NOON + 2);
    assert_true(turn(fixture, NOON + 3) == INT64_MAX);
    assert_silences(fixture, NOON + 3, true, "1 penguin* backup/* 0-3");
}

static void a_bracket_of_a_pattern_is_itself(void **state)
{
    struct fixture *fixture = *state;
    struct silence recovering = sample;
    recovering.until_recovery = true;
    recovering.host = "*";
    recovering.tag = "md[01]?";
    put(fixture, &recovering);
    close_incident(fixture, open_incident(fixture, "penguin2", "md0x"), NOON + 1);
    assert_true(turn(fixture, NOON + 2) == recovering.until);
    close_incident(fixture, open_incident(fixture, "penguin2", "md[01]x"), NOON + 3);
    assert_true(turn(fixture, NOON + 4) == INT64_MAX);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lasts_until_the_millisecond_of_its_end),
        TEST(needs_a_reason_a_name_and_an_end),
        TEST(can_be_ended_once),
        TEST(says_when_the_next_begins_or_ends),
        TEST(a_calendar_gives_one_window_after_the_other),
        TEST(a_window_that_is_open_already_counts_from_the_beginning_on),
        TEST(ends_with_recovery),
        TEST(what_is_well_has_to_fail_before_it_recovers),
        TEST(a_calendar_without_a_time_before_the_end_is_refused),
        TEST(a_bracket_of_a_pattern_is_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
