// SPDX-License-Identifier: GPL-3.0-or-later
/* kept - an array, the one that was used last first: there are few. */
#include "datalog/kept.h"

#include <string.h>

#include "base/memory.h"

struct item {
    char *key;
    size_t size;
    struct keeping keeping;
};

struct kept {
    size_t room, count;
    struct item items[];
};

void keeping_clear(struct keeping *keeping)
{
    evaluation_free(keeping->evaluation);
    program_free(keeping->program);
    *keeping = (struct keeping){0};
}

static void clear_item(struct item *item)
{
    free(item->key);
    keeping_clear(&item->keeping);
}

struct kept *kept_new(struct sqlite3 *db, size_t room)
{
    evaluation_guard(db);
    struct kept *kept = memory_new(sizeof *kept + room * sizeof *kept->items);
    kept->room = room;
    return kept;
}

void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    for (size_t i = 0; i < kept->count; i++)
        clear_item(&kept->items[i]);
    free(kept);
}

bool kept_take(struct kept *kept, const char *key, size_t size, struct keeping *ret)
{
    for (size_t i = 0; kept && i < kept->count; i++) {
        struct item *item = &kept->items[i];
        if (item->size != size || memcmp(item->key, key, size) != 0)
            continue;
        *ret = item->keeping;
        free(item->key);
        kept->count--;
        memmove(item, item + 1, (kept->count - i) * sizeof *item);
        return true;
    }
    return false;
}

void kept_put(struct kept *kept, const char *key, size_t size, struct keeping *keeping)
{
    AUTO(keeping) struct keeping taken = *keeping;
    *keeping = (struct keeping){0};
    if (!kept || !taken.evaluation || !evaluation_rest(taken.evaluation))
        return;
    if (kept->count == kept->room)
        clear_item(&kept->items[--kept->count]);
    memmove(kept->items + 1, kept->items, kept->count++ * sizeof *kept->items);
    kept->items[0] = (struct item){memory_copy(key, size), size, taken};
    taken = (struct keeping){0};
}
