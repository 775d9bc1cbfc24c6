// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - the catalogue, and a table with typed columns for each relation.
 *
 * Names reach SQL only when relation_check has found them to be plain words; tables and
 * columns bear a prefix, so that no name is a keyword or one of ours. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Each is a table, which every connection knows; and one host's token must not be able
 * to leave none for the others. */
#define RELATIONS_MAX         1000
#define RELATIONS_OF_HOST_MAX 100

/* ANY keeps an integer exact and a real a real. */
static const char *const sql_types[] = {
    [COLUMN_TEXT] = "TEXT",        [COLUMN_NUMBER] = "ANY",   [COLUMN_SIZE] = "INTEGER",
    [COLUMN_DURATION] = "INTEGER", [COLUMN_TIME] = "INTEGER", [COLUMN_VERSION] = "TEXT",
    [COLUMN_FLAG] = "INTEGER",
};

void fact_table_clear(struct fact_table *table)
{
    relation_free(table->relation);
    *table = (struct fact_table){0};
}

/* ---- the catalogue ---- */

static int load_columns(struct store *store, int64_t number, struct relation *relation,
                        struct error *err)
{
    static const char sql[] = "SELECT name, type, is_key FROM relation_column"
                              " WHERE relation = ? ORDER BY place";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, number);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        enum column_type type;
        if (column_type_parse(column_text(&query, 1), &type) < 0)
            return error_set(err, -EBADMSG, "relation %s: column %s has the type %s",
                             relation->name, column_text(&query, 0),
                             column_text(&query, 1));
        relation_add_column(relation, column_text(&query, 0), type,
                            column_number(&query, 2));
    }
    return rc;
}

int find_table(struct store *store, const char *name, struct fact_table *ret,
               struct error *err)
{
    static const char sql[] = "SELECT number FROM relation WHERE name = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, name);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    AUTO(fact_table)
    struct fact_table table = {.number = column_number(&query, 0),
                               .relation = relation_new(name, NULL)};
    rc = load_columns(store, table.number, table.relation, err);
    if (rc < 0)
        return rc;
    *ret = table;
    table = (struct fact_table){0};
    return 1;
}

static int put_column(struct store *store, const struct fact_table *table, size_t place,
                      struct error *err)
{
    static const char sql[] =
        "INSERT INTO relation_column (relation, place, name, type,"
        " is_key) VALUES (?, ?, ?, ?, ?)";
    const struct column *column = &table->relation->columns[place];
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, table->number);
    bind_number(&query, (int64_t)place);
    bind_text(&query, column->name);
    bind_text(&query, column_type_name(column->type));
    bind_number(&query, column->is_key);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

static int put_relation(struct store *store, const char *host, const char *name,
                        int64_t *ret, struct error *err)
{
    static const char sql[] =
        "INSERT INTO relation (name, host) SELECT ?1, ?2"
        " WHERE (SELECT count(*) FROM relation) < ?3"
        " AND (SELECT count(*) FROM relation WHERE host = ?2) < ?4";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, name);
    bind_text(&query, host);
    bind_number(&query, RELATIONS_MAX);
    bind_number(&query, RELATIONS_OF_HOST_MAX);
    int rc = query_run(&query);
    if (rc == 0)
        return error_set(err, -EINVAL,
                         "relation %s: there are %d already, or %d that host %.80s was "
                         "the first to speak of, the most",
                         name, RELATIONS_MAX, RELATIONS_OF_HOST_MAX, host);
    if (rc > 0)
        *ret = sqlite3_last_insert_rowid(store->db);
    return rc < 0 ? rc : 0;
}

/* ---- the tables ---- */

void put_columns(const struct fact_table *table, struct strbuf *sql)
{
    for (size_t i = 0; i < table->relation->count; i++)
        strbuf_printf(sql, ", v_%s", table->relation->columns[i].name);
}

char *column_value_text(const struct query *query, int column)
{
    if (sqlite3_column_type(query->statement, column) == SQLITE_FLOAT)
        return number_value(column_real(query, column));
    return text_copy(column_text(query, column));
}

/* Questions ask for a name over all hosts, or over some: what is true now of the first
 * column of the key, or of all where that is none. */
static void put_index(const struct relation *relation, struct strbuf *sql)
{
    size_t first = 0;
    while (first < relation->count && !relation->columns[first].is_key)
        first++;
    strbuf_printf(sql, "CREATE INDEX named_%s ON fact_%s (v_%s, ended, host);",
                  relation->name, relation->name,
                  relation->columns[first < relation->count ? first : 0].name);
}

/* How many rows those indexes find, about: else SQLite takes all that a host has of a
 * relation for fewer than the one of a name. */
static void put_sizes(const struct relation *relation, struct strbuf *sql)
{
    strbuf_printf(sql,
                  "INSERT INTO sqlite_stat1 VALUES"
                  " ('fact_%s', 'host_%s', '100000 100 100'),"
                  " ('fact_%s', 'named_%s', '100000 100 100 1');",
                  relation->name, relation->name, relation->name, relation->name);
}

static int make_table(struct store *store, const char *host,
                      const struct relation *relation, struct fact_table *ret,
                      struct error *err)
{
    AUTO(strbuf) struct strbuf sql = {0};
    AUTO(fact_table)
    struct fact_table table = {.relation = relation_copy(relation)};
    int rc = put_relation(store, host, relation->name, &table.number, err);
    for (size_t i = 0; rc == 0 && i < relation->count; i++)
        rc = put_column(store, &table, i, err);
    if (rc < 0)
        return rc;
    strbuf_printf(&sql,
                  "CREATE TABLE fact_%s (number INTEGER PRIMARY KEY,"
                  " host INTEGER NOT NULL REFERENCES host, began INTEGER NOT NULL,"
                  " ended INTEGER, opened INTEGER NOT NULL, closed INTEGER",
                  relation->name);
    for (size_t i = 0; i < relation->count; i++)
        strbuf_printf(&sql, ", v_%s %s", relation->columns[i].name,
                      sql_types[relation->columns[i].type]);
    strbuf_printf(&sql, ") STRICT; CREATE INDEX host_%s ON fact_%s (host, ended);",
                  relation->name, relation->name);
    put_index(relation, &sql);
    put_sizes(relation, &sql);
    rc = store_execute(store, sql.data, err);
    if (rc < 0)
        return rc;
    *ret = table;
    table = (struct fact_table){0};
    return 0;
}

static const struct column *find_column(const struct relation *relation,
                                        const char *name)
{
    for (size_t i = 0; i < relation->count; i++)
        if (strcmp(relation->columns[i].name, name) == 0)
            return &relation->columns[i];
    return NULL;
}

/* What one says of a column that the other has too; a column that one does not have is
 * none of its key. */
static int check_column(const struct fact_table *table, const struct column *column,
                        const struct column *other, struct error *err)
{
    const char *name = table->relation->name;
    if (other && other->type != column->type)
        return error_set(err, -EINVAL, "relation %s: column %s is a %s, and here a %s",
                         name, column->name, column_type_name(column->type),
                         column_type_name(other->type));
    if (column->is_key != (other && other->is_key))
        return error_set(err, -EINVAL,
                         "relation %s: column %s is%s of its key, and here it is%s",
                         name, column->name, column->is_key ? "" : " not",
                         column->is_key ? " not" : "");
    return 0;
}

static int add_column(struct store *store, struct fact_table *table,
                      const struct column *column, struct error *err)
{
    struct relation *relation = table->relation;
    if (relation->count == RELATION_COLUMNS_MAX)
        return error_set(err, -EINVAL,
                         "relation %s: no place for column %s: there are %d already, "
                         "the most",
                         relation->name, column->name, RELATION_COLUMNS_MAX);
    relation_add_column(relation, column->name, column->type, false);
    int rc = put_column(store, table, relation->count - 1, err);
    AUTO(str)
    char *sql = text_format("ALTER TABLE fact_%s ADD COLUMN v_%s %s", relation->name,
                            column->name, sql_types[column->type]);
    return rc < 0 ? rc : store_execute(store, sql, err);
}

/* Another host's older plugin may have fewer columns: they are not known of it. But
 * what names a row is the same for all. */
static int check_key(const struct fact_table *table, const struct relation *relation,
                     struct error *err)
{
    for (size_t i = 0; i < table->relation->count; i++) {
        const struct column *here = &table->relation->columns[i];
        if (here->is_key && !find_column(relation, here->name))
            return error_set(err, -EINVAL,
                             "relation %s: column %s of its key is missing",
                             relation->name, here->name);
    }
    return 0;
}

int get_table(struct store *store, const char *host, const struct relation *relation,
              struct fact_table *ret, struct error *err)
{
    AUTO(fact_table) struct fact_table table = {0};
    int rc = relation_check(relation, err);
    if (rc == 0)
        rc = find_table(store, relation->name, &table, err);
    if (rc == 0)
        return make_table(store, host, relation, ret, err);
    if (rc > 0)
        rc = check_key(&table, relation, err);
    for (size_t i = 0; rc == 0 && i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        const struct column *here = find_column(table.relation, column->name);
        rc = check_column(&table, column, here, err);
        if (rc == 0 && !here)
            rc = add_column(store, &table, column, err);
    }
    if (rc < 0)
        return rc;
    *ret = table;
    table = (struct fact_table){0};
    return 0;
}

static int drop_table(struct store *store, int64_t number, const char *name,
                      struct error *err)
{
    AUTO(str)
    char *sql = text_format("DROP TABLE fact_%s;"
                            "DELETE FROM relation_column WHERE relation = %lld;"
                            "DELETE FROM relation WHERE number = %lld",
                            name, (long long)number, (long long)number);
    return store_execute(store, sql, err);
}

struct unused {
    int64_t number;
    char *name;
};

/* One of them; 0: there is none. */
static int find_unused(struct store *store, struct unused *ret, struct error *err)
{
    static const char sql[] = "SELECT number, name FROM relation WHERE number NOT IN"
                              " (SELECT relation FROM said UNION SELECT relation"
                              " FROM waiting) LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc = query_step(&query);
    if (rc > 0)
        *ret = (struct unused){.number = column_number(&query, 0),
                               .name = text_copy(column_text(&query, 1))};
    return rc;
}

int drop_unused_tables(struct store *store, struct error *err)
{
    struct unused unused;
    int rc;
    while ((rc = find_unused(store, &unused, err)) > 0) {
        rc = drop_table(store, unused.number, unused.name, err);
        free(unused.name);
        if (rc < 0)
            break;
    }
    return rc;
}

/* ---- lists ---- */

static int count_rows(struct store *store, const char *name, int64_t *ret,
                      struct error *err)
{
    AUTO(str)
    char *sql = text_format("SELECT count(*) FROM fact_%s WHERE ended IS NULL", name);
    AUTO(query) struct query query = query_make(store, sql, err);
    int rc = query_step(&query);
    if (rc > 0)
        *ret = column_number(&query, 0);
    return rc < 0 ? rc : 0;
}

static int give_relation(struct store *store, const char *name, bool with_rows,
                         store_relation_fn *each, void *context, struct error *err)
{
    AUTO(fact_table) struct fact_table table = {0};
    int64_t rows = 0;
    int rc = find_table(store, name, &table, err);
    if (rc > 0 && with_rows)
        rc = count_rows(store, name, &rows, err);
    return rc < 0 ? rc : each(table.relation, rows, context);
}

int store_each_relation(struct store *store, bool with_rows, store_relation_fn *each,
                        void *context, struct error *err)
{
    static const char sql[] = "SELECT name FROM relation ORDER BY name";
    AUTO(query) struct query query = query_new(store, sql, err);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        rc =
            give_relation(store, column_text(&query, 0), with_rows, each, context, err);
        if (rc < 0)
            break;
    }
    return rc;
}

static int add_index(const struct relation *relation, int64_t rows UNUSED,
                     void *context)
{
    put_index(relation, context);
    return 0;
}

int index_tables(struct store *store, struct error *err)
{
    AUTO(strbuf) struct strbuf sql = {0};
    int rc = store_each_relation(store, false, add_index, &sql, err);
    return rc < 0 ? rc : store_execute(store, strbuf_text(&sql), err);
}

/* ---- facts ---- */

/* A row was seen when its host was, unless something is missing of what that said. */
static void put_facts_sql(const struct fact_table *table,
                          const struct fact_filter *filter, struct strbuf *sql)
{
    strbuf_puts(sql, "SELECT f.number, host.host, began, ended, opened,"
                     " ifnull(ended, CASE lacks WHEN 0 THEN host.seen ELSE"
                     " (SELECT time FROM said WHERE said.host = f.host"
                     " AND relation = ?5) END)");
    put_columns(table, sql);
    strbuf_printf(sql,
                  " FROM fact_%s f JOIN host ON host.number = f.host"
                  " WHERE f.number > ?1 AND ifnull(host.host = ?2, 1)",
                  table->relation->name);
    if (filter->host)
        strbuf_puts(sql, " AND f.host = (SELECT number FROM host WHERE host = ?2)");
    if (filter->all)
        strbuf_puts(sql, " AND ?3 IS NOT NULL");
    else if (filter->at == 0)
        strbuf_puts(sql, " AND ended IS NULL AND ?3 IS NOT NULL");
    else
        strbuf_puts(sql, " AND began <= ?3 AND (ended IS NULL OR ended > ?3)");
    strbuf_puts(sql, " ORDER BY f.number LIMIT ?4");
}

static int give_fact(const struct query *query, const struct relation *relation,
                     store_fact_fn *each, void *context)
{
    char *values[RELATION_COLUMNS_MAX];
    for (size_t i = 0; i < relation->count; i++)
        values[i] = column_value_text(query, 6 + (int)i);
    struct fact_row row = {
        .number = column_number(query, 0),
        .host = column_text(query, 1),
        .values = (const char *const *)values,
        .since = column_number(query, 2),
        .until = column_number(query, 3),
        .message = column_number(query, 4),
        .seen = column_number(query, 5),
    };
    int rc = each(relation, &row, context);
    for (size_t i = 0; i < relation->count; i++)
        free(values[i]);
    return rc;
}

int store_each_fact(struct store *store, const struct fact_filter *filter,
                    store_fact_fn *each, void *context, struct error *err)
{
    AUTO(fact_table) struct fact_table table = {0};
    int rc = find_table(store, filter->relation, &table, err);
    if (rc == 0)
        return error_set(err, -ENOENT, "no relation %.80s", filter->relation);
    if (rc < 0)
        return rc;
    AUTO(strbuf) struct strbuf sql = {0};
    put_facts_sql(&table, filter, &sql);
    AUTO(query) struct query query = query_make(store, sql.data, err);
    bind_number(&query, filter->after);
    bind_text(&query, filter->host);
    bind_number(&query, filter->at);
    bind_number(&query, filter->limit > 0 ? filter->limit : 100);
    bind_number(&query, table.number);
    while ((rc = query_step(&query)) > 0) {
        rc = give_fact(&query, table.relation, each, context);
        if (rc < 0)
            break;
    }
    return rc;
}
