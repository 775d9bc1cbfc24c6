// SPDX-License-Identifier: GPL-3.0-or-later
/* zone_clock - what the clocks of each zone show at a moment, as a table of SQLite:
 *
 *     SELECT zone, hour, minute, weekday FROM zone_clock(ms) WHERE zone = 'Asia/Tokyo'
 *
 * A zone that is given is looked up; else there is a row for each that the machine has,
 * which takes some tenths of a second. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/zone.h"
#include "config/config.h"

enum part { CLOCK_ZONE, CLOCK_HOUR, CLOCK_MINUTE, CLOCK_WEEKDAY, CLOCK_TIME };

/* How it is read: the time is always given. */
enum plan { PLAN_ALL, PLAN_ZONE };

struct cursor {
    sqlite3_vtab_cursor base;
    int64_t time;
    struct texts names; /* of the zones that are to come */
    size_t place;       /* of the row among them */
    struct civil now;   /* there */
};

static int zone_clock_connect(sqlite3 *db, void *context UNUSED, int count UNUSED,
                              const char *const *words UNUSED, sqlite3_vtab **ret,
                              char **message UNUSED)
{
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE clock (zone TEXT, hour INTEGER,"
                                      " minute INTEGER, weekday INTEGER,"
                                      " time INTEGER HIDDEN)");
    if (rc == SQLITE_OK)
        *ret = memory_new(sizeof **ret);
    return rc;
}

static int zone_clock_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* ---- the plan ---- */

/* Which constraint gives the column; -1: none. */
static int find_given(sqlite3_index_info *info, int column)
{
    for (int i = 0; i < info->nConstraint; i++)
        if (info->aConstraint[i].usable && info->aConstraint[i].iColumn == column &&
            info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ &&
            (column != CLOCK_ZONE ||
             strcmp(sqlite3_vtab_collation(info, i), "BINARY") == 0))
            return i;
    return -1;
}

static int zone_clock_plan(sqlite3_vtab *table UNUSED, sqlite3_index_info *info)
{
    int time = find_given(info, CLOCK_TIME), zone = find_given(info, CLOCK_ZONE);
    if (time < 0)
        return SQLITE_CONSTRAINT;
    info->aConstraintUsage[time].argvIndex = 1;
    info->aConstraintUsage[time].omit = 1;
    if (zone >= 0)
        info->aConstraintUsage[zone].argvIndex = 2;
    info->idxNum = zone >= 0 ? PLAN_ZONE : PLAN_ALL;
    info->estimatedRows = zone >= 0 ? 1 : 1000;
    info->estimatedCost = zone >= 0 ? 10 : 1000000;
    info->idxFlags = zone >= 0 ? SQLITE_INDEX_SCAN_UNIQUE : 0;
    return SQLITE_OK;
}

/* ---- the rows ---- */

static int zone_clock_open(sqlite3_vtab *table UNUSED, sqlite3_vtab_cursor **ret)
{
    struct cursor *cursor = memory_new(sizeof *cursor);
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int zone_clock_close(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    texts_clear(&cursor->names);
    free(cursor);
    return SQLITE_OK;
}

/* What is no zone has no row. */
static void skip_others(struct cursor *cursor)
{
    for (; cursor->place < cursor->names.count; cursor->place++) {
        AUTO(zone) struct zone *zone = NULL;
        const char *name = cursor->names.items[cursor->place];
        if (!zone_is_name(name) || zone_load(name, &zone, NULL) < 0)
            continue;
        cursor->now = zone_local(zone, cursor->time);
        return;
    }
}

static void add_name(void *context, const char *name)
{
    texts_add(context, name);
}

static int zone_clock_filter(sqlite3_vtab_cursor *base, int plan,
                             const char *words UNUSED, int count UNUSED,
                             sqlite3_value **given)
{
    struct cursor *cursor = (struct cursor *)base;
    texts_clear(&cursor->names);
    cursor->place = 0;
    cursor->time = sqlite3_value_int64(given[0]);
    if (plan == PLAN_ALL)
        zone_each_name(add_name, &cursor->names);
    else if (sqlite3_value_type(given[1]) == SQLITE_TEXT)
        texts_add(&cursor->names, (const char *)sqlite3_value_text(given[1]));
    skip_others(cursor);
    return SQLITE_OK;
}

static int zone_clock_next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->place++;
    skip_others(cursor);
    return SQLITE_OK;
}

static int zone_clock_is_over(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (struct cursor *)base;
    return cursor->place >= cursor->names.count;
}

static int zone_clock_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                             int column)
{
    const struct cursor *cursor = (struct cursor *)base;
    const int64_t numbers[] = {[CLOCK_HOUR] = cursor->now.hour,
                               [CLOCK_MINUTE] = cursor->now.minute,
                               [CLOCK_WEEKDAY] = cursor->now.weekday + 1,
                               [CLOCK_TIME] = cursor->time};
    if (column == CLOCK_ZONE)
        sqlite3_result_text(context, cursor->names.items[cursor->place], -1,
                            SQLITE_TRANSIENT);
    else
        sqlite3_result_int64(context, numbers[column]);
    return SQLITE_OK;
}

static int zone_clock_row(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((struct cursor *)base)->place;
    return SQLITE_OK;
}

int zone_clock_register(struct store *store, struct error *err)
{
    static const sqlite3_module module = {.xConnect = zone_clock_connect,
                                          .xBestIndex = zone_clock_plan,
                                          .xDisconnect = zone_clock_disconnect,
                                          .xOpen = zone_clock_open,
                                          .xClose = zone_clock_close,
                                          .xFilter = zone_clock_filter,
                                          .xNext = zone_clock_next,
                                          .xEof = zone_clock_is_over,
                                          .xColumn = zone_clock_column,
                                          .xRowid = zone_clock_row};
    int rc = sqlite3_create_module(store->db, "zone_clock", &module, NULL);
    return rc == SQLITE_OK ? 0 : store_fail(store, err);
}
