// SPDX-License-Identifier: GPL-3.0-or-later
/* table - rows for a person, in columns that are aligned as the terminal shows them.
 *
 * Comes from: the commands in this folder.  Goes to: stdout.
 * Cells are made harmless here, so any text may go in. At the edge of a terminal, if
 * there is one, cells are cut with "…": the widest of the columns that may shrink, then
 * those of the last. */
#ifndef LOOK_TABLE_H
#define LOOK_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "look/screen.h"

struct table_column {
    const char *title;
    bool is_right; /* numbers stand at the right edge of their column */
};

struct table;

/* The columns end with a NULL title, and are lent. The titles are the first row. */
struct table *table_new(const struct table_column *columns);
void table_free(struct table *table); /* NULL is fine */
AUTO_DEFINE(table)

/* The next cell; a row is full when each column has got one. */
void table_add(struct table *table, enum paint paint, const char *text);

/* The column may be cut too, where a terminal is too narrow for all. */
void table_let_shrink(struct table *table, size_t column);

/* Appends all full rows, each with a newline. */
void table_format(const struct table *table, const struct screen *screen,
                  struct strbuf *buf);

/* The same on stdout. */
void table_print(const struct table *table, const struct screen *screen);

#endif
