// SPDX-License-Identifier: GPL-3.0-or-later
/* cells - a table of what does not fit into a cell, found by hashing. */
#include "datalog/cells.h"

#include <string.h>

#include "base/arena.h"
#include "base/memory.h"

#define TAG_BITS   2
#define TAG        ((1U << TAG_BITS) - 1)
#define NUMBER_MAX (INT64_MAX >> TAG_BITS)
#define NUMBER_MIN (INT64_MIN >> TAG_BITS)

enum tag { TAG_NUMBER, TAG_TEXT, TAG_REAL, TAG_OTHER };

struct kept {
    struct scalar scalar;
    uint64_t key;
    uint32_t hash;
};

struct cells {
    struct kept *kept;
    size_t count, room;
    uint32_t *slots; /* numbers of what is kept, from 1 on; 0: empty */
    size_t slot_count;
    struct arena *bytes;
};

struct cells *cells_new(void)
{
    struct cells *cells = memory_new(sizeof *cells);
    cells->bytes = arena_new();
    return cells;
}

void cells_free(struct cells *cells)
{
    if (!cells)
        return;
    arena_free(cells->bytes);
    free(cells->kept);
    free(cells->slots);
    free(cells);
}

size_t cells_size(const struct cells *cells)
{
    return arena_size(cells->bytes) + cells->room * sizeof *cells->kept +
           cells->slot_count * sizeof *cells->slots;
}

/* ---- what is kept ---- */

static bool has_bytes(const struct scalar *scalar)
{
    return scalar->kind == SCALAR_TEXT || scalar->kind == SCALAR_BLOB;
}

static uint32_t hash_of(const struct scalar *scalar) /* FNV-1a */
{
    const void *start = scalar->kind == SCALAR_REAL ? (const void *)&scalar->real
                                                    : (const void *)&scalar->number;
    const unsigned char *bytes =
        has_bytes(scalar) ? (const void *)scalar->bytes : start;
    size_t size = has_bytes(scalar) ? scalar->size : sizeof scalar->number;
    uint32_t hash = 2166136261U ^ (uint32_t)scalar->kind;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619;
    return hash ^ hash >> 15;
}

static bool is_same(const struct scalar *one, const struct scalar *other)
{
    if (one->kind != other->kind)
        return false;
    if (has_bytes(one))
        return one->size == other->size &&
               (one->size == 0 || memcmp(one->bytes, other->bytes, one->size) == 0);
    return one->kind == SCALAR_REAL
               ? memcmp(&one->real, &other->real, sizeof one->real) == 0
               : one->number == other->number;
}

/* Its slot, or the empty one where it would be. */
static uint32_t *find_slot(const struct cells *cells, const struct scalar *scalar,
                           uint32_t hash)
{
    size_t mask = cells->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &cells->slots[i];
        if (*slot == 0)
            return slot;
        const struct kept *kept = &cells->kept[*slot - 1];
        if (kept->hash == hash && is_same(&kept->scalar, scalar))
            return slot;
    }
}

static void make_room(struct cells *cells)
{
    if (cells->count < cells->room)
        return;
    cells->room = cells->room > 0 ? 2 * cells->room : 64;
    cells->kept = memory_resize(cells->kept, cells->room * sizeof *cells->kept);
    free(cells->slots);
    cells->slot_count = 2 * cells->room;
    cells->slots = memory_new(cells->slot_count * sizeof *cells->slots);
    for (size_t i = 0; i < cells->count; i++) {
        const struct kept *kept = &cells->kept[i];
        *find_slot(cells, &kept->scalar, kept->hash) = (uint32_t)i + 1;
    }
}

static uint64_t cell_of(const struct scalar *scalar, size_t place)
{
    static const enum tag tags[] = {
        [SCALAR_NUMBER] = TAG_OTHER,
        [SCALAR_REAL] = TAG_REAL,
        [SCALAR_TEXT] = TAG_TEXT,
        [SCALAR_BLOB] = TAG_OTHER,
    };
    return (uint64_t)place << TAG_BITS | tags[scalar->kind];
}

static bool is_small(const struct scalar *scalar)
{
    return scalar->kind == SCALAR_NUMBER && scalar->number >= NUMBER_MIN &&
           scalar->number <= NUMBER_MAX;
}

/* The integer that a real is equal to. */
static bool find_integer(const struct scalar *scalar, struct scalar *ret)
{
    bool is_whole = scalar->kind == SCALAR_REAL && scalar->real >= -0x1p63 &&
                    scalar->real < 0x1p63 &&
                    (double)(int64_t)scalar->real == scalar->real;
    if (is_whole)
        *ret = (struct scalar){.kind = SCALAR_NUMBER, .number = (int64_t)scalar->real};
    return is_whole;
}

static uint64_t keep(struct cells *cells, const struct scalar *scalar, uint32_t hash)
{
    struct scalar integer, copy = *scalar;
    bool has_integer = find_integer(scalar, &integer);
    uint64_t key = has_integer ? cells_put(cells, &integer) : 0;
    make_room(cells);
    if (has_bytes(scalar))
        copy.bytes = arena_copy(cells->bytes, scalar->bytes, scalar->size);
    uint64_t cell = cell_of(scalar, cells->count);
    uint32_t *slot = find_slot(cells, scalar, hash);
    cells->kept[cells->count++] = (struct kept){
        .scalar = copy,
        .key = has_integer ? key : cell,
        .hash = hash,
    };
    *slot = (uint32_t)cells->count;
    return cell;
}

uint64_t cells_put(struct cells *cells, const struct scalar *scalar)
{
    if (is_small(scalar))
        return (uint64_t)scalar->number << TAG_BITS;
    uint32_t hash = hash_of(scalar);
    uint32_t *slot = cells->slot_count > 0 ? find_slot(cells, scalar, hash) : NULL;
    return slot && *slot > 0 ? cell_of(scalar, *slot - 1) : keep(cells, scalar, hash);
}

/* ---- what it is ---- */

struct scalar cells_get(const struct cells *cells, uint64_t cell)
{
    if ((cell & TAG) == TAG_NUMBER)
        return (struct scalar){.number = (int64_t)cell >> TAG_BITS};
    return cells->kept[cell >> TAG_BITS].scalar;
}

uint64_t cells_kept_key(const struct cells *cells, uint64_t cell)
{
    return cells->kept[cell >> TAG_BITS].key;
}

bool cells_find_key(const struct cells *cells, const struct scalar *scalar,
                    uint64_t *ret)
{
    struct scalar integer;
    if (find_integer(scalar, &integer))
        scalar = &integer;
    if (is_small(scalar)) {
        *ret = (uint64_t)scalar->number << TAG_BITS;
        return true;
    }
    if (cells->slot_count == 0)
        return false;
    uint32_t slot = *find_slot(cells, scalar, hash_of(scalar));
    if (slot > 0)
        *ret = cell_of(scalar, slot - 1);
    return slot > 0;
}

/* ---- order ---- */

static int compare_numbers(const struct scalar *one, const struct scalar *other)
{
    if (one->kind == SCALAR_NUMBER && other->kind == SCALAR_NUMBER)
        return (one->number > other->number) - (one->number < other->number);
    long double left =
        one->kind == SCALAR_REAL ? (long double)one->real : (long double)one->number;
    long double right = other->kind == SCALAR_REAL ? (long double)other->real
                                                   : (long double)other->number;
    return (left > right) - (left < right);
}

static int compare_bytes(const struct scalar *one, const struct scalar *other)
{
    size_t size = one->size < other->size ? one->size : other->size;
    int order = size > 0 ? memcmp(one->bytes, other->bytes, size) : 0;
    return order != 0 ? order : (one->size > other->size) - (one->size < other->size);
}

int cells_compare(const struct cells *cells, uint64_t one, uint64_t other)
{
    static const int places[] = {
        [SCALAR_NUMBER] = 0, [SCALAR_REAL] = 0, [SCALAR_TEXT] = 1, [SCALAR_BLOB] = 2};
    struct scalar left = cells_get(cells, one), right = cells_get(cells, other);
    if (places[left.kind] != places[right.kind])
        return places[left.kind] - places[right.kind];
    return has_bytes(&left) ? compare_bytes(&left, &right)
                            : compare_numbers(&left, &right);
}
