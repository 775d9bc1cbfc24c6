// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_place - how far a list was read that others push onto, trim, delete and begin
 * anew: the number of its entries that were read, counted from the oldest, and the
 * fingerprints of the last of them, by which the place is found again.
 *
 *     newest                                  oldest
 *     LINDEX 0                                LINDEX -1
 *     [ new ] [ new ] [ seen ] [ seen ] [ … ] [ read ]
 *                     └──── window ───┘ count ──────┘
 *
 * Comes from, goes to: ruby.c, and as text the store. */
#ifndef QUEUE_RUBY_PLACE_H
#define QUEUE_RUBY_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define RUBY_WINDOW 32

/* The entry's text, and how many of the same text came shortly before it: so that two
 * runs that went the same way in the same second are two. */
struct ruby_print {
    uint64_t hash;
    unsigned occurrence;
};

struct ruby_place {
    int64_t count;                         /* entries read */
    struct ruby_print window[RUBY_WINDOW]; /* of the last of them, the newest last */
    size_t known;                          /* of those; never more than count */
};

uint64_t ruby_hash(const char *text, size_t size);

/* Another entry was read. Returns its occurrence. */
unsigned ruby_place_add(struct ruby_place *place, uint64_t hash);

/* Whether the last entry read is hashes[0], and the ones before it are those that
 * follow, as far as both reach. */
bool ruby_place_is_at(const struct ruby_place *place, const uint64_t *hashes,
                      size_t count);

/* It is known that so many entries of what is there now were read. */
void ruby_place_move(struct ruby_place *place, int64_t count);

/* Text that is none, or NULL, is the beginning. */
void ruby_place_parse(const char *text, struct ruby_place *ret);
char *ruby_place_format(const struct ruby_place *place) MUST_USE; /* to be freed */

#endif
