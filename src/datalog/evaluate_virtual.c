// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_virtual - sets of rows, which SQLite reads as virtual tables:
 *
 *     TABLE       all rows that there are when it is looked at
 *     TABLE.new   those that the last round found
 *     TABLE.old   those before them
 *
 * Columns that are given are looked up by hashing, by an index that is made when it is
 * first used; so every pattern has one. */
#include <string.h>

#include "base/memory.h"
#include "datalog/evaluate_parts.h"

enum range { RANGE_ALL, RANGE_NEW, RANGE_OLD, RANGES };

/* A name that SQLite knows, and what is behind it. */
struct name {
    const char *text;
    struct evaluation *evaluation;
    const struct table *table;
    enum range range;
    struct name *other; /* of the evaluation */
};

struct view {
    sqlite3_vtab base;
    const struct name *name;
};

struct cursor {
    sqlite3_vtab_cursor base;
    const struct name *name;
    const struct rowset_index *index; /* that it follows; NULL: row by row */
    const uint32_t *sorted;           /* rows in order; NULL: as they came */
    size_t place;                     /* of the row: in the set, or in sorted */
    size_t end;
};

/* How it is to be read: a bit for each column that is given; or so. */
#define PLAN_SORTED (1 << ROWSET_COLUMNS_MAX)

/* ---- the name ---- */

static int view_connect(sqlite3 *db, void *context, int count UNUSED,
                        const char *const *words UNUSED, sqlite3_vtab **ret,
                        char **message UNUSED)
{
    const struct name *name = context;
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_puts(&sql, "CREATE TABLE rows (");
    table_put_columns(name->table, &sql);
    strbuf_puts(&sql, ")");
    int rc = sqlite3_declare_vtab(db, strbuf_text(&sql));
    if (rc != SQLITE_OK)
        return rc;
    struct view *view = memory_new(sizeof *view);
    view->name = name;
    *ret = &view->base;
    return SQLITE_OK;
}

static int view_disconnect(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

/* ---- the plan ---- */

static bool is_usable(sqlite3_index_info *info, int i, int taken)
{
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
    int column = constraint->iColumn;
    return constraint->usable && constraint->op == SQLITE_INDEX_CONSTRAINT_EQ &&
           column >= 0 && column < ROWSET_COLUMNS_MAX && !(taken & 1 << column) &&
           strcmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
}

/* The columns that are given, a bit each; and each is handed over, in their order. */
static int take_given(sqlite3_index_info *info, size_t width)
{
    int taken = 0, number = 0;
    for (int column = 0; (size_t)column < width; column++)
        for (int i = 0; i < info->nConstraint; i++)
            if (info->aConstraint[i].iColumn == column && is_usable(info, i, taken)) {
                taken |= 1 << column;
                info->aConstraintUsage[i].argvIndex = ++number;
                info->aConstraintUsage[i].omit = 1;
            }
    return taken;
}

/* By all columns in their order, as rowset_sort does. */
static bool is_order_of_set(const sqlite3_index_info *info, size_t width)
{
    bool is_same = info->nOrderBy > 0 && (size_t)info->nOrderBy <= width;
    for (int i = 0; is_same && i < info->nOrderBy; i++)
        is_same = info->aOrderBy[i].iColumn == i && !info->aOrderBy[i].desc;
    return is_same;
}

/* As SQLite's plan shows it: "SCAN t2 VIRTUAL TABLE INDEX 1:c1=?". */
static char *describe_plan(int taken)
{
    char *text = sqlite3_mprintf("");
    for (int column = 0; column < ROWSET_COLUMNS_MAX; column++)
        if (taken & 1 << column)
            text = sqlite3_mprintf("%z%sc%d=?", text, *text ? " " : "", column + 1);
    return text;
}

static int view_plan(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct name *name = ((const struct view *)base)->name;
    size_t width = table_width(name->table);
    double rows = 1 + (double)rowset_count(name->table->set);
    int taken = name->range == RANGE_NEW ? 0 : take_given(info, width);
    bool is_one = (size_t)__builtin_popcount((unsigned)taken) == width;
    double left = !taken   ? rows
                  : is_one ? 1
                           : rowset_expect(name->table->set, (uint32_t)taken);
    info->idxNum = taken;
    info->estimatedRows = (sqlite3_int64)left;
    info->estimatedCost = taken ? 2 + left : 10 + rows;
    if (is_one)
        info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    if (!taken && name->table->is_full && is_order_of_set(info, width)) {
        info->idxNum = PLAN_SORTED;
        info->orderByConsumed = 1;
    }
    info->idxStr =
        info->idxNum == PLAN_SORTED ? sqlite3_mprintf("sorted") : describe_plan(taken);
    info->needToFreeIdxStr = 1;
    return SQLITE_OK;
}

/* ---- the rows ---- */

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret)
{
    struct cursor *cursor = memory_new(sizeof *cursor);
    cursor->name = ((const struct view *)base)->name;
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static void set_range(struct cursor *cursor)
{
    const struct table *table = cursor->name->table;
    const size_t starts[RANGES] = {0, table->old, 0};
    const size_t ends[RANGES] = {rowset_count(table->set), table->known, table->old};
    cursor->place = starts[cursor->name->range];
    cursor->end = ends[cursor->name->range];
}

/* False: no row has these. */
static bool read_keys(const struct cells *cells, sqlite3_value **values, int count,
                      uint64_t *ret)
{
    struct scalar scalar;
    for (int i = 0; i < count; i++)
        if (!set_read_value(values[i], &scalar) ||
            !cells_find_key(cells, &scalar, &ret[i]))
            return false;
    return true;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *text UNUSED,
                         int count, sqlite3_value **values)
{
    struct cursor *cursor = (struct cursor *)base;
    struct rowset *set = cursor->name->table->set;
    uint64_t keys[ROWSET_COLUMNS_MAX];
    set_range(cursor);
    cursor->sorted = plan == PLAN_SORTED ? rowset_sort(set) : NULL;
    cursor->index = NULL;
    if (plan == 0 || plan == PLAN_SORTED)
        return SQLITE_OK;
    cursor->index = rowset_index(set, (uint32_t)plan);
    cursor->place = ROWSET_NONE;
    if (read_keys(cursor->name->evaluation->cells, values, count, keys))
        cursor->place = rowset_first(cursor->index, keys);
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->place =
        cursor->index ? rowset_next(cursor->index, cursor->place) : cursor->place + 1;
    return SQLITE_OK;
}

/* A chain's rows go up: behind the end there are none that it may see. */
static int cursor_is_behind(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;
    return cursor->place >= cursor->end;
}

static size_t row_of(const struct cursor *cursor)
{
    return cursor->sorted ? cursor->sorted[cursor->place] : cursor->place;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                         int column)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const struct name *name = cursor->name;
    uint64_t cell = rowset_get(name->table->set, row_of(cursor))[column];
    struct scalar scalar = cells_get(name->evaluation->cells, cell);
    switch (scalar.kind) {
    case SCALAR_NUMBER:
        sqlite3_result_int64(context, scalar.number);
        break;
    case SCALAR_REAL:
        sqlite3_result_double(context, scalar.real);
        break;
    case SCALAR_TEXT:
        sqlite3_result_text64(context, scalar.bytes, scalar.size, SQLITE_STATIC,
                              SQLITE_UTF8);
        break;
    case SCALAR_BLOB:
        sqlite3_result_blob64(context, scalar.bytes, scalar.size, SQLITE_STATIC);
    }
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
    const struct cursor *cursor = (const struct cursor *)base;
    *ret = set_rowid(cursor->name->table, row_of(cursor));
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = view_connect,
    .xBestIndex = view_plan,
    .xDisconnect = view_disconnect,
    .xOpen = cursor_open,
    .xClose = cursor_close,
    .xFilter = cursor_filter,
    .xNext = cursor_next,
    .xEof = cursor_is_behind,
    .xColumn = cursor_column,
    .xRowid = cursor_rowid,
};

/* ---- names ---- */

static int add_name(struct evaluation *evaluation, const struct table *table,
                    enum range range)
{
    static const char *const suffixes[RANGES] = {"", ".new", ".old"};
    struct arena *arena = evaluation->program->arena;
    struct name *name = arena_take(arena, sizeof *name);
    *name = (struct name){
        .text = arena_format(arena, "%s%s", table->predicate->table, suffixes[range]),
        .evaluation = evaluation,
        .table = table,
        .range = range,
        .other = evaluation->names,
    };
    evaluation->names = name;
    return sqlite3_create_module(evaluation->db, name->text, &module, name);
}

int virtual_make(struct evaluation *evaluation, const struct table *table,
                 struct complaint *complaint)
{
    size_t count = table->predicate->is_recursive ? RANGES : 1;
    for (size_t i = 0; i < count; i++) {
        int rc = add_name(evaluation, table, (enum range)i);
        if (rc != SQLITE_OK)
            return run_failed(evaluation, NULL, rc, complaint);
    }
    return 0;
}

void virtual_drop(struct evaluation *evaluation)
{
    for (const struct name *name = evaluation->names; name; name = name->other)
        sqlite3_create_module(evaluation->db, name->text, NULL, NULL);
}
