// SPDX-License-Identifier: GPL-3.0-or-later
/* arena - a list of blocks, each twice as large as the one before, up to a bound; the
 * newest is filled from its beginning. What is large gets a block of its own. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define BLOCK_FIRST ((size_t)1 << 12)
#define BLOCK_MAX   ((size_t)1 << 20)
#define ALIGNMENT   alignof(max_align_t)
#define FIRST_ROOM  4 /* items of an array */

struct block {
    struct block *next;
    size_t room, used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest;
    size_t size;
};

struct arena *arena_new(void)
{
    return memory_new(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->newest; block;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

static struct block *block_new(size_t room)
{
    struct block *block = memory_new(sizeof *block + room);
    block->room = room;
    return block;
}

/* One that takes what does not fit into the newest, which goes on being filled. */
static void *take_alone(struct arena *arena, size_t size)
{
    struct block *block = block_new(size);
    block->used = size;
    block->next = arena->newest->next;
    arena->newest->next = block;
    return block->bytes;
}

static struct block *next_block(struct arena *arena, size_t size)
{
    size_t room = arena->newest ? arena->newest->room * 2 : BLOCK_FIRST;
    room = room > BLOCK_MAX ? BLOCK_MAX : room;
    struct block *block = block_new(room > size ? room : size);
    block->next = arena->newest;
    arena->newest = block;
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    assert(size <= SIZE_MAX / 2);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    arena->size += size;
    struct block *block = arena->newest;
    if (!block || block->room - block->used < size) {
        if (block && size > BLOCK_MAX / 4)
            return take_alone(arena, size);
        block = next_block(arena, size);
    }
    void *taken = block->bytes + block->used;
    block->used += size;
    return taken;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = arena_take(arena, size + 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    assert(length >= 0);

    char *text = arena_take(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

/* An array has room for as many as the next power of two says. *items is an array of
 * pointers to whatever type, so it is read and written as bytes. */
void arena_push(struct arena *arena, void ***items, size_t *count, void *item)
{
    void **array;
    memcpy(&array, items, sizeof array);
    bool is_full =
        *count == 0 || (*count >= FIRST_ROOM && (*count & (*count - 1)) == 0);
    if (is_full) {
        size_t room = *count == 0 ? FIRST_ROOM : *count * 2;
        void **larger = arena_take(arena, room * sizeof *larger);
        if (*count > 0)
            memcpy(larger, array, *count * sizeof *larger);
        memcpy(items, &larger, sizeof larger);
        array = larger;
    }
    memcpy(&array[(*count)++], &item, sizeof item);
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}
