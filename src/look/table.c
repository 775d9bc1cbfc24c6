// SPDX-License-Identifier: GPL-3.0-or-later
/* table - the cells lie row after row in one array. */
#include "look/table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define GAP      2 /* columns between two cells */
#define LAST_MIN 8 /* the last cell gets at least so many, even past the edge */
#define CUT_MIN  8 /* and one that was cut */

struct cell {
    char *text;
    size_t columns;
    enum paint paint;
};

struct table {
    const struct table_column *columns;
    size_t width;   /* cells a row */
    size_t *widest; /* of each column */
    bool *shrinks;  /* whether each may */
    struct cell *cells;
    size_t count;
};

struct table *table_new(const struct table_column *columns)
{
    struct table *table = memory_new(sizeof *table);
    table->columns = columns;
    while (columns[table->width].title)
        table->width++;
    table->widest = memory_new(table->width * sizeof *table->widest);
    table->shrinks = memory_new(table->width * sizeof *table->shrinks);
    for (size_t i = 0; i < table->width; i++)
        table_add(table, PAINT_BOLD, columns[i].title);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table->widest);
    free(table->shrinks);
    free(table);
}

void table_add(struct table *table, enum paint paint, const char *text)
{
    if ((table->count & (table->count + 1)) == 0)
        table->cells =
            memory_resize(table->cells, (table->count * 2 + 1) * sizeof *table->cells);
    AUTO(strbuf) struct strbuf harmless = {0};
    screen_add_line(&harmless, text, strlen(text));
    size_t columns = screen_columns(strbuf_text(&harmless));
    size_t *widest = &table->widest[table->count % table->width];
    if (*widest < columns)
        *widest = columns;
    table->cells[table->count++] = (struct cell){
        .text = strbuf_take(&harmless), .columns = columns, .paint = paint};
}

void table_let_shrink(struct table *table, size_t column)
{
    table->shrinks[column] = true;
}

static void pad(struct strbuf *buf, size_t columns)
{
    for (; columns > 0; columns--)
        strbuf_putc(buf, ' ');
}

/* ---- the edge of a terminal ---- */

/* NULL: every column may shrink no further. */
static size_t *find_widest(const struct table *table, size_t widths[])
{
    size_t *found = NULL;
    for (size_t i = 0; i < table->width; i++)
        if (table->shrinks[i] && widths[i] > CUT_MIN && (!found || widths[i] >= *found))
            found = &widths[i];
    return found;
}

/* How wide each column is shown; to be freed. */
static size_t *find_widths(const struct table *table, const struct screen *screen)
{
    size_t *widths = memory_new(table->width * sizeof *widths), used = 0;
    for (size_t i = 0; i < table->width; i++) {
        widths[i] = table->widest[i];
        used += widths[i] + (i + 1 < table->width ? GAP : 0);
    }
    size_t *widest;
    while (screen->width > 0 && used > screen->width &&
           (widest = find_widest(table, widths))) {
        --*widest;
        used--;
    }
    return widths;
}

static size_t room_of_last(const struct table *table, const size_t widths[],
                           const struct screen *screen)
{
    size_t used = 0;
    for (size_t i = 0; i + 1 < table->width; i++)
        used += widths[i] + GAP;
    if (screen->width == 0)
        return SIZE_MAX;
    return used + LAST_MIN <= screen->width ? screen->width - used : LAST_MIN;
}

/* ---- cells ---- */

/* Returns how many columns it took: no more than room. */
static size_t add_cut(const struct cell *cell, size_t room, const struct screen *screen,
                      struct strbuf *buf)
{
    if (cell->columns <= room) {
        screen_add_painted(screen, buf, cell->paint, cell->text);
        return cell->columns;
    }
    size_t fits = screen_fit(cell->text, room - 1);
    AUTO(str) char *text = text_format("%.*s…", (int)fits, cell->text);
    screen_add_painted(screen, buf, cell->paint, text);
    return screen_columns(text);
}

static void format_cell(const struct cell *cell, bool is_right, size_t width,
                        const struct screen *screen, struct strbuf *buf)
{
    size_t gap = cell->columns < width ? width - cell->columns : 0;
    pad(buf, is_right ? gap : 0);
    size_t used = add_cut(cell, width, screen, buf) + (is_right ? gap : 0);
    pad(buf, width - used + GAP);
}

void table_format(const struct table *table, const struct screen *screen,
                  struct strbuf *buf)
{
    size_t *widths = find_widths(table, screen);
    size_t room = room_of_last(table, widths, screen);
    for (size_t i = 0; i < table->count / table->width * table->width; i++) {
        size_t column = i % table->width;
        const struct cell *cell = &table->cells[i];
        if (column + 1 < table->width) {
            format_cell(cell, table->columns[column].is_right, widths[column], screen,
                        buf);
            continue;
        }
        add_cut(cell, room, screen, buf);
        while (buf->size > 0 && buf->data[buf->size - 1] == ' ')
            strbuf_shorten(buf, buf->size - 1);
        strbuf_putc(buf, '\n');
    }
    free(widths);
}

void table_print(const struct table *table, const struct screen *screen)
{
    AUTO(strbuf) struct strbuf text = {0};
    table_format(table, screen, &text);
    fputs(strbuf_text(&text), stdout);
}
