// SPDX-License-Identifier: GPL-3.0-or-later
/* segments - a sorted array; looked through from its end, where most happens. */
#include "queue/segments.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool place_is_before(struct place a, struct place b)
{
    return a.segment != b.segment ? a.segment < b.segment : a.offset < b.offset;
}

void segments_add(struct segments *segments, uint64_t number, uint64_t end)
{
    if ((segments->count & (segments->count + 1)) == 0)
        segments->items = memory_resize(segments->items, (segments->count * 2 + 1) *
                                                             sizeof *segments->items);
    segments->items[segments->count++] = (struct segment){.number = number, .end = end};
    segments->size += end;
}

struct segment segments_take_first(struct segments *segments)
{
    assert(segments->count > 0);
    struct segment first = segments->items[0];
    segments->count--;
    memmove(segments->items, segments->items + 1,
            segments->count * sizeof *segments->items);
    segments->size -= first.end;
    return first;
}

void segments_clear(struct segments *segments)
{
    free(segments->items);
    *segments = (struct segments){0};
}

struct segment *segments_find(const struct segments *segments, uint64_t number)
{
    for (size_t i = segments->count; i > 0; i--)
        if (segments->items[i - 1].number == number)
            return &segments->items[i - 1];
    return NULL;
}

void segments_extend(struct segments *segments, struct place start, uint64_t size)
{
    struct segment *segment = segments_find(segments, start.segment);
    if (!segment) {
        segments_add(segments, start.segment, start.offset + size);
        return;
    }
    segment->end += size;
    segments->size += size;
}

void segments_cut(struct segments *segments, struct place at)
{
    struct segment *segment = segments_find(segments, at.segment);
    assert(segment);
    segments->size -= segment->end - at.offset;
    segment->end = at.offset;
    segment->is_damaged = true;
}

struct place segments_end(const struct segments *segments, struct place fallback)
{
    if (segments->count == 0)
        return fallback;
    const struct segment *last = &segments->items[segments->count - 1];
    return (struct place){last->number, last->end};
}

struct place segments_pass(const struct segments *segments, struct place at)
{
    const struct segment *here = segments_find(segments, at.segment);
    if (here && at.offset < here->end)
        return at;
    for (size_t i = 0; i < segments->count; i++)
        if (segments->items[i].number > at.segment)
            return (struct place){segments->items[i].number, SEGMENT_START};
    return at;
}
