// SPDX-License-Identifier: GPL-3.0-or-later
/* ids - sorted by their ends, those that have most in common stand side by side. */
#include "look/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void ids_clear(struct ids *ids)
{
    free(ids->items);
    *ids = (struct ids){0};
}

void ids_add(struct ids *ids, const char *id)
{
    if ((ids->count & (ids->count + 1)) == 0)
        ids->items =
            memory_resize(ids->items, (ids->count * 2 + 1) * sizeof *ids->items);
    ids->items[ids->count++] = id;
}

/* Characters at the end that both have. */
static size_t common_tail(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b), common = 0;
    while (common < a_length && common < b_length &&
           a[a_length - 1 - common] == b[b_length - 1 - common])
        common++;
    return common;
}

static int compare_tails(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    size_t common = common_tail(a, b), a_length = strlen(a), b_length = strlen(b);
    int from_a = common < a_length ? a[a_length - 1 - common] : -1;
    int from_b = common < b_length ? b[b_length - 1 - common] : -1;
    return (from_a > from_b) - (from_a < from_b);
}

size_t ids_tail_length(const struct ids *ids)
{
    size_t length = IDS_TAIL_MIN;
    if (ids->count > 1)
        qsort(ids->items, ids->count, sizeof *ids->items, compare_tails);
    for (size_t i = 1; i < ids->count; i++) {
        const char *a = ids->items[i - 1], *b = ids->items[i];
        size_t common = common_tail(a, b);
        if (strcmp(a, b) != 0 && common >= length)
            length = common + 1;
    }
    return length;
}

const char *id_tail(const char *id, size_t length)
{
    size_t whole = strlen(id);
    return whole > length ? id + whole - length : id;
}
