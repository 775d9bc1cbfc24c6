// SPDX-License-Identifier: GPL-3.0-or-later
/* arena - memory that is taken piece by piece and given back all at once.
 *
 * For what is built up, is read, and goes as a whole: a tree of a text. Pieces do not
 * move; there is no way to give one back. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */
AUTO_DEFINE(arena)

/* size bytes, all zero, aligned for any type. */
void *arena_take(struct arena *arena, size_t size) MUST_USE;

/* A copy of size bytes with a NUL behind it; of a text; of a text that is formatted. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size) MUST_USE;
char *arena_text(struct arena *arena, const char *text) MUST_USE;
char *arena_format(struct arena *arena, const char *format, ...) MUST_USE PRINTF(2, 3);

/* Appends item to an array of count items of pointers; the array grows by doubling,
 * *items moves. Only for one that was built so from its first item on: items NULL,
 * count 0. */
void arena_push(struct arena *arena, void ***items, size_t *count, void *item);

size_t arena_size(const struct arena *arena); /* bytes taken so far */

#endif
