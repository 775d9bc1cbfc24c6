// SPDX-License-Identifier: GPL-3.0-or-later
/* canvas - dots that become characters: a Braille character has 2 by 4 of them, one of
 * ASCII 1 by 2. Dot (0, 0) is at the left and at the bottom. */
#ifndef LOOK_CANVAS_H
#define LOOK_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/strbuf.h"

struct canvas;

/* columns, rows: of characters, from 1 on. */
struct canvas *canvas_new(size_t columns, size_t rows, bool is_braille);
void canvas_free(struct canvas *canvas); /* NULL is fine */
AUTO_DEFINE(canvas)

size_t canvas_width(const struct canvas *canvas); /* dots */
size_t canvas_height(const struct canvas *canvas);
size_t canvas_row(const struct canvas *canvas, size_t y); /* from the top, that has y */

/* A line between two dots, both of them included, that are on the canvas. */
void canvas_line(struct canvas *canvas, size_t from_x, size_t from_y, size_t to_x,
                 size_t to_y);

/* Appends the characters of a row, from the top, blanks at its end left out. */
void canvas_format(const struct canvas *canvas, size_t row, struct strbuf *buf);

#endif
