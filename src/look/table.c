// SPDX-License-Identifier: GPL-3.0-or-later
/* table - the cells lie row after row in one array. */
#include "look/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define GAP      2 /* columns between two cells */
#define LAST_MIN 8 /* the last cell gets at least so many, even past the edge */

struct cell {
    char *text;
    size_t columns;
    enum paint paint;
};

struct table {
    const struct table_column *columns;
    size_t width;   /* cells a row */
    size_t *widest; /* of each column */
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

static void pad(struct strbuf *buf, size_t columns)
{
    for (; columns > 0; columns--)
        strbuf_putc(buf, ' ');
}

static void format_cell(const struct table *table, size_t index,
                        const struct screen *screen, struct strbuf *buf)
{
    const struct cell *cell = &table->cells[index];
    size_t column = index % table->width;
    size_t gap = table->widest[column] - cell->columns;
    bool is_right = table->columns[column].is_right;
    pad(buf, is_right ? gap : 0);
    screen_add_painted(screen, buf, cell->paint, cell->text);
    pad(buf, (is_right ? 0 : gap) + GAP);
}

/* room: columns that are left of the terminal; 0 where there is no edge. */
static void format_last(const struct cell *cell, size_t room,
                        const struct screen *screen, struct strbuf *buf)
{
    if (room == 0 || cell->columns <= room) {
        screen_add_painted(screen, buf, cell->paint, cell->text);
        return;
    }
    size_t fits = screen_fit(cell->text, room - 1);
    AUTO(str) char *text = text_format("%.*s…", (int)fits, cell->text);
    screen_add_painted(screen, buf, cell->paint, text);
}

static size_t room_of_last(const struct table *table, const struct screen *screen)
{
    size_t used = 0;
    for (size_t i = 0; i + 1 < table->width; i++)
        used += table->widest[i] + GAP;
    if (screen->width == 0)
        return 0;
    return used + LAST_MIN <= screen->width ? screen->width - used : LAST_MIN;
}

void table_format(const struct table *table, const struct screen *screen,
                  struct strbuf *buf)
{
    size_t room = room_of_last(table, screen);
    for (size_t i = 0; i < table->count / table->width * table->width; i++) {
        bool is_last = i % table->width == table->width - 1;
        if (!is_last) {
            format_cell(table, i, screen, buf);
            continue;
        }
        format_last(&table->cells[i], room, screen, buf);
        while (buf->size > 0 && buf->data[buf->size - 1] == ' ')
            strbuf_shorten(buf, buf->size - 1);
        strbuf_putc(buf, '\n');
    }
}
