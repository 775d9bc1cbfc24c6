// SPDX-License-Identifier: GPL-3.0-or-later
/* store - the file: opened, brought up to date, and written in transactions. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/internal.h"

#define BUSY_TIMEOUT   30000 /* ms; for other writers, which take turns with us */
#define BUSY_STEP      10    /* ms */
#define APPLICATION_ID 1399350640

static const char schema[] =
#include "store/schema.inc"
    ;

static const char version_2[] =
#include "store/version-2.inc"
    ;

static const char version_3[] =
#include "store/version-3.inc"
    ;

static const char version_4[] =
#include "store/version-4.inc"
    ;

static const char version_5[] =
#include "store/version-5.inc"
    ;

/* Row N brings version N to N + 1. To change the schema: add a row, never alter one. */
static const struct migration {
    const char *sql;
    int (*finish)(struct store *store, struct error *err); /* what SQL alone cannot */
} migrations[] = {
    {.sql = schema},    {.sql = version_2},
    {.sql = version_3}, {.sql = version_4, .finish = index_tables},
    {.sql = version_5},
};
#define VERSION_NOW ((int64_t)(sizeof migrations / sizeof *migrations))

/* 8 KiB: a commit writes fewer pages, and each costs two calls. FULL: a commit is on
 * disk when it returns. A checkpoint every 32 MiB copies a page that was written many
 * times once; then the log starts anew, and is cut should it have grown. */
static const char writer_settings[] = "PRAGMA page_size = 8192;"
                                      "PRAGMA journal_mode = WAL;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = ON;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA cache_size = -32768;"
                                      "PRAGMA wal_autocheckpoint = 4096;"
                                      "PRAGMA journal_size_limit = 67108864;";

static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA temp_store = MEMORY;";

/* Temp tables are an asker's own, and its evaluation keeps it from all else: see
 * datalog/evaluate.h. What is too large for the cache goes to a file: a sort in memory
 * knows no limit. */
static const char asker_settings[] = "PRAGMA trusted_schema = OFF;"
                                     "PRAGMA temp_store = FILE;"
                                     "PRAGMA cache_size = -32768;"
                                     /* declared, while nothing forbids that yet */
                                     "SELECT 1 FROM json_each('[]');";

static int open_database(const char *path, int flags, bool has_scratch,
                         struct store **ret, struct error *err)
{
    /* Else each allocation takes a lock to be counted. Refused once SQLite works. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    AUTO(store) struct store *store = memory_new(sizeof *store);
    store->path = text_copy(path);
    store->scratch = has_scratch ? scratch_new() : NULL;
    if (sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX,
                        has_scratch ? scratch_name(store->scratch) : NULL) != SQLITE_OK)
        return store_fail(store, err);
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT);
    *ret = TAKE(store);
    return 0;
}

bool store_is_trouble(int rc)
{
    static const int troubles[] = {-ENOSPC, -EIO,    -EBUSY,  -EROFS,
                                   -EACCES, -ENOMEM, -EBADMSG};
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (troubles[i] == rc)
            return true;
    return false;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < store->kept_count; i++)
        sqlite3_finalize(store->kept[i].statement);
    sqlite3_close(store->db);
    scratch_free(store->scratch);
    strbuf_clear(&store->put.recent);
    free(store->path);
    free(store);
}

/* SQLite would make it readable by all. */
static int make_file(const char *path, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}

static int find_number(struct store *store, const char *sql, int64_t *ret,
                       struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    if (rc < 0)
        return rc;
    *ret = column_number(&query, 0);
    return 0;
}

/* A database that another program made is left as it is. The tables are counted first:
 * one of us that makes them at this moment makes them ours in the same commit. */
static int check_owner(struct store *store, struct error *err)
{
    static const char application_sql[] = "PRAGMA application_id";
    static const char tables_sql[] = "SELECT count(*) FROM sqlite_schema";
    int64_t application = 0, tables = 0;
    int rc = find_number(store, tables_sql, &tables, err);
    if (rc == 0)
        rc = find_number(store, application_sql, &application, err);
    if (rc < 0)
        return rc;
    if (tables > 0 && application != APPLICATION_ID)
        return error_set(err, -EBADMSG, "%s: another program's database", store->path);
    return 0;
}

static int find_version(struct store *store, int64_t *ret, struct error *err)
{
    static const char sql[] = "PRAGMA user_version";
    int rc = find_number(store, sql, ret, err);
    if (rc < 0)
        return rc;
    if (*ret > VERSION_NOW)
        return error_set(err, -EPROTO,
                         "%s: made by a newer Sheepdog: its version is %lld, and this "
                         "one knows %lld",
                         store->path, (long long)*ret, (long long)VERSION_NOW);
    return 0;
}

static int migrate_one(struct store *store, int64_t version, struct error *err)
{
    const struct migration *migration = &migrations[version];
    AUTO(str)
    char *sql = text_format("%sPRAGMA user_version = %lld;", migration->sql,
                            (long long)version + 1);
    int rc = store_execute(store, sql, err);
    if (rc == 0 && migration->finish)
        rc = migration->finish(store, err);
    return rc < 0 ? error_prefix(err, rc, "version %lld", (long long)version + 1) : 0;
}

static int migrate(struct store *store, struct error *err)
{
    int64_t version = 0;
    int rc = find_version(store, &version, err);
    if (rc < 0 || version == VERSION_NOW)
        return rc;
    rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = find_version(store, &version, err); /* somebody may have been faster */
    for (; rc == 0 && version < VERSION_NOW; version++)
        rc = migrate_one(store, version, err);
    if (rc < 0) {
        store_rollback(store);
        return rc;
    }
    return store_commit(store, err);
}

/* Of two that turn the journal into a WAL at once SQLite refuses one at once. */
static int apply_settings(struct store *store, struct error *err)
{
    int rc = store_execute(store, writer_settings, err);
    for (int waited = 0; rc == -EBUSY && waited < BUSY_TIMEOUT; waited += BUSY_STEP) {
        sqlite3_sleep(BUSY_STEP);
        rc = store_execute(store, writer_settings, err);
    }
    return rc;
}

int store_open(const char *path, struct store **ret, struct error *err)
{
    int rc = make_file(path, err);
    if (rc < 0)
        return rc;
    AUTO(store) struct store *store = NULL;
    rc = open_database(path, SQLITE_OPEN_READWRITE, false, &store, err);
    if (rc == 0)
        rc = check_owner(store, err);
    if (rc == 0)
        rc = apply_settings(store, err);
    if (rc == 0)
        rc = migrate(store, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(store);
    return 0;
}

int store_forgo_disk(struct store *store, struct error *err)
{
    return store_execute(store, "PRAGMA synchronous = OFF", err);
}

static int open_to_read(const char *path, const char *settings, bool has_scratch,
                        struct store **ret, struct error *err)
{
    AUTO(store) struct store *store = NULL;
    int rc = open_database(path, SQLITE_OPEN_READONLY, has_scratch, &store, err);
    if (rc == 0)
        rc = store_execute(store, settings, err);
    if (rc == 0 && has_scratch)
        rc = zone_clock_register(store, err);
    int64_t version = 0;
    if (rc == 0)
        rc = find_version(store, &version, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(store);
    return 0;
}

int store_open_reader(const char *path, struct store **ret, struct error *err)
{
    return open_to_read(path, reader_settings, false, ret, err);
}

int store_open_asker(const char *path, struct store **ret, struct error *err)
{
    int rc = open_to_read(path, asker_settings, true, ret, err);
    if (rc == 0)
        sqlite3_limit((*ret)->db, SQLITE_LIMIT_LENGTH, STORE_TEXT_MAX);
    return rc;
}

int store_open_scratch(struct store **ret, struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    AUTO(store) struct store *store = NULL;
    int rc = open_database(":memory:", flags, true, &store, err);
    if (rc == 0)
        rc = store_execute(store, asker_settings, err);
    if (rc == 0)
        *ret = TAKE(store);
    return rc;
}

void store_limit_scratch(struct store *asker, int64_t bytes)
{
    scratch_limit(asker->scratch, bytes);
}

struct sqlite3 *store_database(struct store *store)
{
    return store->db;
}

int store_find_tables_version(struct store *store, int64_t *ret, struct error *err)
{
    static const char sql[] = "PRAGMA schema_version";
    return find_number(store, sql, ret, err);
}

int store_find_data_version(struct store *store, int64_t *ret, struct error *err)
{
    static const char sql[] = "PRAGMA data_version";
    return find_number(store, sql, ret, err);
}

int store_begin_reading(struct store *store, struct error *err)
{
    static const char sql[] = "BEGIN";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    return rc < 0 ? rc : 0;
}

/* Committed: where temp tables have changed, SQLite would read its schema anew after a
 * rollback. */
void store_end_reading(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db) && store_commit(store, NULL) < 0)
        store_rollback(store);
}

int store_begin(struct store *store, struct error *err)
{
    static const char sql[] = "BEGIN IMMEDIATE";
    store->last = 0;
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    return rc < 0 ? rc : 0;
}

int store_commit(struct store *store, struct error *err)
{
    static const char sql[] = "COMMIT";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    if (rc < 0)
        store_rollback(store);
    return rc < 0 ? rc : 0;
}

/* Some errors have ended the transaction already. */
void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_begin_part(struct store *store, struct error *err)
{
    return store_execute(store, "SAVEPOINT part", err);
}

int store_end_part(struct store *store, bool is_kept, struct error *err)
{
    return store_execute(
        store, is_kept ? "RELEASE part" : "ROLLBACK TO part; RELEASE part", err);
}
