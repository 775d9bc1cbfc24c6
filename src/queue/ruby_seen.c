// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_seen - a table at most half full: a hash stands at its place, or at the next
 * that is free. 0 marks a free one, and is never a fingerprint of practice. */
#include "queue/ruby_seen.h"

#include <stdlib.h>

#include "base/memory.h"

#define ROOM_MIN 256 /* a power of two, as each room */

struct ruby_seen {
    uint64_t *hashes;
    size_t room, count;
};

struct ruby_seen *ruby_seen_new(void)
{
    struct ruby_seen *seen = memory_new(sizeof *seen);
    seen->room = ROOM_MIN;
    seen->hashes = memory_new(seen->room * sizeof *seen->hashes);
    return seen;
}

void ruby_seen_free(struct ruby_seen *seen)
{
    if (!seen)
        return;
    free(seen->hashes);
    free(seen);
}

/* Where it stands, or would. */
static uint64_t *slot_of(const struct ruby_seen *seen, uint64_t hash)
{
    size_t at = hash & (seen->room - 1);
    while (seen->hashes[at] != 0 && seen->hashes[at] != hash)
        at = (at + 1) & (seen->room - 1);
    return &seen->hashes[at];
}

bool ruby_seen_has(const struct ruby_seen *seen, uint64_t hash)
{
    return *slot_of(seen, hash) == hash;
}

static void grow(struct ruby_seen *seen)
{
    struct ruby_seen before = *seen;
    seen->room *= 2;
    seen->hashes = memory_new(seen->room * sizeof *seen->hashes);
    for (size_t i = 0; i < before.room; i++)
        if (before.hashes[i] != 0)
            *slot_of(seen, before.hashes[i]) = before.hashes[i];
    free(before.hashes);
}

void ruby_seen_add(struct ruby_seen *seen, uint64_t hash)
{
    uint64_t *slot = slot_of(seen, hash);
    if (*slot == hash)
        return;
    *slot = hash;
    if (++seen->count * 2 > seen->room)
        grow(seen);
}
