// SPDX-License-Identifier: GPL-3.0-or-later
/* segments - which files the journal has, and how far each is on disk.
 *
 * Comes from: journal.h.  Goes to: embedded.c. */
#ifndef QUEUE_SEGMENTS_H
#define QUEUE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"

#define SEGMENT_START 24 /* offset of a segment's first record */

/* Between two records of the journal. */
struct place {
    uint64_t segment, offset;
};

bool place_is_before(struct place a, struct place b);

/* One file of the journal. */
struct segment {
    uint64_t number; /* from 1 on */
    uint64_t end;    /* offset behind its last record */
    bool is_damaged; /* behind its end */
};

struct segments {
    struct segment *items; /* by number */
    size_t count;
    uint64_t size; /* bytes of all of them, as far as they are good */
};

void segments_add(struct segments *segments, uint64_t number, uint64_t end);
struct segment segments_take_first(struct segments *segments); /* there must be one */
void segments_clear(struct segments *segments);
AUTO_DEFINE_CLEAR(segments)

struct segment *segments_find(const struct segments *segments, uint64_t number);

/* A record of size bytes is on disk: at the end of a segment, or first in a new one. */
void segments_extend(struct segments *segments, struct place start, uint64_t size);

/* What stands behind the place is damaged, and does not count. */
void segments_cut(struct segments *segments, struct place at);

/* Behind all records; fallback where there is no segment. */
struct place segments_end(const struct segments *segments, struct place fallback);

/* The same place; or where that is the end of a segment and there is a later one, the
 * start of that. */
struct place segments_pass(const struct segments *segments, struct place at);

#endif
