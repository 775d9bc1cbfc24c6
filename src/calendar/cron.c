// SPDX-License-Identifier: GPL-3.0-or-later
/* cron - "minute hour day month weekday", each a list of numbers, names, ranges and
 * steps, as crontab(5) of Vixie's cron and its heirs has it; or a word such as @daily,
 * which stands for such a line. */
#include <stdlib.h>

#include "base/suggest.h"
#include "calendar/parts.h"

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                     "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed",
                                       "thu", "fri", "sat", NULL};

struct column {
    const char *name;
    struct span span;
    const char *const *words; /* NULL: numbers alone; the first is the least number */
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, COLUMN_COUNT };

static const struct column columns[] = {
    {"minute", {"a minute", 0, 59}, NULL},
    {"hour", {"an hour", 0, 23}, NULL},
    {"day", {"a day", 1, 31}, NULL},
    {"month", {"a month", 1, 12}, months},
    {"weekday", {"a weekday", 0, 7}, weekdays},
};

static const struct nickname {
    const char *word, *line;
} nicknames[] = {
    {"hourly", "0 * * * *"},   {"daily", "0 0 * * *"},   {"midnight", "0 0 * * *"},
    {"weekly", "0 0 * * 0"},   {"monthly", "0 0 1 * *"}, {"yearly", "0 0 1 1 *"},
    {"annually", "0 0 1 1 *"},
};

#define NICKNAME_COUNT (sizeof nicknames / sizeof *nicknames)

static int read_value(struct scan *scan, const struct column *column, int *ret)
{
    struct scan before = *scan;
    int value = column->words ? scan_word(scan, column->words) : -1;
    if (value >= 0)
        value += column->span.min;
    else if (!scan_number(scan, &value) || value < column->span.min ||
             value > column->span.max)
        return scan_fail_span(&before, &column->span);
    *ret = value;
    return 0;
}

static int read_step(struct scan *scan, const struct column *column, int *ret)
{
    struct scan before = *scan;
    int max = column->span.max - column->span.min + 1;
    if (!scan_number(scan, ret) || *ret < 1 || *ret > max)
        return scan_fail(&before, "a step from 1 to %d", max);
    return 0;
}

/* "*", "5", "1-5", and with a step behind the first and the last of them. */
static int read_item(struct scan *scan, const struct column *column,
                     struct field *field)
{
    int first = column->span.min, last = column->span.max, step = 1, rc = 0;
    bool is_range = scan_char(scan, '*');
    if (!is_range) {
        rc = read_value(scan, column, &first);
        last = first;
        is_range = rc == 0 && scan_char(scan, '-');
        struct scan before = *scan;
        if (is_range)
            rc = read_value(scan, column, &last);
        if (rc == 0 && last < first)
            return scan_fail(&before, "a range from the lower to the higher");
    }
    if (rc == 0 && is_range && scan_char(scan, '/'))
        rc = read_step(scan, column, &step);
    if (rc == 0)
        field_add(field, first, last, step);
    return rc;
}

/* *ret_is_star: as to cron, it begins with one. */
static int read_column(struct scan *scan, const struct column *column,
                       struct field *field, bool *ret_is_star)
{
    *ret_is_star = *scan->at == '*';
    do {
        int rc = read_item(scan, column, field);
        if (rc < 0)
            return rc;
    } while (scan_char(scan, ','));
    if (*scan->at && *scan->at != ' ' && *scan->at != '\t')
        return *scan->at == '/'
                   ? scan_fail(scan, "a step only behind * or a range")
                   : scan_fail(scan, "a blank or a ',' behind the %s", column->name);
    scan_blanks(scan);
    return 0;
}

/* Sunday is 0, and 7. */
static unsigned weekday_bits(const struct field *field)
{
    unsigned bits = 0;
    for (int day = 0; (day = field_next(field, day, 7)) >= 0; day++)
        bits |= 1U << (day + 6) % 7;
    return bits;
}

static int read_line(struct scan *scan, struct calendar *calendar)
{
    struct field fields[COLUMN_COUNT] = {0};
    bool is_star[COLUMN_COUNT];
    int rc = 0;
    for (int i = MINUTE; rc == 0 && i < COLUMN_COUNT; i++) {
        if (!*scan->at)
            rc = scan_fail(scan, "five fields: minute hour day month weekday");
        else
            rc = read_column(scan, &columns[i], &fields[i], &is_star[i]);
    }
    calendar->fields[PART_MINUTE] = fields[MINUTE];
    calendar->fields[PART_HOUR] = fields[HOUR];
    calendar->fields[PART_DAY] = fields[DAY];
    calendar->fields[PART_MONTH] = fields[MONTH];
    calendar->weekdays = weekday_bits(&fields[WEEKDAY]);
    free(fields[WEEKDAY].items);
    if (rc == 0 && *scan->at)
        rc = scan_fail(scan, "nothing behind the five fields");
    if (rc < 0)
        return rc;

    field_add(&calendar->fields[PART_SECOND], 0, 0, 1);
    calendar->is_either_day = !is_star[DAY] && !is_star[WEEKDAY];
    calendar->leap = is_star[MINUTE] || is_star[HOUR] ? LEAP_BY_CLOCK : LEAP_CATCHES;
    return 0;
}

static int read_nickname(struct scan *scan, struct calendar *calendar)
{
    const char *words[NICKNAME_COUNT + 1] = {NULL};
    for (size_t i = 0; i < NICKNAME_COUNT; i++)
        words[i] = nicknames[i].word;
    scan_char(scan, '@');
    struct scan before = *scan;
    int i = scan_word(scan, words);
    if (i < 0 || *scan->at) {
        char hint[40];
        return scan_fail(&before, "hourly, daily, weekly, monthly or yearly%s",
                         suggest_text(before.at, words, hint, sizeof hint));
    }
    struct scan line = {.text = nicknames[i].line, .at = nicknames[i].line};
    return read_line(&line, calendar);
}

int cron_read(struct scan *scan, struct calendar *calendar)
{
    return *scan->at == '@' ? read_nickname(scan, calendar) : read_line(scan, calendar);
}
