// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_limits - what statements may do, and how much.
 *
 * All happens in one transaction: what was read belongs together. The temp tables go at
 * its end: where they are small, each is dropped; else all is rolled back, which takes
 * no longer for many rows, but SQLite then reads its schema anew. Pages are in SQLite's
 * cache as long as the bytes allow, and then in a temporary file. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "datalog/evaluate_parts.h"

#define PROGRESS_STEPS 2000 /* of SQLite, between two looks at the clock */
#define CACHE_DEFAULT  ((int64_t)256 << 20) /* bytes, where none are set */
#define ROWS_SMALL     10000

/* ---- what ---- */

static const struct {
    int action;
    bool temporary; /* only in the temp database */
} allowed[] = {
    {SQLITE_SELECT, false},
    {SQLITE_READ, false},
    {SQLITE_RECURSIVE, false},
    {SQLITE_TRANSACTION, false},
    {SQLITE_SAVEPOINT, false},
    {SQLITE_INSERT, true},
    {SQLITE_UPDATE, true},
    {SQLITE_DELETE, true},
    {SQLITE_CREATE_TEMP_TABLE, true},
    {SQLITE_CREATE_TEMP_INDEX, true},
    {SQLITE_CREATE_TABLE, true},
    {SQLITE_DROP_TEMP_TABLE, true},
    {SQLITE_REINDEX, true},
};

/* value: that it gets; NULL: it is read. */
static bool is_pragma(const char *name, const char *value, bool is_temporary)
{
    static const struct {
        const char *name;
        bool temporary;
    } pragmas[] = {
        {"schema_version", false}, {"data_version", false},  {"cache_size", true},
        {"page_size", true},       {"max_page_count", true},
    };
    for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++)
        if (strcmp(pragmas[i].name, name) == 0)
            return is_temporary || (!pragmas[i].temporary && !value);
    return false;
}

/* A virtual table is noted there while it is declared, which then is not done. Who
 * would make a table, or write there, is refused nevertheless: by the action that comes
 * next, and by SQLite. */
static bool is_declaring(int action, const char *table)
{
    return (action == SQLITE_INSERT || action == SQLITE_UPDATE) &&
           strcmp(table, "sqlite_master") == 0;
}

static int authorize(void *context UNUSED, int action, const char *first,
                     const char *second, const char *database,
                     const char *within UNUSED)
{
    bool is_temporary = database && strcmp(database, "temp") == 0;
    bool is_allowed = is_declaring(action, first);
    if (action == SQLITE_PRAGMA)
        is_allowed = is_pragma(first, second, is_temporary);
    if (action == SQLITE_FUNCTION)
        is_allowed = strcmp(second, "load_extension") != 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i].action == action)
            is_allowed |= is_temporary || !allowed[i].temporary;
    return is_allowed ? SQLITE_OK : SQLITE_DENY;
}

void evaluation_guard(struct sqlite3 *db)
{
    sqlite3_set_authorizer(db, authorize, NULL);
}

/* ---- how much ---- */

static int is_over(void *context)
{
    struct evaluation *evaluation = context;
    if (atomic_load(&evaluation->is_stopped))
        evaluation->reason = REASON_STOPPED;
    else if (evaluation->deadline > 0 && clock_monotonic() > evaluation->deadline)
        evaluation->reason = REASON_TIME;
    else if (evaluation->work_end > 0 && clock_work() > evaluation->work_end)
        evaluation->reason = REASON_WORK;
    return evaluation->reason != REASON_NONE;
}

static int64_t read_setting(sqlite3 *db, const char *pragma)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = 0;
    if (sqlite3_prepare_v2(db, pragma, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void set(sqlite3 *db, const char *setting, int64_t value)
{
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_printf(&sql, "PRAGMA temp.%s = %lld", setting, (long long)value);
    (void)read_setting(db, strbuf_text(&sql));
}

static void set_bytes(struct evaluation *evaluation)
{
    sqlite3 *db = evaluation->db;
    int64_t bytes = evaluation->limits.bytes;
    evaluation->cache_size = read_setting(db, "PRAGMA temp.cache_size");
    evaluation->page_limit = read_setting(db, "PRAGMA temp.max_page_count");
    set(db, "cache_size", -((bytes > 0 ? bytes : CACHE_DEFAULT) / 1024));
    evaluation->page_size = read_setting(db, "PRAGMA temp.page_size");
    if (bytes > 0)
        set(db, "max_page_count", bytes / evaluation->page_size);
}

/* What needs no temp table, and is in a transaction already, needs nothing more. */
static int begin_tables(struct evaluation *evaluation, struct complaint *complaint)
{
    if (evaluation->drops.count > 0)
        set_bytes(evaluation);
    else if (!sqlite3_get_autocommit(evaluation->db))
        return 0;
    int rc = sqlite3_exec(evaluation->db, "SAVEPOINT datalog", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return run_failed(evaluation, NULL, rc, complaint);
    evaluation->has_savepoint = true;
    return 0;
}

int limits_begin(struct evaluation *evaluation, struct complaint *complaint)
{
    sqlite3 *db = evaluation->db;
    if (evaluation->limits.time > 0)
        evaluation->deadline = clock_monotonic() + evaluation->limits.time * 1000;
    if (evaluation->limits.work > 0)
        evaluation->work_end = clock_work() + evaluation->limits.work * 1000;
    int rc = begin_tables(evaluation, complaint);
    if (rc < 0)
        return rc;
    if (!evaluation->is_guarded)
        evaluation_guard(db);
    sqlite3_progress_handler(db, PROGRESS_STEPS, is_over, evaluation);
    return 0;
}

static bool are_small(const struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->copy_count; i++)
        if (evaluation->copies[i]->is_needed)
            return false;
    return evaluation->rows - sets_count(evaluation) <= ROWS_SMALL;
}

static bool drop_tables(struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->drops.count; i++)
        if (sqlite3_exec(evaluation->db, evaluation->drops.items[i]->sql, NULL, NULL,
                         NULL) != SQLITE_OK)
            return false;
    return true;
}

static void forget_tables(struct evaluation *evaluation)
{
    bool is_done =
        evaluation->is_made && are_small(evaluation) && drop_tables(evaluation);
    sqlite3_exec(evaluation->db,
                 is_done ? "RELEASE datalog" : "ROLLBACK TO datalog; RELEASE datalog",
                 NULL, NULL, NULL);
}

/* Where SQLite was interrupted while it wrote, it has rolled back already. */
void limits_end(struct evaluation *evaluation)
{
    sqlite3 *db = evaluation->db;
    sqlite3_progress_handler(db, 0, NULL, NULL);
    if (!evaluation->is_guarded)
        sqlite3_set_authorizer(db, NULL, NULL);
    if (evaluation->has_savepoint && !sqlite3_get_autocommit(db))
        forget_tables(evaluation);
    evaluation->has_savepoint = false;
    if (evaluation->page_limit == 0)
        return;
    set(db, "max_page_count", evaluation->page_limit);
    set(db, "cache_size", evaluation->cache_size);
}

int limits_check_rows(struct evaluation *evaluation, const struct rule *rule,
                      bool is_thorough, struct complaint *complaint)
{
    const struct evaluation_limits *limits = &evaluation->limits;
    if (limits->rows > 0 && evaluation->rows > limits->rows)
        return limits_complain(evaluation, rule, -E2BIG, complaint);
    return is_thorough ? limits_check(evaluation, rule, complaint) : 0;
}

/* To measure them takes as long as there are many. */
static bool are_due(struct evaluation *evaluation)
{
    if (evaluation->unmeasured++ < evaluation->table_count &&
        evaluation->rows - evaluation->sets_rows < ROWS_BETWEEN)
        return false;
    evaluation->unmeasured = 0;
    evaluation->sets_rows = evaluation->rows;
    return true;
}

/* What the sets take, the temp database cannot have. False: they take more than all. */
static bool share_bytes(struct evaluation *evaluation)
{
    if (evaluation->limits.bytes == 0 || !are_due(evaluation))
        return true;
    int64_t size = (int64_t)sets_size(evaluation), limit = evaluation->limits.bytes;
    if (size == evaluation->sets_size)
        return size < limit;
    evaluation->sets_size = size;
    if (size < limit && evaluation->page_limit > 0)
        set(evaluation->db, "max_page_count",
            (limit - size) / evaluation->page_size + 1);
    return size < limit;
}

int limits_check(struct evaluation *evaluation, const struct rule *rule,
                 struct complaint *complaint)
{
    if (is_over(evaluation))
        return run_failed(evaluation, rule, SQLITE_INTERRUPT, complaint);
    if (!share_bytes(evaluation))
        return limits_complain(evaluation, rule, -ENOSPC, complaint);
    return limits_check_rows(evaluation, rule, false, complaint);
}

int limits_complain(struct evaluation *evaluation, const struct rule *rule, int rc,
                    struct complaint *complaint)
{
    const struct place *place = rule ? &rule->place : NULL;
    const struct evaluation_limits *limits = &evaluation->limits;
    char text[UNITS_TEXT_SIZE];
    switch (rc) {
    case -EINTR:
        return complain(complaint, place, rc, "stopped before it was done");
    case -ETIME:
        return evaluation->reason == REASON_WORK
                   ? complain(complaint, place, rc,
                              "stopped: it computes longer than %s",
                              duration_format(limits->work, text))
                   : complain(complaint, place, rc, "stopped: it takes longer than %s",
                              duration_format(limits->time, text));
    case -E2BIG:
        return complain(complaint, place, rc, "stopped: there are more than %lld rows",
                        (long long)limits->rows);
    default:
        return complain(complaint, place, rc, "stopped: its tables are larger than %s",
                        size_format(limits->bytes, text));
    }
}
