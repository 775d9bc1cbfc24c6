// SPDX-License-Identifier: GPL-3.0-or-later
/* suggest - the distance is Damerau and Levenshtein's, in its optimal string alignment
 * form: three rows of the table are enough. */
#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 40

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = min(change, min(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_length];
}

const char *suggest(const char *typed, const char *const *known)
{
    size_t length = strlen(typed);
    if (length > WORD_MAX)
        return NULL;
    size_t best = min((length + 2) / 3, 3) + 1;
    const char *nearest = NULL;
    for (; *known; known++) {
        size_t far = strlen(*known) > WORD_MAX ? best : distance(typed, *known);
        if (far < best) {
            best = far;
            nearest = *known;
        }
    }
    return nearest;
}

const char *suggest_text(const char *typed, const char *const *known, char ret[],
                         size_t size)
{
    const char *nearest = suggest(typed, known);
    if (nearest)
        snprintf(ret, size, "; did you mean %s?", nearest);
    else
        ret[0] = '\0';
    return ret;
}
