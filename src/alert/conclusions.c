// SPDX-License-Identifier: GPL-3.0-or-later
/* conclusions - an array that grows by doubling. */
#include "alert/conclusions.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void conclusion_clear(struct conclusion *conclusion)
{
    free(conclusion->host);
    free(conclusion->tag);
    free(conclusion->severity);
    free(conclusion->text);
    free(conclusion->why);
    free(conclusion->lines);
}

void conclusions_clear(struct conclusions *conclusions)
{
    for (size_t i = 0; i < conclusions->count; i++)
        conclusion_clear(&conclusions->items[i]);
    free(conclusions->items);
    *conclusions = (struct conclusions){0};
}

static struct conclusion *push(struct conclusions *conclusions, struct conclusion row)
{
    if (conclusions->count == conclusions->room) {
        conclusions->room = conclusions->room ? conclusions->room * 2 : 16;
        conclusions->items = memory_resize(
            conclusions->items, conclusions->room * sizeof *conclusions->items);
    }
    conclusions->items[conclusions->count] = row;
    return &conclusions->items[conclusions->count++];
}

struct conclusion *conclusions_add(struct conclusions *conclusions, const char *host,
                                   const char *tag, const char *severity,
                                   const char *text)
{
    return push(conclusions, (struct conclusion){.host = text_copy(host),
                                                 .tag = text_copy(tag),
                                                 .severity = text_copy(severity),
                                                 .text = text_copy(text)});
}

void conclusions_add_all(struct conclusions *from, struct conclusions *to)
{
    for (size_t i = 0; i < from->count; i++) {
        push(to, from->items[i]);
        from->items[i] = (struct conclusion){0};
    }
    conclusions_clear(from);
}

static int compare(const void *left, const void *right)
{
    const struct conclusion *one = left, *other = right;
    int order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    if (order == 0)
        order = strcmp(one->severity, other->severity);
    return order ? order : strcmp(one->text, other->text);
}

void conclusions_sort(struct conclusions *conclusions)
{
    if (conclusions->count > 0)
        qsort(conclusions->items, conclusions->count, sizeof *conclusions->items,
              compare);
}

struct conclusion *conclusions_find(const struct conclusions *conclusions,
                                    const struct conclusion *like)
{
    return conclusions->count > 0
               ? bsearch(like, conclusions->items, conclusions->count,
                         sizeof *conclusions->items, compare)
               : NULL;
}

void conclusions_move(struct conclusions *from, struct conclusions *to,
                      bool (*is_kept)(void *context,
                                      const struct conclusion *conclusion),
                      void *context)
{
    for (size_t i = 0; i < from->count; i++)
        if (is_kept(context, &from->items[i])) {
            push(to, from->items[i]);
            from->items[i] = (struct conclusion){0};
        }
    conclusions_clear(from);
}
