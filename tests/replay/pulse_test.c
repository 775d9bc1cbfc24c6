// SPDX-License-Identifier: GPL-3.0-or-later
/* pulse - readings that are kept, as the beats that brought them. */
#include "../store/fixture.h"

#include "replay/pulse.h"

#define MINUTE 60000
#define HOUR   INT64_C(3600000)
#define START  (NOON - NOON % HOUR) /* an hour of UTC begins */

/* A host says so at a time from START on; every: ms, or 0: it promises no beats. */
static void measure(struct fixture *fixture, const char *host, int64_t time,
                    int64_t every, const char *readings)
{
    AUTO(str)
    char *json = text_format("{\"kind\":\"reading\",\"host\":\"%s\","
                             "\"tag\":\"daemon\",\"readings\":{%s}}",
                             host, readings);
    AUTO(message) struct message *message = message_read(json);
    bool lacks;
    message->time = START + time;
    message->every = every;
    message->kind = every > 0 ? MESSAGE_BEAT : MESSAGE_READING;
    fixture_begin(fixture);
    assert_done(fixture, store_put_beat(fixture->store, message, START + time, &lacks,
                                        &fixture->err));
    fixture_commit(fixture);
}

/* "HOST beat 5 load=1 cpu=2;" for each, with the minute at which it was measured. */
static const char *next(struct fixture *fixture, struct pulse *pulse, int64_t until)
{
    static char text[500];
    const struct trial_arrival *arrivals;
    size_t count;
    AUTO(strbuf) struct strbuf buf = {0};
    assert_done(fixture,
                pulse_next(pulse, START + until, &arrivals, &count, &fixture->err));
    for (size_t i = 0; i < count; i++) {
        const struct message *beat = arrivals[i].message;
        assert_int_equal(arrivals[i].came, START + until);
        strbuf_printf(&buf, "%s %s %lld", beat->host, message_kind_name(beat->kind),
                      (long long)(beat->time - START) / MINUTE);
        for (size_t j = 0; j < beat->reading_count; j++)
            strbuf_printf(&buf, " %s=%g", beat->readings[j].name,
                          beat->readings[j].value);
        strbuf_puts(&buf, ";");
    }
    snprintf(text, sizeof text, "%s", strbuf_text(&buf));
    return text;
}

static struct pulse *begin(struct fixture *fixture, int64_t from)
{
    struct pulse *pulse = NULL;
    assert_done(fixture,
                pulse_new(fixture->store, START + from, &pulse, &fixture->err));
    return pulse;
}

static void a_step_gives_each_host_one_beat_with_the_newest_of_each(void **state)
{
    struct fixture *fixture = *state;
    measure(fixture, "a", 1 * MINUTE, MINUTE, "\"load\":1,\"cpu\":7");
    measure(fixture, "a", 2 * MINUTE, MINUTE, "\"load\":2");
    measure(fixture, "b", 2 * MINUTE, MINUTE, "\"load\":3");
    measure(fixture, "a", 8 * MINUTE, MINUTE, "\"load\":4");
    AUTO(pulse) struct pulse *pulse = begin(fixture, 0);
    assert_string_equal(next(fixture, pulse, 5 * MINUTE),
                        "a beat 2 cpu=7 load=2;b beat 2 load=3;");
    assert_string_equal(next(fixture, pulse, 10 * MINUTE), "a beat 8 load=4;");
    assert_string_equal(next(fixture, pulse, 15 * MINUTE), "");
}

static void who_promised_nothing_sends_readings(void **state)
{
    struct fixture *fixture = *state;
    measure(fixture, "a", 1 * MINUTE, 0, "\"load\":1");
    AUTO(pulse) struct pulse *pulse = begin(fixture, 0);
    assert_string_equal(next(fixture, pulse, 5 * MINUTE), "a reading 1 load=1;");
}

static void of_an_empty_store_there_are_none(void **state)
{
    struct fixture *fixture = *state;
    AUTO(pulse) struct pulse *pulse = begin(fixture, 0);
    assert_string_equal(next(fixture, pulse, 5 * HOUR), "");
}

static void a_step_may_be_of_hours_and_begin_within_one(void **state)
{
    struct fixture *fixture = *state;
    measure(fixture, "a", 1 * MINUTE, MINUTE, "\"load\":1");
    measure(fixture, "a", HOUR + MINUTE, MINUTE, "\"load\":2");
    measure(fixture, "a", 5 * HOUR, MINUTE, "\"load\":3");
    AUTO(pulse) struct pulse *pulse = begin(fixture, HOUR + 30 * MINUTE);
    assert_string_equal(next(fixture, pulse, 4 * HOUR), "a beat 61 load=2;");
    assert_string_equal(next(fixture, pulse, 9 * HOUR), "a beat 300 load=3;");
}

static void who_came_since_the_beginning_is_left_out(void **state)
{
    struct fixture *fixture = *state;
    measure(fixture, "b", 1 * MINUTE, MINUTE, "\"load\":1");
    AUTO(pulse) struct pulse *pulse = begin(fixture, 0);
    measure(fixture, "a", 2 * MINUTE, MINUTE, "\"load\":2");
    measure(fixture, "c", 2 * MINUTE, MINUTE, "\"load\":3");
    assert_string_equal(next(fixture, pulse, 5 * MINUTE), "b beat 1 load=1;");
}

/* Its mean is known when it is over; until then the host lives all the same. */
static void an_hour_of_which_the_mean_is_kept_has_beats_throughout(void **state)
{
    struct fixture *fixture = *state;
    int count;
    measure(fixture, "a", 1 * MINUTE, MINUTE, "\"load\":1");
    measure(fixture, "a", 3 * MINUTE, MINUTE, "\"load\":3");
    fixture_begin(fixture);
    assert_done(fixture, store_roll_readings(fixture->store, START + 2 * HOUR, 0, 100,
                                             &count, &fixture->err));
    fixture_commit(fixture);
    AUTO(pulse) struct pulse *pulse = begin(fixture, 0);
    assert_string_equal(next(fixture, pulse, 20 * MINUTE), "a beat 20;");
    assert_string_equal(next(fixture, pulse, 40 * MINUTE), "a beat 40;");
    assert_string_equal(next(fixture, pulse, 60 * MINUTE), "a beat 59 load=2;");
    assert_string_equal(next(fixture, pulse, 80 * MINUTE), "");
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_step_gives_each_host_one_beat_with_the_newest_of_each),
        TEST(who_promised_nothing_sends_readings),
        TEST(of_an_empty_store_there_are_none),
        TEST(a_step_may_be_of_hours_and_begin_within_one),
        TEST(who_came_since_the_beginning_is_left_out),
        TEST(an_hour_of_which_the_mean_is_kept_has_beats_throughout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
