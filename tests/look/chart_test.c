// SPDX-License-Identifier: GPL-3.0-or-later
/* chart - what a course looks like, with braille and with ASCII. */
#include "look/chart.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/memory.h"

#define START  ((int64_t)1795305600000) /* 2026-11-22T00:00:00Z */
#define MINUTE ((int64_t)60 * 1000)
#define POINTS 240

static const struct screen ascii = {.width = 60};
static const struct screen utf8 = {.width = 60, .is_utf8 = true};

static int use_utf8(void **state UNUSED)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    tzset();
    screen_use_locale();
    return 0;
}

static struct point point_at(int64_t minute, double value)
{
    return (struct point){.time = START + minute * MINUTE,
                          .minimum = value,
                          .mean = value,
                          .maximum = value,
                          .count = 1};
}

/* From 0 to 100 and back, a point a minute. */
static void fill_hill(struct point points[POINTS])
{
    for (int i = 0; i < POINTS; i++)
        points[i] = point_at(i, 100 - fabs(i - POINTS / 2.0) * 200 / POINTS);
}

static struct chart chart_of(const struct point *points, size_t count)
{
    return (struct chart){.points = points,
                          .count = count,
                          .since = START,
                          .until = START + POINTS * MINUTE,
                          .unit = "%"};
}

/* The n-th line of what was drawn, from 0, to be freed. */
static char *line_of(const struct strbuf *drawn, int number)
{
    const char *line = strbuf_text(drawn);
    while (number-- > 0) {
        line = strchr(line, '\n');
        assert_non_null(line++);
    }
    return strndup(line, strcspn(line, "\n"));
}

static void expect_line(const struct strbuf *drawn, int number, const char *wanted)
{
    AUTO(str) char *line = line_of(drawn, number);
    assert_string_equal(line, wanted);
}

static void draws_a_course_between_its_axes(void **state UNUSED)
{
    struct point points[POINTS];
    AUTO(strbuf) struct strbuf drawn = {0};
    fill_hill(points);
    struct chart chart = chart_of(points, POINTS);
    chart_draw(&chart, &ascii, &drawn);
    expect_line(&drawn, 0, "100 % +                        ..'..");
    expect_line(&drawn, 11,
                "  0 % +.''                                               ''.");
    expect_line(&drawn, 12,
                "      ++-------------------------+-------------------------+");
}

static void draws_in_braille_where_that_is_known(void **state UNUSED)
{
    struct point points[POINTS];
    AUTO(strbuf) struct strbuf drawn = {0};
    fill_hill(points);
    struct chart chart = chart_of(points, POINTS);
    chart_draw(&chart, &utf8, &drawn);
    expect_line(&drawn, 0, "100 % ┤                        ⢀⠴⠛⠦⡀");
    expect_line(&drawn, 12,
                "      └┬─────────────────────────┬─────────────────────────┬");
    expect_line(&drawn, 13,
                "     11-22                     02:00                   04:00");
}

static void every_line_fits_the_screen(void **state UNUSED)
{
    static const size_t widths[] = {40, 60, 61, 80, 200, 0};
    struct point points[POINTS];
    fill_hill(points);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct screen screen = {.width = widths[i], .is_utf8 = i % 2};
        AUTO(strbuf) struct strbuf drawn = {0};
        struct chart chart = chart_of(points, POINTS);
        chart_draw(&chart, &screen, &drawn);
        for (int line = 0; line < 14; line++) {
            AUTO(str) char *text = line_of(&drawn, line);
            assert_true(screen_columns(text) <= (widths[i] ? widths[i] : 80));
        }
    }
}

/* An hour of 4 in which nothing came: a quarter of the columns. */
static void where_nothing_came_there_is_a_gap(void **state UNUSED)
{
    struct point points[POINTS];
    size_t count = 0;
    AUTO(strbuf) struct strbuf drawn = {0}, line = {0};
    for (int i = 0; i < POINTS; i++)
        if (i < 60 || i >= 120)
            points[count++] = point_at(i, 5);
    struct chart chart = chart_of(points, count);
    chart_draw(&chart, &ascii, &drawn);
    expect_line(&drawn, 11,
                "  5 % +..............            ...........................");
    chart_draw_line(&chart, 8, &ascii, &line);
    assert_string_equal(strbuf_text(&line), "__  ____");
}

/* So far apart that many columns lie between two readings. */
static void readings_that_follow_each_other_are_joined(void **state UNUSED)
{
    const struct point points[] = {point_at(0, 0), point_at(60, 10), point_at(120, 0),
                                   point_at(180, 10)};
    AUTO(strbuf) struct strbuf drawn = {0}, line = {0};
    struct chart chart = chart_of(points, 4);
    chart_draw(&chart, &utf8, &drawn);
    for (int row = 1; row < 11; row++) {
        AUTO(str) char *text = line_of(&drawn, row);
        assert_true(strlen(text) > 12);
    }
    chart_draw_line(&chart, 8, &utf8, &line);
    assert_string_equal(strbuf_text(&line), "▁▁██▁▁█ ");
}

static void an_hour_shows_its_minimum_and_maximum(void **state UNUSED)
{
    struct point points[] = {point_at(0, 50), point_at(60, 50)};
    points[0].minimum = 0;
    points[0].maximum = 100;
    points[0].count = points[1].count = 60;
    AUTO(strbuf) struct strbuf drawn = {0};
    struct chart chart = chart_of(points, 2);
    chart_draw(&chart, &ascii, &drawn);
    for (int row = 0; row < 12; row++) {
        AUTO(str) char *text = line_of(&drawn, row);
        assert_int_equal(text[7], ':');
    }
}

static void one_reading_is_a_dot(void **state UNUSED)
{
    const struct point point = point_at(120, 7);
    AUTO(strbuf) struct strbuf drawn = {0}, line = {0};
    struct chart chart = chart_of(&point, 1);
    chart_draw(&chart, &utf8, &drawn);
    chart_draw_line(&chart, 8, &utf8, &line);
    assert_string_equal(strbuf_text(&line), "    ▁   ");
}

static void what_lies_outside_is_not_drawn_on_a_line(void **state UNUSED)
{
    const struct point points[] = {point_at(-1, 9), point_at(0, 1), point_at(1, 2),
                                   point_at(POINTS, 9)};
    AUTO(strbuf) struct strbuf line = {0};
    struct chart chart = chart_of(points, 4);
    chart_draw_line(&chart, POINTS, &ascii, &line);
    assert_memory_equal(strbuf_text(&line), "_#", 2);
    assert_int_equal(line.size, POINTS);
}

static void times_stand_below_in_the_readers_zone(void **state UNUSED)
{
    struct point points[POINTS];
    AUTO(strbuf) struct strbuf drawn = {0};
    fill_hill(points);
    struct chart chart = chart_of(points, POINTS);
    setenv("TZ", "Europe/Berlin", 1);
    chart_draw(&chart, &ascii, &drawn);
    setenv("TZ", "UTC", 1);
    expect_line(&drawn, 13, "                  02:00                     04:00");
}

static void a_day_is_named_where_it_begins(void **state UNUSED)
{
    const struct point points[] = {point_at(0, 1), point_at(60 * 24 * 3, 2)};
    AUTO(strbuf) struct strbuf drawn = {0};
    struct chart chart = chart_of(points, 2);
    chart.until = START + 3 * 1440 * MINUTE;
    chart_draw(&chart, &ascii, &drawn);
    expect_line(&drawn, 13,
                "     11-22            11-23             11-24          11-25");
    chart.until = START + 700 * 1440 * MINUTE;
    strbuf_shorten(&drawn, 0);
    chart_draw(&chart, &ascii, &drawn);
    expect_line(&drawn, 13, "             2027-04-19    2027-10-18   2028-04-17");
}

static void colour_is_for_terminals_that_have_it(void **state UNUSED)
{
    const struct point point = point_at(120, 7);
    const struct screen coloured = {.width = 60, .has_colour = true};
    AUTO(strbuf) struct strbuf plain = {0}, painted = {0};
    struct chart chart = chart_of(&point, 1);
    chart_draw(&chart, &ascii, &plain);
    chart_draw(&chart, &coloured, &painted);
    assert_null(strchr(strbuf_text(&plain), '\x1B'));
    assert_non_null(strstr(strbuf_text(&painted), "\x1B[36m"));
}

static void the_mean_is_that_of_all_readings(void **state UNUSED)
{
    struct point points[] = {point_at(0, 1), point_at(1, 4)};
    points[0].count = 3;
    points[0].minimum = -1;
    struct chart chart = chart_of(points, 2);
    struct point sum = chart_sum(&chart);
    assert_true(sum.minimum == -1 && sum.maximum == 4 && sum.mean == 1.75);
    assert_int_equal(sum.count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_a_course_between_its_axes),
        cmocka_unit_test(draws_in_braille_where_that_is_known),
        cmocka_unit_test(every_line_fits_the_screen),
        cmocka_unit_test(where_nothing_came_there_is_a_gap),
        cmocka_unit_test(readings_that_follow_each_other_are_joined),
        cmocka_unit_test(an_hour_shows_its_minimum_and_maximum),
        cmocka_unit_test(one_reading_is_a_dot),
        cmocka_unit_test(what_lies_outside_is_not_drawn_on_a_line),
        cmocka_unit_test(times_stand_below_in_the_readers_zone),
        cmocka_unit_test(a_day_is_named_where_it_begins),
        cmocka_unit_test(colour_is_for_terminals_that_have_it),
        cmocka_unit_test(the_mean_is_that_of_all_readings),
    };
    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
