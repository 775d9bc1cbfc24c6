// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_median - dl_median, an aggregate: the number in the middle, of an even count
 * the lesser of both, so that it is always one that is there. They are kept until the
 * last has come, and sorted. */
#include <stdbool.h>
#include <stdlib.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "datalog/functors.h"
#include "datalog/functors_parts.h"

struct number {
    bool is_real;
    int64_t integer;
    double real; /* of an integer about the same */
};

struct numbers {
    struct number *items;
    size_t count, room;
};

static void step(sqlite3_context *context, int count UNUSED, sqlite3_value **args)
{
    struct numbers *numbers = sqlite3_aggregate_context(context, sizeof *numbers);
    int type = sqlite3_value_type(args[0]);
    if (!numbers || type == SQLITE_NULL)
        return;
    if (numbers->count == numbers->room) {
        numbers->room = numbers->room ? numbers->room * 2 : 32;
        numbers->items =
            memory_resize(numbers->items, numbers->room * sizeof *numbers->items);
    }
    numbers->items[numbers->count++] =
        (struct number){.is_real = type == SQLITE_FLOAT,
                        .integer = sqlite3_value_int64(args[0]),
                        .real = sqlite3_value_double(args[0])};
}

static int compare(const void *left, const void *right)
{
    const struct number *one = left, *other = right;
    if (!one->is_real && !other->is_real)
        return (one->integer > other->integer) - (one->integer < other->integer);
    return (one->real > other->real) - (one->real < other->real);
}

static void end(sqlite3_context *context)
{
    struct numbers *numbers = sqlite3_aggregate_context(context, 0);
    if (!numbers || numbers->count == 0)
        return;
    qsort(numbers->items, numbers->count, sizeof *numbers->items, compare);
    const struct number *middle = &numbers->items[(numbers->count - 1) / 2];
    if (middle->is_real)
        sqlite3_result_double(context, middle->real);
    else
        sqlite3_result_int64(context, middle->integer);
    free(numbers->items);
}

int functors_register_median(sqlite3 *db)
{
    return sqlite3_create_function(db, "dl_median", 1, SQLITE_UTF8, NULL, NULL, step,
                                   end);
}
