// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - the numbers that a host's monitors say: the newest of each, the course of
 * one as a chart, that of several on a line each. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/options.h"
#include "look/chart.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/series.h"
#include "look/table.h"
#include "look/value.h"
#include "look/when.h"
#include "queue/http.h"

#define SPAN_USUAL ((int64_t)24 * 3600 * 1000) /* ms */
#define SPAN_MIN   ((int64_t)60 * 1000)
#define LINE_WIDTH 40 /* characters of a course on one line */

struct readings_options {
    const char *conf, *since_text, *until_text;
    bool hours, json;
    int64_t since, until; /* ms since 1970 UTC; until 0: now */
    bool is_whole;        /* all of that time is shown, be there readings or not */
};

#define AT(member) offsetof(struct readings_options, member)

static const struct option_row readings_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on, not from a day ago: 7d, 2026-11-01"},
    {0, "until", "TIME", OPTION_TEXT, AT(until_text), "until then"},
    {0, "hours", NULL, OPTION_FLAG, AT(hours),
     "the minimum, mean and maximum of hours"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- the newest of each ---- */

static int fetch_series(struct http *http, const char *host, json_t **ret,
                        struct error *err)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/series");
    http_add_query(&path, "host", host);
    return fetch_get(http, strbuf_text(&path), ret, err);
}

static void print_series(const json_t *answer)
{
    struct screen screen = screen_find();
    const json_t *list = json_object_get(answer, "series");
    if (json_array_size(list) == 0) {
        if (screen.width > 0)
            puts("no readings");
        return;
    }
    AUTO(table) struct table *rows = series_table(list, fetched_time(answer, "now"));
    table_print(rows, &screen);
}

/* ---- the course of one ---- */

struct course {
    json_t *answer;
    struct chart chart; /* its points are the course's own; none: nothing to draw */
    struct point *points;
};

static void course_clear(struct course *course)
{
    json_decref(course->answer);
    free(course->points);
}
AUTO_DEFINE_CLEAR(course)

static char *make_path(const struct readings_options *options, const char *host,
                       const char *name)
{
    AUTO(strbuf) struct strbuf path = {0};
    strbuf_puts(&path, "/v1/readings");
    http_add_query(&path, "host", host);
    http_add_query(&path, "name", name);
    fetch_add_time(&path, "since", options->since);
    fetch_add_time(&path, "until", options->until);
    if (options->hours)
        http_add_query(&path, "hours", "1");
    return strbuf_take(&path);
}

static struct point read_point(const json_t *object)
{
    return (struct point){
        .time = fetched_time(object, "time"),
        .minimum = json_number_value(json_object_get(object, "min")),
        .mean = json_number_value(json_object_get(object, "mean")),
        .maximum = json_number_value(json_object_get(object, "max")),
        .count = json_integer_value(json_object_get(object, "count")),
    };
}

/* What is shown is what was asked for; where nobody did, what there is. */
static void set_span(const struct readings_options *options, struct chart *chart,
                     int64_t now)
{
    int64_t first = chart->points[0].time, last = chart->points[chart->count - 1].time;
    chart->since = options->is_whole ? options->since : first;
    chart->until = options->until != 0 ? options->until : last > now ? last : now;
    if (chart->until - chart->since < SPAN_MIN)
        chart->since = chart->until - SPAN_MIN;
}

static int fetch_course(const struct readings_options *options, struct http *http,
                        const char *host, const char *name, struct course *ret,
                        struct error *err)
{
    AUTO(str) char *path = make_path(options, host, name);
    int rc = fetch_get(http, path, &ret->answer, err);
    if (rc < 0)
        return rc;
    const json_t *points = json_object_get(ret->answer, "points");
    size_t count = json_array_size(points);
    ret->points = memory_new((count + 1) * sizeof *ret->points);
    for (size_t i = 0; i < count; i++) {
        ret->points[i] = read_point(json_array_get(points, i));
        if (ret->points[i].count < 1)
            return error_set(err, -EPROTO, "the answer has a point of no readings");
    }
    ret->chart = (struct chart){.points = ret->points,
                                .count = count,
                                .unit = fetched_text(ret->answer, "unit")};
    if (count > 0)
        set_span(options, &ret->chart, fetched_time(ret->answer, "now"));
    return 0;
}

static void put_summary(const struct chart *chart, int64_t now, struct strbuf *buf)
{
    struct point sum = chart_sum(chart);
    const struct point *newest = &chart->points[chart->count - 1];
    char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE], ago[WHEN_TEXT_SIZE];
    char minimum[VALUE_TEXT_SIZE], mean[VALUE_TEXT_SIZE], maximum[VALUE_TEXT_SIZE],
        value[VALUE_TEXT_SIZE];
    clock_format_local(chart->since, CLOCK_MINUTES, from);
    clock_format_local(chart->until, CLOCK_ZONED, to);
    strbuf_printf(buf, "min %s   mean %s   max %s   newest %s, %s\n",
                  value_format(sum.minimum, chart->unit, minimum),
                  value_format(sum.mean, chart->unit, mean),
                  value_format(sum.maximum, chart->unit, maximum),
                  value_format(newest->mean, chart->unit, value),
                  when_ago(newest->time, now, ago));
    strbuf_printf(buf, "%s to %s, %" PRId64 " reading%s\n", from, to, sum.count,
                  sum.count == 1 ? "" : "s");
}

static void print_chart(const struct course *course)
{
    struct screen screen = screen_find();
    if (course->chart.count == 0) {
        if (screen.width > 0)
            puts("no readings came in that time");
        return;
    }
    AUTO(strbuf) struct strbuf text = {0}, title = {0};
    const char *name = fetched_text(course->answer, "name");
    const char *host = fetched_text(course->answer, "host");
    screen_add_line(&title, host, strlen(host));
    strbuf_putc(&title, ' ');
    screen_add_line(&title, name, strlen(name));
    screen_add_painted(&screen, &text, PAINT_BOLD, strbuf_text(&title));
    strbuf_putc(&text, '\n');
    chart_draw(&course->chart, &screen, &text);
    put_summary(&course->chart, fetched_time(course->answer, "now"), &text);
    fputs(strbuf_text(&text), stdout);
}

static int show_one(const struct readings_options *options, struct http *http,
                    const char *host, const char *name, struct error *err)
{
    AUTO(course) struct course course = {0};
    int rc = fetch_course(options, http, host, name, &course, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(course.answer);
    else
        print_chart(&course);
    return 0;
}

/* ---- the course of several ---- */

static const struct table_column line_columns[] = {
    {"NAME", false}, {"COURSE", false}, {"MIN", true},
    {"MAX", true},   {"NEWEST", true},  {NULL, false},
};

static bool is_pattern(const char *word)
{
    return strpbrk(word, "*?[") != NULL;
}

/* Whether a word names the series; each word that does is marked. */
static bool is_named(const struct words *names, const char *series, bool fits[])
{
    bool is_one = false;
    for (size_t i = 1; i < names->count; i++)
        if (fnmatch(names->items[i], series, 0) == 0)
            is_one = fits[i] = true;
    return is_one;
}

/* *ret: the names of the series that the words fit, in the order of the server. */
static int find_names(struct http *http, const struct words *words, struct texts *ret,
                      struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_series(http, words->items[0], &answer, err);
    if (rc < 0)
        return rc;
    bool *fits = memory_new(words->count * sizeof *fits);
    const json_t *list = json_object_get(answer, "series");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = fetched_text(json_array_get(list, i), "name");
        if (is_named(words, name, fits))
            texts_add(ret, name);
    }
    for (size_t i = 1; rc == 0 && i < words->count; i++)
        if (!fits[i])
            rc = error_set(err, -ENOENT, "%.80s has no series that fits \"%.80s\"",
                           words->items[0], words->items[i]);
    free(fits);
    return rc;
}

static void add_line(struct table *rows, const char *name, const struct course *course,
                     const struct screen *screen)
{
    const struct chart *chart = &course->chart;
    AUTO(strbuf) struct strbuf line = {0};
    char minimum[VALUE_TEXT_SIZE] = "-", maximum[VALUE_TEXT_SIZE] = "-",
         newest[VALUE_TEXT_SIZE] = "-";
    if (chart->count > 0) {
        struct point sum = chart_sum(chart);
        chart_draw_line(chart, LINE_WIDTH, screen, &line);
        value_format(sum.minimum, chart->unit, minimum);
        value_format(sum.maximum, chart->unit, maximum);
        value_format(chart->points[chart->count - 1].mean, chart->unit, newest);
    }
    table_add(rows, PAINT_NONE, name);
    table_add(rows, PAINT_CYAN, strbuf_text(&line));
    table_add(rows, PAINT_NONE, minimum);
    table_add(rows, PAINT_NONE, maximum);
    table_add(rows, PAINT_NONE, newest);
}

/* All of them show the same time, so that they can be compared. */
static int show_several(struct readings_options *options, struct http *http,
                        const char *host, const struct texts *names, struct error *err)
{
    struct screen screen = screen_find();
    AUTO(table) struct table *rows = table_new(line_columns);
    json_auto_t *list = json_array();
    options->is_whole = true;
    for (size_t i = 0; i < names->count; i++) {
        AUTO(course) struct course course = {0};
        int rc = fetch_course(options, http, host, names->items[i], &course, err);
        if (rc < 0)
            return rc;
        if (options->json)
            json_array_append(list, course.answer);
        else
            add_line(rows, names->items[i], &course, &screen);
    }
    if (options->json)
        fetch_print(list);
    else
        table_print(rows, &screen);
    return 0;
}

/* ---- the call ---- */

static int list_series(const struct readings_options *options, struct http *http,
                       const char *host, struct error *err)
{
    json_auto_t *answer = NULL;
    int rc = fetch_series(http, host, &answer, err);
    if (rc < 0)
        return rc;
    if (options->json)
        fetch_print(json_object_get(answer, "series"));
    else
        print_series(answer);
    return 0;
}

static int show(struct readings_options *options, const struct words *words,
                struct http *http, struct error *err)
{
    const char *host = words->items[0];
    if (words->count == 1)
        return list_series(options, http, host, err);
    if (words->count == 2 && !is_pattern(words->items[1]))
        return show_one(options, http, host, words->items[1], err);
    AUTO(texts) struct texts names = {0};
    int rc = find_names(http, words, &names, err);
    return rc < 0 ? rc : show_several(options, http, host, &names, err);
}

static int check(struct readings_options *options, const struct words *words,
                 struct error *err)
{
    int64_t now = clock_now();
    if (words->count == 0)
        return error_set(err, -EINVAL, "of which host? sheepdog host lists them");
    if (words->count == 1 &&
        (options->since_text || options->until_text || options->hours))
        return error_set(err, -EINVAL,
                         "of which series? sheepdog readings %.80s lists them",
                         words->items[0]);
    int rc =
        when_parse_option("--until", options->until_text, now, &options->until, err);
    if (rc < 0)
        return rc;
    options->is_whole = options->since_text;
    options->since = (options->until != 0 ? options->until : now) - SPAN_USUAL;
    rc = when_parse_option("--since", options->since_text, now, &options->since, err);
    if (rc < 0)
        return rc;
    if (options->until != 0 && options->since >= options->until)
        return error_set(err, -EINVAL, "--since is not before --until");
    return 0;
}

static int run(int argc, char **argv)
{
    struct readings_options options = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&look_readings, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (check(&options, &words, &err) < 0)
        return look_refuse(&look_readings, &err);

    AUTO(http) struct http *http = NULL;
    int rc = fetch_open(options.conf, &http, &err);
    if (rc == 0)
        rc = show(&options, &words, http, &err);
    return look_end(&look_readings, rc, &err);
}

const struct command look_readings = {
    .name = "readings",
    .arguments = "[OPTIONS] HOST [NAME …]",
    .summary = "what a host measured: the newest, or drawn as a chart",
    .options = readings_rows,
    .run = run,
};
