// SPDX-License-Identifier: GPL-3.0-or-later
/* chart - points become dots on a canvas; the axes stand at its left and below. */
#include "look/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "look/canvas.h"
#include "look/scale.h"
#include "look/value.h"

#define WIDTH_USUAL 80
#define WIDTH_MIN   30
#define ROWS        12 /* of characters */
#define MARKS       5  /* at most, between the lowest and the highest */
#define MARK_WIDTH  14 /* columns that a time takes, at least */
#define HOUR        ((int64_t)3600 * 1000)
#define DAY         (24 * HOUR)

/* ---- what the points say ---- */

struct point chart_sum(const struct chart *chart)
{
    struct point sum = chart->points[0];
    double total = 0;
    sum.count = 0;
    for (size_t i = 0; i < chart->count; i++) {
        const struct point *point = &chart->points[i];
        sum.minimum = fmin(sum.minimum, point->minimum);
        sum.maximum = fmax(sum.maximum, point->maximum);
        total += point->mean * (double)point->count;
        sum.count += point->count;
    }
    sum.mean = total / (double)sum.count;
    return sum;
}

static int compare_spans(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return a < b ? -1 : a > b;
}

/* The usual time from one reading to the next, the median; 0: there is but one. */
static int64_t usual_span(const struct chart *chart)
{
    if (chart->count < 2)
        return 0;
    int64_t *spans = memory_new((chart->count - 1) * sizeof *spans);
    for (size_t i = 1; i < chart->count; i++)
        spans[i - 1] = chart->points[i].time - chart->points[i - 1].time;
    qsort(spans, chart->count - 1, sizeof *spans, compare_spans);
    int64_t median = spans[(chart->count - 1) / 2];
    free(spans);
    return median;
}

/* Whether nothing is missing between two: what was rolled up has one an hour. */
static bool are_joined(const struct point *one, const struct point *next, int64_t usual)
{
    bool is_hour = one->count > 1 || next->count > 1;
    int64_t span = is_hour && usual < HOUR ? HOUR : usual;
    return next->time - one->time <= span * 5 / 2;
}

/* ---- dots ---- */

/* How the points lie on a canvas. */
struct plot {
    const struct chart *chart;
    struct scale scale;
    struct canvas *canvas;
};

static size_t x_of(const struct plot *plot, int64_t time)
{
    const struct chart *chart = plot->chart;
    size_t last = canvas_width(plot->canvas) - 1;
    double part = (double)(time - chart->since) / (double)(chart->until - chart->since);
    return (size_t)llround(fmin(fmax(part, 0), 1) * (double)last);
}

static size_t y_of(const struct plot *plot, double value)
{
    const struct scale *scale = &plot->scale;
    size_t last = canvas_height(plot->canvas) - 1;
    double part = (value - scale->low) / (scale->high - scale->low);
    return (size_t)llround(fmin(fmax(part, 0), 1) * (double)last);
}

static void plot_points(const struct plot *plot)
{
    const struct chart *chart = plot->chart;
    int64_t usual = usual_span(chart);
    size_t before_x = 0, before_y = 0;
    for (size_t i = 0; i < chart->count; i++) {
        const struct point *point = &chart->points[i];
        size_t x = x_of(plot, point->time), y = y_of(plot, point->mean);
        if (i > 0 && are_joined(point - 1, point, usual))
            canvas_line(plot->canvas, before_x, before_y, x, y);
        canvas_line(plot->canvas, x, y_of(plot, point->minimum), x,
                    y_of(plot, point->maximum));
        before_x = x;
        before_y = y;
    }
}

/* ---- axes ---- */

/* The characters that they are made of. */
struct strokes {
    const char *up, *mark_up, *corner, *along, *mark_along;
};

static const struct strokes strokes_ascii = {"|", "+", "+", "-", "+"};
static const struct strokes strokes_utf8 = {"│", "┤", "└", "─", "┬"};

static const struct strokes *strokes_of(const struct screen *screen)
{
    return screen->is_utf8 ? &strokes_utf8 : &strokes_ascii;
}

static void put_blanks(struct strbuf *buf, size_t count)
{
    for (; count > 0; count--)
        strbuf_putc(buf, ' ');
}

/* The mark that stands in a row, *ret; marks are further apart than rows. */
static bool has_mark(const struct plot *plot, size_t row, double *ret)
{
    const struct scale *scale = &plot->scale;
    long count = lround((scale->high - scale->low) / scale->step);
    for (long i = 0; i <= count; i++) {
        double value = scale->low + (double)i * scale->step;
        if (canvas_row(plot->canvas, y_of(plot, value)) != row)
            continue;
        *ret = fabs(value) < scale->step / 1e6 ? 0 : value;
        return true;
    }
    return false;
}

static size_t label_width(const struct scale *scale, const char *unit)
{
    size_t widest = 0;
    long count = lround((scale->high - scale->low) / scale->step);
    for (long i = 0; i <= count; i++) {
        char text[VALUE_TEXT_SIZE];
        value_format(scale->low + (double)i * scale->step, unit, text);
        size_t width = screen_columns(text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void put_row(const struct plot *plot, size_t row, size_t labels,
                    const struct screen *screen, struct strbuf *buf)
{
    char text[VALUE_TEXT_SIZE] = "";
    double value;
    bool is_marked = has_mark(plot, row, &value);
    if (is_marked)
        value_format(value, plot->chart->unit, text);
    put_blanks(buf, labels - screen_columns(text));
    strbuf_puts(buf, text);
    strbuf_putc(buf, ' ');
    strbuf_puts(buf, is_marked ? strokes_of(screen)->mark_up : strokes_of(screen)->up);
    AUTO(strbuf) struct strbuf dots = {0};
    canvas_format(plot->canvas, row, &dots);
    if (dots.size > 0)
        screen_add_painted(screen, buf, PAINT_CYAN, strbuf_text(&dots));
    strbuf_putc(buf, '\n');
}

/* A time as it is labelled: the day where it begins, else the time of day. */
static void format_mark(int64_t time, const struct chart *chart, char ret[],
                        size_t size)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_SECONDS, text); /* 2026-11-22 09:48:08 */
    bool is_day = strcmp(text + 11, "00:00:00") == 0;
    bool is_long = chart->until - chart->since > 300 * DAY;
    const char *start = is_day && is_long ? text : is_day ? text + 5 : text + 11;
    size_t length = is_day || strcmp(text + 17, "00") == 0 ? 5 : 8;
    snprintf(ret, size, "%.*s", (int)(start == text ? 10 : length), start);
}

/* The line below, and below that the labels; both grow from left to right. */
struct ruler {
    const struct strokes *strokes;
    struct strbuf line, labels;
    size_t indent;  /* columns before it */
    size_t columns; /* that it has */
    size_t drawn;   /* of them */
};

static void ruler_clear(struct ruler *ruler)
{
    strbuf_clear(&ruler->line);
    strbuf_clear(&ruler->labels);
}
AUTO_DEFINE_CLEAR(ruler)

static void draw_until(struct ruler *ruler, size_t column)
{
    for (; ruler->drawn < column; ruler->drawn++)
        strbuf_puts(&ruler->line, ruler->strokes->along);
}

/* The label stands below the middle of its mark, but within the screen, and is left out
 * where it would meet the one before. */
static void put_mark(struct ruler *ruler, size_t column, const char *label)
{
    size_t length = strlen(label), at = ruler->indent + column;
    size_t latest = ruler->indent + ruler->columns - length;
    size_t start = at > length / 2 ? at - length / 2 : 0;
    draw_until(ruler, column);
    if (ruler->drawn++ == column)
        strbuf_puts(&ruler->line, ruler->strokes->mark_along);
    if (start > latest)
        start = latest;
    if (ruler->labels.size > 0 && start < ruler->labels.size + 2)
        return;
    put_blanks(&ruler->labels, start - ruler->labels.size);
    strbuf_puts(&ruler->labels, label);
}

static void put_times(const struct plot *plot, size_t indent, size_t columns,
                      const struct screen *screen, struct strbuf *buf)
{
    const struct chart *chart = plot->chart;
    AUTO(ruler)
    struct ruler ruler = {
        .strokes = strokes_of(screen), .indent = indent, .columns = columns};
    size_t across = canvas_width(plot->canvas) / columns;
    int64_t step = scale_time_step(chart->until - chart->since, columns / MARK_WIDTH);
    for (int64_t time = scale_time_mark(chart->since, step); time <= chart->until;
         time = scale_time_mark(time + 1, step)) {
        char label[CLOCK_TEXT_SIZE];
        format_mark(time, chart, label, sizeof label);
        put_mark(&ruler, x_of(plot, time) / across, label);
    }
    draw_until(&ruler, columns);
    put_blanks(buf, indent - 1);
    strbuf_printf(buf, "%s%s\n%s\n", ruler.strokes->corner, strbuf_text(&ruler.line),
                  strbuf_text(&ruler.labels));
}

void chart_draw(const struct chart *chart, const struct screen *screen,
                struct strbuf *buf)
{
    struct point sum = chart_sum(chart);
    struct scale scale = scale_find(sum.minimum, sum.maximum, chart->unit, MARKS);
    size_t width = screen->width == 0 ? WIDTH_USUAL : screen->width;
    size_t labels = label_width(&scale, chart->unit);
    size_t used = labels + 2;
    size_t columns = (width > used + WIDTH_MIN ? width : used + WIDTH_MIN) - used;
    AUTO(canvas) struct canvas *canvas = canvas_new(columns, ROWS, screen->is_utf8);
    struct plot plot = {.chart = chart, .scale = scale, .canvas = canvas};
    plot_points(&plot);
    for (size_t row = 0; row < ROWS; row++)
        put_row(&plot, row, labels, screen, buf);
    put_times(&plot, used, columns, screen, buf);
}

/* ---- on one line ---- */

static const char *const blocks_utf8[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const blocks_ascii[] = {"_", ".", "-", "~", "=", "+", "*", "#"};

#define BLOCKS (sizeof blocks_ascii / sizeof *blocks_ascii)

/* The mean of what is in each column; NAN where nothing is. A reading stands until the
 * next, where nothing is missing between the two. */
static void fill_columns(const struct chart *chart, double means[], size_t width)
{
    int64_t usual = usual_span(chart), span = chart->until - chart->since;
    double *weights = memory_new(width * sizeof *weights);
    for (size_t i = 0; i < width; i++)
        means[i] = NAN;
    for (size_t i = 0; i < chart->count; i++) {
        const struct point *point = &chart->points[i];
        bool is_last = i + 1 == chart->count;
        int64_t end = !is_last && are_joined(point, point + 1, usual) ? point[1].time
                                                                      : point->time + 1;
        if (end <= chart->since)
            continue;
        int64_t from = (point->time - chart->since) * (int64_t)width / span;
        int64_t to = (end - 1 - chart->since) * (int64_t)width / span;
        for (int64_t at = from < 0 ? 0 : from; at <= to && at < (int64_t)width; at++) {
            double before = weights[at] > 0 ? means[at] * weights[at] : 0;
            weights[at] += (double)point->count;
            means[at] = (before + point->mean * (double)point->count) / weights[at];
        }
    }
    free(weights);
}

void chart_draw_line(const struct chart *chart, size_t width,
                     const struct screen *screen, struct strbuf *buf)
{
    const char *const *blocks = screen->is_utf8 ? blocks_utf8 : blocks_ascii;
    double *means = memory_new(width * sizeof *means);
    double low = INFINITY, high = -INFINITY;
    fill_columns(chart, means, width);
    for (size_t i = 0; i < width; i++) {
        low = fmin(low, means[i]); /* of a number and none, the number */
        high = fmax(high, means[i]);
    }
    for (size_t i = 0; i < width; i++) {
        double part = high > low ? (means[i] - low) / (high - low) : 0;
        bool is_gap = isnan(means[i]);
        strbuf_puts(buf, is_gap ? " " : blocks[lround(part * (BLOCKS - 1))]);
    }
    free(means);
}
