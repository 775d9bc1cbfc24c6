// SPDX-License-Identifier: GPL-3.0-or-later
/* systemd - "Mon..Fri 2026-*-1,15 12:00/30:00 Europe/Berlin", each part but one may be
 * left out, as systemd.time(7) has it, and as systemd reads it: a time of day alone is
 * that of every day, a date alone its midnight. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "calendar/parts.h"

#define MS           1000
#define MOMENT_LIMIT 7258118400 /* seconds until 2200 */

static const struct span spans[PART_COUNT] = {
    [PART_YEAR] = {"a year", YEAR_FIRST, YEAR_LAST},
    [PART_MONTH] = {"a month", 1, 12},
    [PART_DAY] = {"a day", 1, 31},
    [PART_HOUR] = {"an hour", 0, 23},
    [PART_MINUTE] = {"a minute", 0, 59},
    [PART_SECOND] = {"a second", 0, 59},
};

static const struct span from_month_end = {"a day, from the end of the month,", 1, 28};

/* Short and long by turns. */
static const char *const weekdays[] = {
    "mon", "monday", "tue", "tuesday",  "wed", "wednesday", "thu", "thursday",
    "fri", "friday", "sat", "saturday", "sun", "sunday",    NULL};

static const struct nickname {
    const char *word, *line;
} nicknames[] = {
    {"minutely", "*:*"},       {"hourly", "*:0"},          {"daily", "0:0"},
    {"weekly", "Mon 0:0"},     {"monthly", "*-1"},         {"quarterly", "1,4,7,10-1"},
    {"semiannually", "1,7-1"}, {"semi-annually", "1,7-1"}, {"biannually", "1,7-1"},
    {"bi-annually", "1,7-1"},  {"yearly", "1-1"},          {"annually", "1-1"},
};

#define WEEKDAY_COUNT  (sizeof weekdays / sizeof *weekdays - 1)
#define NICKNAME_COUNT (sizeof nicknames / sizeof *nicknames)

/* What one component reads as, before it is known which part it is; seconds in ms. */
struct piece {
    struct scan scan; /* where it begins */
    int first;
    int last; /* -1: none */
    int step; /* 0: none */
};

#define PIECES_MAX 100

/* A list of pieces; none is "*". */
struct list {
    struct piece pieces[PIECES_MAX];
    int count;
};

/* One that may have a point and up to three digits behind it; ".." is no point. */
static int read_value(struct scan *scan, bool has_fraction, int *ret)
{
    static const int scales[] = {MS, MS / 10, MS / 100, 1};
    struct scan before = *scan;
    int value, fraction = 0;
    if (!scan_number(scan, &value))
        return scan_fail(scan, "a number");
    if (has_fraction && value > 59)
        return scan_fail_span(&before, &spans[PART_SECOND]);
    if (!has_fraction) {
        *ret = value;
        return 0;
    }
    if (scan->at[0] == '.' && scan->at[1] != '.') {
        scan->at++;
        struct scan digits = *scan;
        if (!scan_number(scan, &fraction) || scan->at - digits.at > 3)
            return scan_fail(&digits, "one to three digits of a second");
        fraction *= scales[scan->at - digits.at];
    }
    *ret = value * MS + fraction;
    return 0;
}

static int read_piece(struct scan *scan, bool has_fraction, struct piece *ret)
{
    *ret = (struct piece){.scan = *scan, .last = -1, .step = 0};
    int rc = read_value(scan, has_fraction, &ret->first);
    if (rc == 0 && strncmp(scan->at, "..", 2) == 0) {
        scan->at += 2;
        ret->step = has_fraction ? MS : 1;
        rc = read_value(scan, has_fraction, &ret->last);
    }
    if (rc < 0 || *scan->at != '/')
        return rc;
    scan->at++;
    struct scan before = *scan;
    rc = read_value(scan, has_fraction, &ret->step);
    return rc == 0 && ret->step == 0 ? scan_fail(&before, "a step that is not 0") : rc;
}

static int read_list(struct scan *scan, bool has_fraction, struct list *ret)
{
    ret->count = 0;
    if (scan_char(scan, '*')) {
        if (*scan->at == '/')
            return scan_fail(scan, "0/5 or 1/5 in place of */5");
        if (has_fraction)
            ret->pieces[ret->count++] =
                (struct piece){.first = 0, .last = 59 * MS, .step = MS};
        return 0;
    }
    do {
        if (ret->count == PIECES_MAX)
            return scan_fail(scan, "at most %d in a list", PIECES_MAX);
        int rc = read_piece(scan, has_fraction, &ret->pieces[ret->count++]);
        if (rc < 0)
            return rc;
    } while (scan_char(scan, ','));
    return 0;
}

/* "26" is 2026, "89" 1989. */
static void complete_year(int *year)
{
    if (*year >= 0 && *year < 100)
        *year += *year < 70 ? 2000 : 1900;
}

/* A range that cannot make a second step is its first value. */
static void settle(struct piece *piece)
{
    if (piece->last > piece->first && piece->step > 0)
        piece->last -= (piece->last - piece->first) % piece->step;
    if (piece->last == piece->first) {
        piece->last = -1;
        piece->step = 0;
    }
}

static bool is_within(const struct piece *piece, int min, int max, bool is_from_end)
{
    int first = piece->first, last = piece->last, step = piece->step;
    if (first < min || first > max || step > max - min)
        return false;
    if (last >= 0)
        return last <= max && last > first;
    return is_from_end ? first - step >= min : first + step <= max;
}

/* Counted from the end of a month, what goes on without a last one goes on to 1. */
static void add_piece(struct field *field, const struct piece *piece, int max,
                      bool is_from_end)
{
    int first = piece->first, last = piece->last;
    if (piece->step == 0)
        field_add(field, first, first, 1);
    else if (last >= 0)
        field_add(field, first, last, piece->step);
    else if (is_from_end)
        field_add(field, first - (first - 1) / piece->step * piece->step, first,
                  piece->step);
    else
        field_add(field, first, max, piece->step);
}

static int put_list(struct calendar *calendar, enum part part, struct list *list)
{
    bool is_from_end = part == PART_DAY && calendar->is_from_month_end;
    const struct span *span = is_from_end ? &from_month_end : &spans[part];
    bool is_second = part == PART_SECOND;
    int max = is_second ? span->max * MS + MS - 1 : span->max;
    for (int i = 0; i < list->count; i++) {
        struct piece *piece = &list->pieces[i];
        if (part == PART_YEAR) {
            complete_year(&piece->first);
            complete_year(&piece->last);
        }
        settle(piece);
        if (!is_within(piece, span->min, max, is_from_end))
            return scan_fail(&piece->scan, "%s%s from %d to %d", span->what,
                             piece->step ? ", or a range or two steps," : "", span->min,
                             span->max);
        add_piece(&calendar->fields[part], piece, max, is_from_end);
    }
    return 0;
}

static int read_weekday(struct scan *scan, int *ret)
{
    int i = scan_word(scan, weekdays);
    if (i < 0)
        return scan_fail(scan, "a weekday: Mon, Tue, Wed, Thu, Fri, Sat or Sun");
    *ret = i / 2;
    return 0;
}

/* "Mon..Wed,Fri", and a comma behind it may stand there. */
static int read_weekdays(struct scan *scan, struct calendar *calendar)
{
    unsigned days = 0;
    do {
        int first = 0, rc = read_weekday(scan, &first), last = first;
        if (rc == 0 && (*scan->at == '-' || strncmp(scan->at, "..", 2) == 0)) {
            scan->at += *scan->at == '-' ? 1 : 2;
            struct scan before = *scan;
            rc = read_weekday(scan, &last);
            if (rc == 0 && last < first)
                rc = scan_fail(&before, "a weekday behind that one, weeks from Monday");
        }
        if (rc < 0)
            return rc;
        for (int day = first; day <= last; day++)
            days |= 1U << day;
    } while (scan_char(scan, ',') && isalpha((unsigned char)*scan->at));
    if (*scan->at && *scan->at != ' ' && *scan->at != '\t')
        return scan_fail(scan, "a blank, a ',' or '..' behind the weekday");
    scan_blanks(scan);
    calendar->weekdays = days;
    return 0;
}

static bool is_end(const struct scan *scan)
{
    return *scan->at == '\0' || *scan->at == ' ' || *scan->at == '\t';
}

/* The '-' or '~' between two parts of a date; behind '~' comes the day. */
static bool read_hyphen(struct scan *scan, struct calendar *calendar)
{
    if (scan_char(scan, '-'))
        return true;
    calendar->is_from_month_end = scan_char(scan, '~');
    return calendar->is_from_month_end;
}

/* Behind its first component: "-5", "~1", "-*-1", "-2~1". */
static int read_date(struct scan *scan, struct calendar *calendar, struct list *first)
{
    struct list second, third;
    enum part parts[] = {PART_MONTH, PART_DAY, PART_DAY};
    struct list *lists[] = {first, &second, &third};
    int count = 2;
    if (!read_hyphen(scan, calendar))
        return scan_fail(scan, "a ':' of a time of day, or a '-' of a date");
    int rc = read_list(scan, false, &second);
    if (rc == 0 && !is_end(scan)) {
        struct scan before = *scan;
        bool has_day = calendar->is_from_month_end;
        if (has_day || !read_hyphen(scan, calendar))
            return scan_fail(&before, "the end of the date");
        rc = read_list(scan, false, &third);
        parts[0] = PART_YEAR;
        parts[1] = PART_MONTH;
        count = 3;
    }
    if (rc == 0 && !is_end(scan))
        return scan_fail(scan, "the end of the date");
    for (int i = 0; rc == 0 && i < count; i++)
        rc = put_list(calendar, parts[i], lists[i]);
    scan_blanks(scan);
    return rc;
}

/* Behind its hour. */
static int read_time(struct scan *scan, struct calendar *calendar, struct list *hour)
{
    struct list minute, second = {.count = 1, .pieces = {{.last = -1}}};
    if (!scan_char(scan, ':'))
        return scan_fail(scan, "a ':' behind the hour");
    int rc = read_list(scan, false, &minute);
    if (rc == 0 && scan_char(scan, ':'))
        rc = read_list(scan, true, &second);
    if (rc == 0 && !is_end(scan))
        return scan_fail(scan, "the end of the time of day");
    if (rc == 0)
        rc = put_list(calendar, PART_HOUR, hour);
    if (rc == 0)
        rc = put_list(calendar, PART_MINUTE, &minute);
    if (rc == 0)
        rc = put_list(calendar, PART_SECOND, &second);
    scan_blanks(scan);
    return rc;
}

static void set_midnight(struct calendar *calendar)
{
    for (int part = PART_HOUR; part < PART_COUNT; part++)
        field_add(&calendar->fields[part], 0, 0, 1);
}

/* Whether a date or a time of day stands there, not a zone. */
static bool has_more(const struct scan *scan)
{
    return *scan->at != '\0' && !isalpha((unsigned char)*scan->at);
}

/* A date, a time of day, both, or none. */
static int read_times(struct scan *scan, struct calendar *calendar)
{
    struct list first;
    bool is_time = false;
    int rc = 0;
    if (has_more(scan)) {
        rc = read_list(scan, false, &first);
        is_time = *scan->at == ':';
        if (rc == 0 && !is_time)
            rc = read_date(scan, calendar, &first);
    }
    if (rc == 0 && !is_time && has_more(scan)) {
        is_time = true;
        rc = read_list(scan, false, &first);
    }
    if (rc == 0 && is_time)
        return read_time(scan, calendar, &first);
    set_midnight(calendar);
    return rc;
}

static int read_unknown(const struct scan *scan)
{
    const char *words[NICKNAME_COUNT + WEEKDAY_COUNT + 1] = {NULL};
    char typed[20], hint[40];
    for (size_t i = 0; i < NICKNAME_COUNT; i++)
        words[i] = nicknames[i].word;
    memcpy(words + NICKNAME_COUNT, weekdays, sizeof weekdays);
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(scan->at, " ,.\t"), scan->at);
    return scan_fail(scan,
                     "a weekday, a date, a time of day, or a word such as daily%s",
                     suggest_text(typed, words, hint, sizeof hint));
}

static int read_parts(struct scan *scan, struct calendar *calendar)
{
    calendar->weekdays = WEEKDAYS_ALL;
    struct scan before = *scan;
    bool has_weekdays = isalpha((unsigned char)*scan->at);
    if (*scan->at == '\0' || (has_weekdays && scan_word(&before, weekdays) < 0))
        return read_unknown(scan);
    int rc = has_weekdays ? read_weekdays(scan, calendar) : 0;
    return rc < 0 ? rc : read_times(scan, calendar);
}

/* "@1795340888": once, so many seconds after 1970 began in UTC. */
static int read_moment(struct scan *scan, struct calendar *calendar)
{
    scan_char(scan, '@');
    struct scan digits = *scan;
    errno = 0;
    unsigned long long seconds = strtoull(scan->at, (char **)&scan->at, 10);
    if (errno || seconds >= MOMENT_LIMIT)
        return scan_fail(&digits, "seconds that end before 2200");
    struct civil civil = civil_of((int64_t)seconds * MS);
    const int values[PART_COUNT] = {
        [PART_YEAR] = civil.year,     [PART_MONTH] = civil.month,
        [PART_DAY] = civil.day,       [PART_HOUR] = civil.hour,
        [PART_MINUTE] = civil.minute, [PART_SECOND] = civil.second * MS};
    for (int part = PART_YEAR; part < PART_COUNT; part++)
        field_add(&calendar->fields[part], values[part], values[part], 1);
    calendar->weekdays = WEEKDAYS_ALL;
    scan_blanks(scan);
    return *scan->at ? scan_fail(scan, "nothing behind it")
                     : zone_load("UTC", &calendar->zone, scan->err);
}

/* What is left. */
static int read_zone(struct scan *scan, struct calendar *calendar)
{
    if (!*scan->at)
        return 0;
    if (!isalpha((unsigned char)*scan->at) || strpbrk(scan->at, " \t"))
        return scan_fail(scan, "the end, or a time zone");
    bool is_utc = strcasecmp(scan->at, "UTC") == 0;
    int rc = zone_load(is_utc ? "UTC" : scan->at, &calendar->zone, scan->err);
    return rc < 0 ? error_prefix(scan->err, rc, "\"%.100s\"", scan->text) : 0;
}

/* The line that the word which stands there is short for; NULL. */
static const char *find_nickname(struct scan *scan)
{
    size_t size = strcspn(scan->at, " \t");
    for (size_t i = 0; i < NICKNAME_COUNT; i++)
        if (strlen(nicknames[i].word) == size &&
            strncasecmp(nicknames[i].word, scan->at, size) == 0) {
            scan->at += size;
            scan_blanks(scan);
            return nicknames[i].line;
        }
    return NULL;
}

int systemd_read(struct scan *scan, struct calendar *calendar)
{
    if (*scan->at == '@')
        return read_moment(scan, calendar);
    const char *line = find_nickname(scan);
    struct scan inner = {.text = line, .at = line};
    int rc = read_parts(line ? &inner : scan, calendar);
    return rc < 0 ? rc : read_zone(scan, calendar);
}
