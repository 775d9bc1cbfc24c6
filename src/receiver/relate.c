// SPDX-License-Identifier: GPL-3.0-or-later
/* relate - each whole is an epoch of its own, in the order of the clock. */
#include "receiver/relate.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "monitor/lines.h"

/* Later than every one before, of all receivers. */
static int64_t next_epoch(void)
{
    static _Atomic int64_t last;
    int64_t before = atomic_load(&last), next;
    do {
        next = clock_now();
        next = next > before ? next : before + 1;
    } while (!atomic_compare_exchange_weak(&last, &before, next));
    return next;
}

/* ---- rows ---- */

static int read_values(const struct relation *relation, const struct row *row,
                       char *values[RELATION_COLUMNS_MAX], struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        if (row->values[i])
            rc = column_value(column->type, row->values[i], &values[i], err);
        if (rc < 0)
            rc = error_prefix(err, rc, "%s.%s", relation->name, column->name);
    }
    return rc;
}

static int add_row(const struct relation *relation, const struct row *row,
                   struct rows *ret, struct error *err)
{
    char *values[RELATION_COLUMNS_MAX] = {0};
    int rc = read_values(relation, row, values, err);
    if (rc == 0)
        rows_add(ret, relation->count, (const char *const *)values);
    for (size_t i = 0; i < relation->count; i++)
        free(values[i]);
    return rc;
}

static int add_rows(const struct relating *relating, struct rows *ret,
                    struct error *err)
{
    const struct relation *relation = relating->relation;
    int rc = 0;
    if (relating->rows->count > 0 && relating->rows->width != relation->count)
        return error_set(err, -EINVAL, "%s: found %zu values, expected %zu",
                         relation->name, relating->rows->width, relation->count);
    for (size_t i = 0; rc == 0 && i < relating->rows->count; i++)
        rc = add_row(relation, &relating->rows->items[i], ret, err);
    return rc;
}

/* ---- the rows that stay ---- */

static bool has_key(const struct relation *relation)
{
    for (size_t i = 0; i < relation->count; i++)
        if (relation->columns[i].is_key)
            return true;
    return false;
}

static bool is_same_value(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

static bool is_same_key(const struct relation *relation, const struct row *one,
                        const char *const *other)
{
    bool keyed = has_key(relation);
    for (size_t i = 0; i < relation->count; i++)
        if ((relation->columns[i].is_key || !keyed) &&
            !is_same_value(one->values[i], other[i]))
            return false;
    return true;
}

/* What is there, but for what was said anew. */
struct merge {
    const struct relation *relation;
    const struct rows *fresh;
    struct rows kept;
};

static void merge_clear(struct merge *merge)
{
    rows_clear(&merge->kept);
}
AUTO_DEFINE_CLEAR(merge)

static void keep(struct merge *merge, const char *const *values)
{
    for (size_t i = 0; i < merge->fresh->count; i++)
        if (is_same_key(merge->relation, &merge->fresh->items[i], values))
            return;
    rows_add(&merge->kept, merge->relation->count, values);
}

static int on_fact(const struct relation *relation, const struct fact_row *row,
                   void *context)
{
    struct merge *merge = context;
    if (relation_is_same(relation, merge->relation))
        keep(merge, row->values);
    return 0;
}

/* The last that was said of the relation and not stored yet; NULL. */
static const struct facts *find_said(const struct relating *relating)
{
    for (size_t i = relating->said->count; i > 0; i--) {
        const struct message *message = relating->said->items[i - 1];
        if (message->facts && strcmp(message->host, relating->host) == 0 &&
            strcmp(message->facts->relation->name, relating->relation->name) == 0)
            return message->facts;
    }
    return NULL;
}

static int merge_rows(const struct relating *relating, struct rows *fresh,
                      struct error *err)
{
    AUTO(merge) struct merge merge = {.relation = relating->relation, .fresh = fresh};
    const struct facts *said = find_said(relating);
    struct fact_filter filter = {.relation = relating->relation->name,
                                 .host = relating->host,
                                 .limit = LINES_ROWS_MAX};
    int rc = 0;
    for (size_t i = 0; said && i < said->added.count; i++)
        keep(&merge, (const char *const *)said->added.items[i].values);
    if (!said)
        rc = store_each_fact(relating->reader, &filter, on_fact, &merge, err);
    if (rc < 0 && rc != -ENOENT) /* nobody has spoken of the relation yet */
        return rc;
    for (size_t i = 0; i < merge.kept.count; i++)
        rows_add(fresh, relating->relation->count,
                 (const char *const *)merge.kept.items[i].values);
    return 0;
}

int relate(const struct relating *relating, struct facts **ret, struct error *err)
{
    AUTO(rows) struct rows rows = {0};
    int rc = add_rows(relating, &rows, err);
    if (rc == 0 && !relating->is_whole)
        rc = merge_rows(relating, &rows, err);
    if (rc < 0)
        return rc;
    rows_sort(&rows);
    struct facts *facts = memory_new(sizeof *facts);
    facts->relation = relation_copy(relating->relation);
    facts->epoch = next_epoch();
    facts->counter = 1;
    facts->extent = FACTS_WHOLE;
    facts->added = rows;
    rows = (struct rows){0};
    *ret = facts;
    return 0;
}
