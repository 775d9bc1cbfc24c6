// SPDX-License-Identifier: GPL-3.0-or-later
/* rowset - tables of row numbers beside the rows, with open addressing: what is looked
 * up most is two reads of memory away. */
#include "datalog/rowset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ROWS_MAX   (UINT32_MAX - 1)
#define ROOM_FIRST 64

/* The rows of one key; numbers from 1 on, 0: none. */
struct chain {
    uint32_t first, last;
};

struct rowset_index {
    const struct rowset *rowset;
    uint32_t columns;
    size_t places[ROWSET_COLUMNS_MAX]; /* the same, one after the other */
    size_t place_count;
    bool is_whole; /* all columns are: the slots serve */
    struct chain *chains;
    size_t chain_count, used;
    uint32_t *next; /* of each row, likewise */
    size_t room;
    size_t count; /* rows that are in it */
    struct rowset_index *other;
};

struct rowset {
    const struct cells *cells;
    size_t columns, width;
    uint64_t *rows;
    size_t count, room;
    uint32_t *slots;
    size_t slot_count;
    struct rowset_index *indexes;
    uint32_t *sorted; /* NULL: nobody asked */
};

struct rowset *rowset_new(const struct cells *cells, size_t columns, size_t width)
{
    struct rowset *rowset = memory_new(sizeof *rowset);
    *rowset = (struct rowset){.cells = cells, .columns = columns, .width = width};
    return rowset;
}

void rowset_free(struct rowset *rowset)
{
    if (!rowset)
        return;
    for (struct rowset_index *index = rowset->indexes; index;) {
        struct rowset_index *other = index->other;
        free(index->chains);
        free(index->next);
        free(index);
        index = other;
    }
    free(rowset->rows);
    free(rowset->slots);
    free(rowset->sorted);
    free(rowset);
}

size_t rowset_count(const struct rowset *rowset)
{
    return rowset->count;
}

size_t rowset_size(const struct rowset *rowset)
{
    size_t size = rowset->room * rowset->width * sizeof *rowset->rows +
                  rowset->slot_count * sizeof *rowset->slots +
                  (rowset->sorted ? rowset->count * sizeof *rowset->sorted : 0);
    for (const struct rowset_index *index = rowset->indexes; index;
         index = index->other)
        size += index->chain_count * sizeof *index->chains +
                index->room * sizeof *index->next;
    return size;
}

const uint64_t *rowset_get(const struct rowset *rowset, size_t row)
{
    return rowset->rows + row * rowset->width;
}

static uint64_t mix(uint64_t hash, uint64_t key)
{
    hash = (hash ^ key) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* ---- each row once ---- */

static uint64_t hash_row(const struct rowset *rowset, const uint64_t *row)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < rowset->columns; i++)
        hash = mix(hash, cells_key(rowset->cells, row[i]));
    return hash;
}

static bool is_same_row(const struct rowset *rowset, const uint64_t *one,
                        const uint64_t *other)
{
    for (size_t i = 0; i < rowset->columns; i++)
        if (one[i] != other[i] &&
            cells_key(rowset->cells, one[i]) != cells_key(rowset->cells, other[i]))
            return false;
    return true;
}

/* Its slot, or the empty one where it would be. */
static uint32_t *find_slot(const struct rowset *rowset, const uint64_t *row)
{
    size_t mask = rowset->slot_count - 1;
    size_t i = hash_row(rowset, row) & mask;
    while (rowset->slots[i] > 0 &&
           !is_same_row(rowset, rowset_get(rowset, rowset->slots[i] - 1), row))
        i = (i + 1) & mask;
    return &rowset->slots[i];
}

static void add_slots(struct rowset *rowset)
{
    size_t count = rowset->slot_count > 0 ? 2 * rowset->slot_count : 2 * ROOM_FIRST;
    free(rowset->slots);
    rowset->slots = memory_new(count * sizeof *rowset->slots);
    rowset->slot_count = count;
    for (size_t row = 0; row < rowset->count; row++) {
        size_t i = hash_row(rowset, rowset_get(rowset, row)) & (count - 1);
        while (rowset->slots[i] > 0)
            i = (i + 1) & (count - 1);
        rowset->slots[i] = (uint32_t)row + 1;
    }
}

static void make_room(struct rowset *rowset)
{
    if (2 * rowset->count >= rowset->slot_count)
        add_slots(rowset);
    if (rowset->count < rowset->room)
        return;
    rowset->room = rowset->room > 0 ? 2 * rowset->room : ROOM_FIRST;
    rowset->rows = memory_resize(rowset->rows,
                                 rowset->room * rowset->width * sizeof *rowset->rows);
}

int rowset_add(struct rowset *rowset, const uint64_t *row)
{
    make_room(rowset);
    uint32_t *slot = find_slot(rowset, row);
    if (*slot > 0)
        return 0;
    if (rowset->count == ROWS_MAX)
        return -ENOSPC;
    memcpy(rowset->rows + rowset->count * rowset->width, row,
           rowset->width * sizeof *row);
    *slot = (uint32_t)++rowset->count;
    return 1;
}

/* ---- by some columns ---- */

static uint64_t hash_keys(const struct rowset_index *index, const uint64_t *keys)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < index->place_count; i++)
        hash = mix(hash, keys[i]);
    return hash;
}

static void read_keys(const struct rowset_index *index, size_t row, uint64_t *ret)
{
    const uint64_t *cells = rowset_get(index->rowset, row);
    for (size_t i = 0; i < index->place_count; i++)
        ret[i] = cells_key(index->rowset->cells, cells[index->places[i]]);
}

static bool has_keys(const struct rowset_index *index, size_t row, const uint64_t *keys)
{
    const uint64_t *cells = rowset_get(index->rowset, row);
    for (size_t i = 0; i < index->place_count; i++)
        if (cells_key(index->rowset->cells, cells[index->places[i]]) != keys[i])
            return false;
    return true;
}

/* The keys' chain, or the empty place where it would be. */
static struct chain *find_chain(const struct rowset_index *index, const uint64_t *keys)
{
    size_t mask = index->chain_count - 1;
    size_t i = hash_keys(index, keys) & mask;
    while (index->chains[i].first > 0 &&
           !has_keys(index, index->chains[i].first - 1, keys))
        i = (i + 1) & mask;
    return &index->chains[i];
}

static void add_chains(struct rowset_index *index)
{
    struct chain *old = index->chains;
    size_t count = index->chain_count;
    uint64_t keys[ROWSET_COLUMNS_MAX];
    index->chain_count = count > 0 ? 2 * count : ROOM_FIRST;
    index->chains = memory_new(index->chain_count * sizeof *index->chains);
    for (size_t i = 0; i < count; i++) {
        if (old[i].first == 0)
            continue;
        read_keys(index, old[i].first - 1, keys);
        *find_chain(index, keys) = old[i];
    }
    free(old);
}

static void index_row(struct rowset_index *index, size_t row)
{
    uint64_t keys[ROWSET_COLUMNS_MAX];
    if (2 * index->used >= index->chain_count)
        add_chains(index);
    read_keys(index, row, keys);
    struct chain *chain = find_chain(index, keys);
    uint32_t number = (uint32_t)row + 1;
    index->next[row] = 0;
    if (chain->first > 0)
        index->next[chain->last - 1] = number;
    else
        index->used++;
    chain->first = chain->first > 0 ? chain->first : number;
    chain->last = number;
}

static void catch_up(struct rowset_index *index)
{
    const struct rowset *rowset = index->rowset;
    if (index->room < rowset->room) {
        index->room = rowset->room;
        index->next = memory_resize(index->next, index->room * sizeof *index->next);
    }
    while (index->count < rowset->count)
        index_row(index, index->count++);
}

static struct rowset_index *add_index(struct rowset *rowset, uint32_t columns)
{
    struct rowset_index *index = memory_new(sizeof *index);
    index->rowset = rowset;
    index->columns = columns;
    for (size_t i = 0; i < rowset->columns && i < ROWSET_COLUMNS_MAX; i++)
        if (columns & UINT32_C(1) << i)
            index->places[index->place_count++] = i;
    index->is_whole = index->place_count == rowset->columns;
    index->other = rowset->indexes;
    rowset->indexes = index;
    return index;
}

static struct rowset_index *find_index(const struct rowset *rowset, uint32_t columns)
{
    struct rowset_index *index = rowset->indexes;
    while (index && index->columns != columns)
        index = index->other;
    return index;
}

struct rowset_index *rowset_index(struct rowset *rowset, uint32_t columns)
{
    struct rowset_index *index = find_index(rowset, columns);
    if (!index)
        index = add_index(rowset, columns);
    if (!index->is_whole)
        catch_up(index);
    return index;
}

static size_t place_of(uint32_t number)
{
    return number > 0 ? number - 1 : ROWSET_NONE;
}

size_t rowset_first(const struct rowset_index *index, const uint64_t *keys)
{
    if (index->rowset->count == 0)
        return ROWSET_NONE;
    return place_of(index->is_whole ? *find_slot(index->rowset, keys)
                                    : find_chain(index, keys)->first);
}

size_t rowset_next(const struct rowset_index *index, size_t row)
{
    return index->is_whole ? ROWSET_NONE : place_of(index->next[row]);
}

/* ---- how many ---- */

#define SAMPLE   64
#define FEW_ROWS 10 /* that a key has which no two rows of the sample have in common */

static size_t count_pairs(const uint64_t *hashes, size_t count)
{
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            pairs += hashes[i] == hashes[j];
    return pairs;
}

/* Rows here and there: not at even steps, which rows in some order may follow too. */
static double sample(const struct rowset *rowset, uint32_t columns)
{
    uint64_t hashes[SAMPLE];
    for (size_t i = 0; i < SAMPLE; i++) {
        size_t row = i * rowset->count / SAMPLE;
        row += mix(i, row) % (rowset->count / SAMPLE);
        const uint64_t *cells = rowset_get(rowset, row);
        hashes[i] = 0;
        for (size_t j = 0; j < rowset->columns && j < ROWSET_COLUMNS_MAX; j++)
            if (columns & UINT32_C(1) << j)
                hashes[i] = mix(hashes[i], cells_key(rowset->cells, cells[j]));
    }
    double pairs = (double)count_pairs(hashes, SAMPLE);
    double most = (double)rowset->count, all = SAMPLE * (SAMPLE - 1) / 2.0;
    return pairs > 0 ? most * pairs / all : most > FEW_ROWS ? FEW_ROWS : most;
}

double rowset_expect(const struct rowset *rowset, uint32_t columns)
{
    const struct rowset_index *index = find_index(rowset, columns);
    if (index && index->used > 0)
        return (double)index->count / (double)index->used;
    return rowset->count < SAMPLE ? 1 : sample(rowset, columns);
}

/* ---- in order ---- */

static int compare_rows(const void *one, const void *other, void *context)
{
    const struct rowset *rowset = context;
    const uint64_t *left = rowset_get(rowset, *(const uint32_t *)one);
    const uint64_t *right = rowset_get(rowset, *(const uint32_t *)other);
    int order = 0;
    for (size_t i = 0; order == 0 && i < rowset->columns; i++)
        order =
            left[i] == right[i] ? 0 : cells_compare(rowset->cells, left[i], right[i]);
    return order;
}

const uint32_t *rowset_sort(struct rowset *rowset)
{
    if (rowset->sorted)
        return rowset->sorted;
    rowset->sorted = memory_new((rowset->count + 1) * sizeof *rowset->sorted);
    for (size_t i = 0; i < rowset->count; i++)
        rowset->sorted[i] = (uint32_t)i;
    qsort_r(rowset->sorted, rowset->count, sizeof *rowset->sorted, compare_rows,
            rowset);
    return rowset->sorted;
}
