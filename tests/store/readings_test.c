// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - kept as they came, once; then by the hour, with nothing counted twice;
 * then gone. */
#include "fixture.h"

#include <errno.h>

#define MINUTE INT64_C(60000)
#define HOURS  (60 * MINUTE)
#define START  (NOON / HOURS * HOURS) /* of an hour */

/* A reading of penguin2 at START + after; members: more of the message. */
static void put(struct fixture *fixture, int64_t after, const char *members)
{
    char when[CLOCK_TEXT_SIZE];
    bool lacks;
    clock_format_utc(START + after, when);
    AUTO(str)
    char *json = text_format("{\"kind\":\"reading\",\"tag\":\"t\",\"time\":\"%s\",%s}",
                             when, members);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(fixture);
    assert_done(fixture, store_put_beat(fixture->store, message, START * 2, &lacks,
                                        &fixture->err));
    fixture_commit(fixture);
}

static void put_load(struct fixture *fixture, int64_t after, double value)
{
    AUTO(str) char *members = text_format("\"readings\":{\"load\":%g}", value);
    put(fixture, after, members);
}

/* "minute:minimum/mean/maximum*count" of each point of load */
static int note_point(const struct reading_row *row, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%g:%g/%g/%g*%lld", text->size ? " " : "",
                  (double)(row->time - START) / (double)MINUTE, row->minimum, row->mean,
                  row->maximum, (long long)row->count);
    return 0;
}

static void assert_points(struct fixture *fixture, int64_t since, int64_t until,
                          bool hours, const char *wanted)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_reading(fixture->store, "penguin2", "load",
                                            START + since, START + until, hours,
                                            note_point, &text, &fixture->err));
    assert_string_equal(strbuf_text(&text), wanted);
}

/* All steps; how many they were. */
static int roll(struct fixture *fixture, int64_t raw_before, int64_t hours_before,
                int limit)
{
    int steps = 0, changed;
    do {
        fixture_begin(fixture);
        assert_done(fixture, store_roll_readings(fixture->store, START + raw_before,
                                                 START + hours_before, limit, &changed,
                                                 &fixture->err));
        fixture_commit(fixture);
        assert_true(++steps < 100);
    } while (changed > 0);
    return steps - 1;
}

static void points_come_in_the_order_of_time(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 2 * MINUTE, 2);
    put_load(fixture, 0, 1);
    put_load(fixture, 3 * HOURS, 4);
    put_load(fixture, 3 * MINUTE, 3);
    assert_points(fixture, 0, 4 * HOURS, false,
                  "0:1/1/1*1 2:2/2/2*1 3:3/3/3*1 180:4/4/4*1");
    assert_points(fixture, MINUTE, 3 * MINUTE, false, "2:2/2/2*1");
    assert_points(fixture, 3 * HOURS, 3 * HOURS, false, "");
    assert_points(fixture, 0, 4 * HOURS, true, "0:1/2/3*3 180:4/4/4*1");
    assert_points(fixture, -START, INT64_MAX - START, true, "0:1/2/3*3 180:4/4/4*1");
}

static void the_same_one_twice_is_one(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    put_load(fixture, MINUTE, 2);
    put_load(fixture, 0, 1);
    put_load(fixture, MINUTE, 2);
    assert_points(fixture, 0, HOURS, false, "0:1/1/1*1 1:2/2/2*1");
}

static void an_unknown_series_is_none(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    assert_int_equal(store_each_reading(fixture->store, "penguin2", "lood", 0,
                                        START * 2, false, note_point, NULL,
                                        &fixture->err),
                     -ENOENT);
    assert_string_equal(fixture->err.text, "host penguin2 has no reading lood");
    assert_int_equal(store_each_reading(fixture->store, "penguin3", "load", 0,
                                        START * 2, false, note_point, NULL,
                                        &fixture->err),
                     -ENOENT);
}

/* ---- series ---- */

static int note_series(const struct series_row *row, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s %s %g%s %g;", row->host, row->name, row->value, row->unit,
                  (double)(row->time - START) / (double)MINUTE);
    return 0;
}

static void a_series_knows_its_newest_value_and_unit(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put(fixture, MINUTE, "\"readings\":{\"load\":5,\"disk:/.used\":41.5}");
    put(fixture, 0, "\"readings\":{\"load\":4},\"units\":{\"load\":\"old\"}");
    put(fixture, 2 * MINUTE,
        "\"readings\":{\"disk:/.used\":42},\"units\":"
        "{\"disk:/.used\":\"%\"}");
    put(fixture, 3 * MINUTE, "\"readings\":{\"disk:/.used\":43}");
    put(fixture, 0, "\"host\":\"other\",\"readings\":{\"load\":1}");
    assert_done(fixture, store_each_series(fixture->store, "penguin2", note_series,
                                           &text, &fixture->err));
    assert_string_equal(text.data, "penguin2 disk:/.used 43% 3;penguin2 load 5 1;");
    assert_done(fixture, store_each_series(fixture->store, NULL, note_series, &text,
                                           &fixture->err));
    assert_non_null(strstr(text.data, "other load 1 0;"));
}

/* ---- rolled up ---- */

static void whole_hours_become_one_row(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 90; i++)
        put_load(fixture, i * MINUTE, i);
    roll(fixture, 89 * MINUTE, -HOURS, 1000);
    AUTO(str)
    char *rows = fixture_ask(fixture, "SELECT (SELECT count(*) FROM reading) || ' ' ||"
                                      " (SELECT count(*) FROM reading_hour)");
    assert_string_equal(rows, "30 1");
    assert_points(fixture, 0, 62 * MINUTE, false,
                  "0:0/29.5/59*60 60:60/60/60*1 61:61/61/61*1");
    assert_points(fixture, 0, 2 * HOURS, true, "0:0/29.5/59*60 60:60/74.5/89*30");
    assert_points(fixture, 30 * MINUTE, HOURS, false, "0:0/29.5/59*60");
}

/* "minute:name=value", with an h where it is of an hour */
static int note_measured(const struct series_row *row, bool is_hour, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%.0f:%s %s=%g%s", text->size ? " " : "",
                  (double)(row->time - START) / (double)MINUTE, row->host, row->name,
                  row->value, is_hour ? "h" : "");
    return 0;
}

static void assert_measured(struct fixture *fixture, int64_t start, const char *wanted)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_measured(fixture->store, START + start,
                                             note_measured, &text, &fixture->err));
    assert_string_equal(strbuf_text(&text), wanted);
}

static void all_that_was_measured_in_an_hour_comes_by_time(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, 0, "\"readings\":{\"load\":1,\"cpu\":2}");
    put(fixture, 3 * MINUTE, "\"readings\":{\"cpu\":4},\"host\":\"b\"");
    put(fixture, 2 * MINUTE, "\"readings\":{\"load\":3}");
    put(fixture, HOURS, "\"readings\":{\"load\":5}");
    assert_measured(fixture, 0,
                    "0:penguin2 cpu=2 0:penguin2 load=1 2:penguin2 load=3 3:b cpu=4");
    assert_measured(fixture, HOURS, "60:penguin2 load=5");
    roll(fixture, HOURS, -HOURS, 1000);
    assert_measured(fixture, 0, "60:b cpu=4h 60:penguin2 cpu=2h 60:penguin2 load=2h");
    assert_measured(fixture, -HOURS, "");
}

static void the_largest_have_a_mean(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 3; i++)
        put_load(fixture, i * MINUTE, 1.7e308);
    assert_points(fixture, 0, HOURS, true, "0:1e+300/1e+300/1e+300*3");
    roll(fixture, HOURS, -HOURS, 1000);
    put_load(fixture, 3 * MINUTE, 1.7e308);
    assert_points(fixture, 0, HOURS, true, "0:1e+300/1e+300/1e+300*4");
}

static void a_series_goes_with_its_last_hour(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    put(fixture, 0, "\"readings\":{\"gone\":1}");
    put(fixture, 3 * HOURS, "\"readings\":{\"load\":2}");
    roll(fixture, 2 * HOURS, -HOURS, 1000);
    AUTO(str) char *all = fixture_ask(fixture, "SELECT count(*) FROM series");
    assert_string_equal(all, "2");
    roll(fixture, 2 * HOURS, 2 * HOURS, 1000);
    AUTO(str)
    char *left = fixture_ask(fixture, "SELECT group_concat(name) FROM series");
    assert_string_equal(left, "load");
    assert_points(fixture, 0, 4 * HOURS, false, "180:2/2/2*1");
}

static int put_many(struct fixture *fixture, int from, int count)
{
    AUTO(strbuf) struct strbuf json = {0};
    bool lacks;
    strbuf_puts(&json, "{\"kind\":\"reading\",\"tag\":\"t\",\"readings\":{");
    for (int i = 0; i < count; i++)
        strbuf_printf(&json, "%s\"r%d\":1", i ? "," : "", from + i);
    strbuf_puts(&json, "}}");
    AUTO(message) struct message *message = message_read(json.data);
    fixture_begin(fixture);
    int rc = store_put_beat(fixture->store, message, NOON, &lacks, &fixture->err);
    if (rc == 0)
        fixture_commit(fixture);
    else
        store_rollback(fixture->store);
    return rc;
}

static void ten_thousand_series_of_a_host_are_the_most(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put_many(fixture, 0, 9999), 0);
    assert_int_equal(put_many(fixture, 9999, 2), -EINVAL);
    assert_string_equal(fixture->err.text,
                        "reading r10000: the host has 10000 others already, the most");
    assert_int_equal(put_many(fixture, 9990, 10), 0);
}

static void an_hour_is_not_rolled_before_it_is_over(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    assert_int_equal(roll(fixture, HOURS - 1, -HOURS, 1000), 0);
    assert_int_equal(roll(fixture, HOURS, -HOURS, 1000), 1);
    assert_points(fixture, 0, HOURS, false, "0:1/1/1*1");
}

static void a_step_is_small(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 30; i++)
        put_load(fixture, i * HOURS, i);
    assert_int_equal(roll(fixture, 40 * HOURS, -HOURS, 10), 3);
    assert_int_equal(roll(fixture, 40 * HOURS, 40 * HOURS, 10),
                     4); /* the series goes too */
    AUTO(str)
    char *left = fixture_ask(fixture, "SELECT (SELECT count(*) FROM reading_hour) +"
                                      " (SELECT count(*) FROM series)");
    assert_string_equal(left, "0");
}

/* It may be one that is counted already. */
static void a_late_one_of_a_rolled_hour_is_left_out(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    put_load(fixture, MINUTE, 3);
    put_load(fixture, 5 * HOURS, 9);
    roll(fixture, HOURS, -HOURS, 1000);
    put_load(fixture, 0, 1);
    put_load(fixture, 2 * MINUTE, 50);
    roll(fixture, HOURS, -HOURS, 1000);
    assert_points(fixture, 0, HOURS, true, "0:1/2/3*2");
}

/* The newest of all is no late one, however old it is. */
static void what_comes_behind_a_rolled_hour_joins_it(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, 0, 1);
    put_load(fixture, MINUTE, 3);
    roll(fixture, HOURS, -HOURS, 1000);
    put_load(fixture, 2 * MINUTE, 8);
    assert_points(fixture, 0, HOURS, true, "0:1/4/8*3");
    roll(fixture, HOURS, -HOURS, 1000);
    assert_points(fixture, 0, HOURS, true, "0:1/4/8*3");
    assert_points(fixture, 0, HOURS, false, "0:1/4/8*3");
}

static void times_before_1970_are_times(void **state)
{
    struct fixture *fixture = *state;
    put_load(fixture, -START - 90 * MINUTE, 1);
    put_load(fixture, -START - 30 * MINUTE, 2);
    assert_int_equal(roll(fixture, -START, -2 * START, 1000), 1);
    AUTO(str)
    char *hours = fixture_ask(fixture, "SELECT group_concat(start || ':' || mean, ' ')"
                                       " FROM reading_hour");
    assert_string_equal(hours, "-7200000:1.0 -3600000:2.0");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(points_come_in_the_order_of_time),
        TEST(the_same_one_twice_is_one),
        TEST(an_unknown_series_is_none),
        TEST(a_series_knows_its_newest_value_and_unit),
        TEST(whole_hours_become_one_row),
        TEST(all_that_was_measured_in_an_hour_comes_by_time),
        TEST(the_largest_have_a_mean),
        TEST(a_series_goes_with_its_last_hour),
        TEST(ten_thousand_series_of_a_host_are_the_most),
        TEST(an_hour_is_not_rolled_before_it_is_over),
        TEST(a_step_is_small),
        TEST(a_late_one_of_a_rolled_hour_is_left_out),
        TEST(what_comes_behind_a_rolled_hour_joins_it),
        TEST(times_before_1970_are_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
