// SPDX-License-Identifier: GPL-3.0-or-later
/* parts - what the files of calendar share: calendar.c tells the two forms apart,
 * cron.c and systemd.c read one each, scan.c what both have, next.c finds times. */
#ifndef CALENDAR_PARTS_H
#define CALENDAR_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "calendar/calendar.h"

#define YEAR_FIRST   1970
#define YEAR_LAST    2199
#define WEEKDAYS_ALL 0x7FU

enum part { PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE, PART_SECOND };

#define PART_COUNT (PART_SECOND + 1)

/* first, first + step, …, up to last; step is at least 1. */
struct range {
    int first, last, step;
};

struct field {
    struct range *items;
    size_t count; /* 0: any value */
};

enum leap {
    LEAP_SKIPS,    /* what the clocks leap over is not; what they show twice is once */
    LEAP_CATCHES,  /* it is right after the leap */
    LEAP_BY_CLOCK, /* it is not; what they show twice is twice */
};

struct calendar {
    struct field fields[PART_COUNT]; /* seconds in ms */
    unsigned weekdays;               /* bit 0 is Monday */
    bool is_from_month_end; /* 1 is the last day; a range begins at its earliest day */
    bool is_either_day;     /* the day of the month or of the week will do, not both */
    enum leap leap;
    struct zone *zone; /* its own; NULL: that of who asks */
};

/* What a number may be. */
struct span {
    const char *what; /* "an hour" */
    int min, max;
};

/* A text that is being read, from its first character that is not blank on. */
struct scan {
    const char *text, *at;
    struct error *err;
};

/* -EINVAL: "TEXT: column N: found WORD, expected …", where the scan is. */
int scan_fail(const struct scan *scan, const char *format, ...) PRINTF(2, 3);

/* That of a number which is not within the span, or none. */
int scan_fail_span(const struct scan *scan, const struct span *span);

bool scan_char(struct scan *scan, char c); /* passes it over, where it stands there */
void scan_blanks(struct scan *scan);

/* Digits up to 10^8; else false, and nothing is read. */
bool scan_number(struct scan *scan, int *ret);

/* The whole word of a list that stands there, in any case, is passed over: its index;
 * -1. The list ends with NULL. A word has letters alone. */
int scan_word(struct scan *scan, const char *const *words);

void field_add(struct field *field, int first, int last, int step);

/* The smallest value that is not below from; -1. */
int field_next(const struct field *field, int from, int max);

/* Both fill an empty calendar. */
int cron_read(struct scan *scan, struct calendar *calendar) MUST_USE;
int systemd_read(struct scan *scan, struct calendar *calendar) MUST_USE;

#endif
