// SPDX-License-Identifier: GPL-3.0-or-later
/* chart - the course of a reading, drawn in characters: Braille and blocks where the
 * terminal knows them, else ASCII. Where nothing came there is a gap.
 *
 *      1.5 ┤        ⢠⡇
 *          │  ⢀⣀⡠⠤⠒⠊ ⠣⣀
 *        0 ┤⠒⠊          ⠉⠒
 *          └┬──────┬──────┬
 *         09:00  10:00  11:00
 *
 * Comes from: readings.c.  Goes to: stdout. */
#ifndef LOOK_CHART_H
#define LOOK_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "look/screen.h"

/* One reading, or what several of them were: those of an hour. */
struct point {
    int64_t time; /* ms since 1970 UTC */
    double minimum, mean, maximum;
    int64_t count; /* readings, from 1 */
};

struct chart {
    const struct point *points; /* in the order of time */
    size_t count;               /* from 1 */
    int64_t since, until;       /* what the axis of time shows; since < until */
    const char *unit;
};

/* Appends it, each line with a newline. As wide as the screen, or 80 columns. */
void chart_draw(const struct chart *chart, const struct screen *screen,
                struct strbuf *buf);

/* Appends one line of that many characters, without a newline: the higher, the more. */
void chart_draw_line(const struct chart *chart, size_t width,
                     const struct screen *screen, struct strbuf *buf);

/* Of all readings in it; the mean is theirs, however the points count. */
struct point chart_sum(const struct chart *chart);

#endif
