// SPDX-License-Identifier: GPL-3.0-or-later
/* series - a line each: what it is, how much, and how long ago. */
#include "look/series.h"

#include <jansson.h>
#include <stddef.h>

#include "look/fetch.h"
#include "look/value.h"
#include "look/when.h"

static const struct table_column columns[] = {
    {"NAME", false}, {"VALUE", true}, {"WHEN", false}, {NULL, false}};

struct table *series_table(const struct json_t *list, int64_t now)
{
    struct table *rows = table_new(columns);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *reading = json_array_get(list, i);
        char value[VALUE_TEXT_SIZE], ago[WHEN_TEXT_SIZE];
        value_format(json_number_value(json_object_get(reading, "value")),
                     fetched_text(reading, "unit"), value);
        table_add(rows, PAINT_NONE, fetched_text(reading, "name"));
        table_add(rows, PAINT_NONE, value);
        table_add(rows, PAINT_NONE, when_ago(fetched_time(reading, "time"), now, ago));
    }
    return rows;
}
