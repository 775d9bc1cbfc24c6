// SPDX-License-Identifier: GPL-3.0-or-later
/* memory - the heap. Running out of it ends the program: what comes in is bounded at
 * the door, so it means that the machine has none left. What is returned is freed by
 * free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "base/compiler.h"

void *memory_new(size_t size) MUST_USE; /* all zero */
void *memory_resize(void *memory, size_t size) MUST_USE;

/* A copy of size bytes with a NUL behind it. */
char *memory_copy(const void *bytes, size_t size) MUST_USE;

char *text_copy(const char *text) MUST_USE; /* NULL stays NULL */
char *text_format(const char *format, ...) MUST_USE PRINTF(1, 2);

#endif
