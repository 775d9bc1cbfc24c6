// SPDX-License-Identifier: GPL-3.0-or-later
/* suggest - "did you mean …?" */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* The known word nearest to the one that was typed, or NULL when none is near. The
 * words end with NULL. Near: at most a third of the letters typed, rounded up, and
 * never more than three were added, dropped, changed or swapped with a neighbour. */
const char *suggest(const char *typed, const char *const *known);

/* "; did you mean NAME?", or "" when suggest() finds none. */
const char *suggest_text(const char *typed, const char *const *known, char ret[],
                         size_t size);

#endif
