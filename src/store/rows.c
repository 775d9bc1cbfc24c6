// SPDX-License-Identifier: GPL-3.0-or-later
/* rows - the rows of a relation that are true of a host, compared with what a message
 * says of them: those that are no longer end, those that are new begin, and those that
 * still are keep their beginning.
 *
 * Both are sorted by key, and then by what else they hold. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* In what order columns are compared. */
struct order {
    size_t columns[RELATION_COLUMNS_MAX];
    size_t keys, width;
};

struct open_row {
    struct row row; /* first: compared as one */
    int64_t number;
    bool is_kept;
};

struct open_rows {
    struct open_row *items;
    size_t count, width;
};

static void open_rows_clear(struct open_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        for (size_t k = 0; k < rows->width; k++)
            free(rows->items[i].row.values[k]);
        free(rows->items[i].row.values);
    }
    free(rows->items);
}
AUTO_DEFINE_CLEAR(open_rows)

/* Key columns first; without a key all are. */
static struct order make_order(const struct relation *relation)
{
    struct order order = {.width = relation->count};
    size_t at = 0;
    for (int is_key = 1; is_key >= 0; is_key--) {
        for (size_t i = 0; i < relation->count; i++)
            if (relation->columns[i].is_key == is_key)
                order.columns[at++] = i;
        if (is_key)
            order.keys = at > 0 ? at : relation->count;
    }
    return order;
}

static int compare_values(const char *one, const char *other)
{
    if (!one || !other)
        return (one != NULL) - (other != NULL);
    return strcmp(one, other);
}

static int compare_columns(const struct row *one, const struct row *other,
                           const struct order *order, size_t count)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++)
        result = compare_values(one->values[order->columns[i]],
                                other->values[order->columns[i]]);
    return result;
}

static bool has_key(const struct row *one, const struct row *other,
                    const struct order *order)
{
    return compare_columns(one, other, order, order->keys) == 0;
}

static int compare_rows(const void *one, const void *other, void *order)
{
    return compare_columns(one, other, order, ((const struct order *)order)->width);
}

/* ---- what is true ---- */

static int load_rows(struct store *store, const struct fact_table *table,
                     const struct row_change *change, struct open_rows *ret,
                     struct error *err)
{
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_puts(&sql, "SELECT number");
    put_columns(table, &sql);
    strbuf_printf(&sql, " FROM fact_%s WHERE host = ? AND ended IS NULL",
                  table->relation->name);
    AUTO(query) struct query query = query_make(store, sql.data, err);
    bind_number(&query, change->host);
    ret->width = table->relation->count;
    int rc;
    while ((rc = query_step(&query)) > 0) {
        if ((ret->count & (ret->count + 1)) == 0)
            ret->items =
                memory_resize(ret->items, (ret->count * 2 + 1) * sizeof *ret->items);
        struct open_row *row = &ret->items[ret->count++];
        *row = (struct open_row){.number = column_number(&query, 0),
                                 .is_kept = !change->is_whole};
        row->row.values = memory_new(ret->width * sizeof *row->row.values);
        for (size_t i = 0; i < ret->width; i++)
            row->row.values[i] = column_value_text(&query, (int)i + 1);
    }
    return rc;
}

/* ---- what is said ---- */

/* Rows in the columns of the table, their values lent. */
struct said_rows {
    struct row *items;
    char **values;
    size_t count;
};

static void said_rows_clear(struct said_rows *rows)
{
    free(rows->items);
    free(rows->values);
}
AUTO_DEFINE_CLEAR(said_rows)

/* Where the table's column stands in a message's; its count: nowhere. */
static size_t find_place(const struct relation *relation, const char *name)
{
    size_t i = 0;
    while (i < relation->count && strcmp(relation->columns[i].name, name) != 0)
        i++;
    return i;
}

static const struct rows *rows_of(const struct facts *facts, bool is_added)
{
    return is_added ? &facts->added : &facts->removed;
}

static void add_rows(struct said_rows *ret, const struct fact_table *table,
                     const struct facts *facts, bool is_added)
{
    const struct rows *rows = rows_of(facts, is_added);
    size_t width = table->relation->count, places[RELATION_COLUMNS_MAX];
    for (size_t k = 0; k < width; k++)
        places[k] = find_place(facts->relation, table->relation->columns[k].name);
    for (size_t i = 0; i < rows->count; i++) {
        char **values = ret->values + ret->count * width;
        for (size_t k = 0; k < width; k++)
            values[k] =
                places[k] < rows->width ? rows->items[i].values[places[k]] : NULL;
        ret->items[ret->count++] = (struct row){.values = values};
    }
}

/* Sorted; of several to be added with one key the last is left. */
static void collect_rows(const struct fact_table *table,
                         const struct row_change *change, const struct order *order,
                         bool is_added, struct said_rows *ret)
{
    size_t count = 0, kept = 0, width = table->relation->count;
    for (size_t i = 0; i < change->count; i++)
        count += rows_of(change->facts[i], is_added)->count;
    ret->items = memory_new((count + 1) * sizeof *ret->items);
    ret->values = memory_new((count + 1) * width * sizeof *ret->values);
    for (size_t i = 0; i < change->count; i++)
        add_rows(ret, table, change->facts[i], is_added);
    qsort_r(ret->items, ret->count, sizeof *ret->items, compare_rows, (void *)order);
    for (size_t i = 0; i < ret->count; i++) {
        bool is_last =
            i + 1 == ret->count || !has_key(&ret->items[i], &ret->items[i + 1], order);
        if (is_last)
            ret->items[kept++] = ret->items[i];
    }
    ret->count = kept;
}

/* ---- both ---- */

/* Walks through both in their order; a row that is true and has the key of one that is
 * said is met. Those said that are true already are taken out of said. */
static void match_added(struct open_rows *open, struct said_rows *said,
                        const struct order *order)
{
    size_t at = 0, left = 0;
    for (size_t i = 0; i < said->count; i++) {
        struct row *row = &said->items[i];
        bool is_there = false;
        while (at < open->count &&
               compare_columns(&open->items[at].row, row, order, order->keys) < 0)
            at++;
        for (; at < open->count && has_key(&open->items[at].row, row, order); at++) {
            bool is_same =
                compare_columns(&open->items[at].row, row, order, order->width) == 0;
            open->items[at].is_kept = is_same && !is_there;
            is_there |= is_same;
        }
        if (!is_there)
            said->items[left++] = *row;
    }
    said->count = left;
}

static void match_removed(struct open_rows *open, const struct said_rows *said,
                          const struct order *order)
{
    size_t at = 0;
    for (size_t i = 0; i < said->count; i++) {
        while (at < open->count &&
               compare_columns(&open->items[at].row, &said->items[i], order,
                               order->width) < 0)
            at++;
        if (at < open->count && compare_columns(&open->items[at].row, &said->items[i],
                                                order, order->width) == 0)
            open->items[at].is_kept = false;
    }
}

/* ---- what changes ---- */

static int end_rows(struct store *store, const struct fact_table *table,
                    const struct row_change *change, const struct open_rows *open,
                    struct error *err)
{
    AUTO(str)
    char *sql = text_format("UPDATE fact_%s SET ended = ?, closed = ? WHERE number = ?",
                            table->relation->name);
    AUTO(query) struct query query = query_make(store, sql, err);
    int rc = query.rc;
    for (size_t i = 0; rc >= 0 && i < open->count; i++) {
        if (open->items[i].is_kept)
            continue;
        bind_number(&query, change->time);
        bind_number(&query, change->message);
        bind_number(&query, open->items[i].number);
        rc = query_run(&query);
        query_again(&query);
    }
    return rc < 0 ? rc : 0;
}

/* A number's text is that of an integer, or of a real. */
static void bind_value(struct query *query, enum column_type type, const char *value)
{
    char *end;
    if (!value || !column_type_is_number(type)) {
        bind_text(query, value);
        return;
    }
    long long integer = strtoll(value, &end, 10);
    if (*end == '\0')
        bind_number(query, integer);
    else
        bind_real(query, strtod(value, NULL));
}

static int begin_rows(struct store *store, const struct fact_table *table,
                      const struct row_change *change, const struct said_rows *said,
                      struct error *err)
{
    const struct relation *relation = table->relation;
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_printf(&sql, "INSERT INTO fact_%s (host, began, opened", relation->name);
    put_columns(table, &sql);
    strbuf_puts(&sql, ") VALUES (?, ?, ?");
    for (size_t i = 0; i < relation->count; i++)
        strbuf_puts(&sql, ", ?");
    strbuf_putc(&sql, ')');
    AUTO(query) struct query query = query_make(store, sql.data, err);
    int rc = query.rc;
    for (size_t i = 0; rc >= 0 && i < said->count; i++) {
        bind_number(&query, change->host);
        bind_number(&query, change->time);
        bind_number(&query, change->message);
        for (size_t k = 0; k < relation->count; k++)
            bind_value(&query, relation->columns[k].type, said->items[i].values[k]);
        rc = query_run(&query);
        query_again(&query);
    }
    return rc < 0 ? rc : 0;
}

static int check_count(const struct fact_table *table, const struct open_rows *open,
                       const struct said_rows *added, struct error *err)
{
    size_t count = added->count;
    for (size_t i = 0; i < open->count; i++)
        count += open->items[i].is_kept;
    if (count <= RELATION_ROWS_MAX)
        return 0;
    return error_set(err, -EINVAL,
                     "relation %s: it would have %zu rows, expected at most %d",
                     table->relation->name, count, RELATION_ROWS_MAX);
}

int put_rows(struct store *store, const struct fact_table *table,
             const struct row_change *change, struct error *err)
{
    AUTO(open_rows) struct open_rows open = {0};
    AUTO(said_rows) struct said_rows added = {0}, removed = {0};
    struct order order = make_order(table->relation);
    int rc = load_rows(store, table, change, &open, err);
    if (rc < 0)
        return rc;
    if (open.count > 1)
        qsort_r(open.items, open.count, sizeof *open.items, compare_rows, &order);
    collect_rows(table, change, &order, true, &added);
    collect_rows(table, change, &order, false, &removed);
    match_removed(&open, &removed, &order);
    match_added(&open, &added, &order);
    rc = check_count(table, &open, &added, err);
    if (rc == 0)
        rc = end_rows(store, table, change, &open, err);
    if (rc == 0)
        rc = begin_rows(store, table, change, &added, err);
    return rc;
}
