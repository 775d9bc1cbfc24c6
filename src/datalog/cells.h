// SPDX-License-Identifier: GPL-3.0-or-later
/* cells - a value of SQL in 64 bits, so that rows are compared and hashed as numbers.
 *
 *     62 bits of                                       2 bits
 *     a small integer                                  00
 *     the number of a text, in the table of cells      01
 *     the number of a real                             10
 *     the number of a large integer, or a blob         11
 *
 * Each text, real and large integer is kept once. A cell gives back the value as it
 * was; its key is the same for all values that are equal in SQL: 1 and 1.0. There is no
 * cell for NULL.
 *
 * Comes from, goes to: rowset.h, evaluate.h. */
#ifndef DATALOG_CELLS_H
#define DATALOG_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"

struct cells;

enum scalar_kind { SCALAR_NUMBER, SCALAR_REAL, SCALAR_TEXT, SCALAR_BLOB };

struct scalar {
    enum scalar_kind kind;
    int64_t number;
    double real;
    const char *bytes; /* of a text and of a blob; lent */
    size_t size;
};

struct cells *cells_new(void);
void cells_free(struct cells *cells); /* NULL is fine */
AUTO_DEFINE(cells)

/* Copies what it has not seen before. */
uint64_t cells_put(struct cells *cells, const struct scalar *scalar);

/* The value; its bytes are there as long as the cells are. */
struct scalar cells_get(const struct cells *cells, uint64_t cell);

/* What all equal values have in common. Of a small integer, and of a text, the cell. */
uint64_t cells_kept_key(const struct cells *cells, uint64_t cell);
static inline uint64_t cells_key(const struct cells *cells, uint64_t cell)
{
    return cell & 2 ? cells_kept_key(cells, cell) : cell;
}

/* The key of a value, which is not kept. False: no cell is equal to it. */
bool cells_find_key(const struct cells *cells, const struct scalar *scalar,
                    uint64_t *ret) MUST_USE;

/* As SQL sorts them: numbers, texts, blobs; <0, 0, >0. */
int cells_compare(const struct cells *cells, uint64_t one, uint64_t other);

size_t cells_size(const struct cells *cells); /* bytes of memory */

#endif
