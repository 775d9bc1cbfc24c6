// SPDX-License-Identifier: GPL-3.0-or-later
/* rowset - rows of cells: each once, numbered from 0 on as they come, and found by any
 * of their columns.
 *
 *     cells     │ 7 9 │ 7 4 │ 2 9 │ …      row by row
 *     slots     which row has these cells
 *     index     first and last row of a key; next, row by row: 7 ─> 0 ─> 1
 *
 * Rows are equal where the keys of their cells are. None goes, none moves.
 *
 * Comes from, goes to: evaluate.h. */
#ifndef DATALOG_ROWSET_H
#define DATALOG_ROWSET_H

#include "datalog/cells.h"

#define ROWSET_NONE        SIZE_MAX
#define ROWSET_COLUMNS_MAX 30 /* that an index may be on; those behind never are */

struct rowset;
struct rowset_index;

/* cells: lent. Rows of width cells, the first of which, columns, make them different:
 * what is behind them is only kept. */
struct rowset *rowset_new(const struct cells *cells, size_t columns, size_t width);
void rowset_free(struct rowset *rowset); /* NULL is fine */
AUTO_DEFINE(rowset)

size_t rowset_count(const struct rowset *rowset);
size_t rowset_size(const struct rowset *rowset); /* bytes of memory, cells excluded */

/* 1: it is new; 0: it is there already; -ENOSPC: there are 4 billion. */
int rowset_add(struct rowset *rowset, const uint64_t *row) MUST_USE;

const uint64_t *rowset_get(const struct rowset *rowset,
                           size_t row); /* until one comes */

/* The index on these columns, a bit each, as it is needed for the first time, and with
 * the rows that came since. */
struct rowset_index *rowset_index(struct rowset *rowset, uint32_t columns);

/* The first row with these keys of its columns, and the next one behind a row, in the
 * order in which they came; ROWSET_NONE: there is none. */
size_t rowset_first(const struct rowset_index *index, const uint64_t *keys);
size_t rowset_next(const struct rowset_index *index, size_t row);

/* About how many rows have the same keys of these columns as one of them: as an index
 * says that is there; else as some rows say, looked at pair by pair. */
double rowset_expect(const struct rowset *rowset, uint32_t columns) MUST_USE;

/* The rows' numbers, by all columns in their order, as SQL sorts; once no more rows
 * come. The rowset's. */
const uint32_t *rowset_sort(struct rowset *rowset);

#endif
