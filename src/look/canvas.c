// SPDX-License-Identifier: GPL-3.0-or-later
/* canvas - each cell is the bits of its dots. */
#include "look/canvas.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

/* Bits of the dots of a Braille character, U+2800 and up, from the bottom. */
static const uint8_t braille[4][2] = {
    {0x40, 0x80}, {0x04, 0x20}, {0x02, 0x10}, {0x01, 0x08}};

struct canvas {
    size_t columns, rows; /* cells */
    size_t across, up;    /* dots of a cell */
    bool is_braille;
    uint8_t *cells; /* row by row, the lowest first */
};

struct canvas *canvas_new(size_t columns, size_t rows, bool is_braille)
{
    struct canvas *canvas = memory_new(sizeof *canvas);
    *canvas = (struct canvas){.columns = columns,
                              .rows = rows,
                              .across = is_braille ? 2 : 1,
                              .up = is_braille ? 4 : 2,
                              .is_braille = is_braille,
                              .cells = memory_new(columns * rows)};
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (canvas)
        free(canvas->cells);
    free(canvas);
}

size_t canvas_width(const struct canvas *canvas)
{
    return canvas->columns * canvas->across;
}

size_t canvas_height(const struct canvas *canvas)
{
    return canvas->rows * canvas->up;
}

size_t canvas_row(const struct canvas *canvas, size_t y)
{
    return canvas->rows - 1 - y / canvas->up;
}

static void set(struct canvas *canvas, size_t x, size_t y)
{
    uint8_t *cell =
        &canvas->cells[y / canvas->up * canvas->columns + x / canvas->across];
    *cell |= canvas->is_braille ? braille[y % 4][x % 2] : (uint8_t)(1 << y % 2);
}

static size_t between(size_t from, size_t to, size_t part, size_t whole)
{
    if (whole == 0)
        return to;
    size_t way = from < to ? to - from : from - to;
    size_t gone = (way * part * 2 + whole) / (whole * 2);
    return from < to ? from + gone : from - gone;
}

void canvas_line(struct canvas *canvas, size_t from_x, size_t from_y, size_t to_x,
                 size_t to_y)
{
    size_t across = from_x < to_x ? to_x - from_x : from_x - to_x;
    size_t up = from_y < to_y ? to_y - from_y : from_y - to_y;
    size_t steps = across > up ? across : up;
    for (size_t i = 0; i <= steps; i++)
        set(canvas, between(from_x, to_x, i, steps), between(from_y, to_y, i, steps));
}

static void put_cell(const struct canvas *canvas, uint8_t cell, struct strbuf *buf)
{
    static const char ascii[] = {' ', '.', '\'', ':'};
    if (!canvas->is_braille || cell == 0) {
        strbuf_putc(buf, ascii[cell & 3]);
        return;
    }
    strbuf_putc(buf, '\xE2');
    strbuf_putc(buf, (char)(0xA0 | cell >> 6));
    strbuf_putc(buf, (char)(0x80 | (cell & 0x3F)));
}

void canvas_format(const struct canvas *canvas, size_t row, struct strbuf *buf)
{
    const uint8_t *cells = &canvas->cells[(canvas->rows - 1 - row) * canvas->columns];
    size_t used = canvas->columns;
    while (used > 0 && cells[used - 1] == 0)
        used--;
    for (size_t i = 0; i < used; i++)
        put_cell(canvas, cells[i], buf);
}
