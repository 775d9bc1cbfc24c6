// SPDX-License-Identifier: GPL-3.0-or-later
/* internal - what the files of store/ share: the connection, and queries on it. Nobody
 * else includes it.
 *
 *     static const char sql[] = "SELECT number FROM tag WHERE host = ? AND tag = ?";
 *     AUTO(query) struct query query = query_new(store, sql, err);
 *     bind_text(&query, host);
 *     bind_text(&query, tag);
 *     int rc = query_step(&query);       1: a row, 0: no more, negative: an error
 *
 * A statement is prepared once and kept under the address of its text, so a text is a
 * static array. It is used by one query at a time. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>
#include <string.h>

#include "base/strbuf.h"
#include "store/store.h"

#define STATEMENTS_MAX 240

/* A place in time. */
struct place {
    int64_t time;
    char id[UUID_SIZE];
};

/* How a (host, tag) stands. */
struct standing {
    int64_t tag;
    enum state state; /* STATE_NONE: no message has spoken, and there are no places */
    struct place since, newest;
    int64_t ran; /* when its last run ended; 0: none has */
    int flips;   /* how often its last states changed */
};

struct scratch;

struct store {
    sqlite3 *db;
    char *path;
    struct scratch *scratch; /* an asker's; NULL: none */
    struct {
        int64_t number, time;
        struct standing before; /* of its tag */
        struct strbuf recent;   /* the tag's, before; of a message that speaks */
    } put;                      /* the message that was put last */
    int64_t last; /* number of the newest message, in this transaction; 0: not looked
                     up yet */
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[STATEMENTS_MAX];
    int kept_count;
};

/* The errno for what SQLite last said, with the path and its words in err. */
int store_fail(struct store *store, struct error *err);

/* Runs SQL without parameters, several statements too. */
int store_execute(struct store *store, const char *sql, struct error *err) MUST_USE;

/* A reason of blanks is none. */
static inline bool is_blank(const char *text)
{
    return text[strspn(text, " \t\n")] == '\0';
}

/* ---- files without a name (scratch.c) ---- */

/* For one connection, which opens by that name and is closed before. */
struct scratch *scratch_new(void);
void scratch_free(struct scratch *scratch); /* NULL is fine */
const char *scratch_name(const struct scratch *scratch);

/* All together; past it a write fails with SQLITE_FULL. 0: none. */
void scratch_limit(struct scratch *scratch, int64_t bytes);

/* ---- clocks of time zones (zone_clock.c) ---- */

/* Gives the connection the table zone_clock. */
int zone_clock_register(struct store *store, struct error *err) MUST_USE;

/* ---- numbers of messages (numbers.c) ---- */

/* That of the newest message that was ever stored: the next one's is higher. */
int numbers_last(struct store *store, int64_t *ret, struct error *err) MUST_USE;

/* Messages were removed; last is what numbers_last said before. */
int numbers_keep(struct store *store, int64_t last, struct error *err) MUST_USE;

/* ---- queries (query.c) ---- */

struct query {
    struct store *store;
    sqlite3_stmt *statement;
    struct error *err;
    bool is_own; /* the statement goes with the query */
    int bound;   /* parameters that have a value */
    int rc;      /* the first error; it makes every later step fail */
};

struct query query_new(struct store *store, const char *sql, struct error *err);

/* Of a text that was made for this once. */
struct query query_make(struct store *store, const char *sql, struct error *err);
void query_clear(struct query *query);
AUTO_DEFINE_CLEAR(query)

/* The next parameter, in the order of the text. Texts are lent until the query is
 * cleared; NULL is NULL. */
void bind_number(struct query *query, int64_t value);
void bind_real(struct query *query, double value);
void bind_text(struct query *query, const char *text);
void bind_bytes(struct query *query, const char *text, size_t size);
void bind_blob(struct query *query, const void *bytes, size_t size);
void bind_null(struct query *query);

int query_step(struct query *query) MUST_USE;

/* Makes it ready for another run, with parameters to be bound from the first on. */
void query_again(struct query *query);

/* Runs a query that gives no rows; returns how many it changed. */
int query_run(struct query *query) MUST_USE;

/* Of the row that was stepped to; a text is lent until the next step, NULL for NULL. */
int64_t column_number(const struct query *query, int column);
const char *column_text(const struct query *query, int column);
double column_real(const struct query *query, int column);
const void *column_blob(const struct query *query, int column, size_t *ret_size);

/* ---- states (states.c) ---- */

/* 1; 0: no message of its (host, tag) is stored. */
int find_standing(struct store *store, const struct message *message,
                  struct standing *ret, struct error *err) MUST_USE;

/* ---- what the last messages said (recent.c) ---- */

#define RECENT_MAX 21

/* Appends a tag's recent with what the message says, in the order of times; the oldest
 * goes where there are more. */
void recent_put(const char *recent, const struct message *message, int64_t time,
                struct strbuf *ret);

/* How often the state changed from one to the next. */
int recent_flips(const char *recent);

/* ---- hours (messages.c) ---- */

#define HOUR 3600000 /* ms */

/* The beginning of the one that a time is in. */
static inline int64_t hour_start(int64_t time)
{
    return time - (time % HOUR + HOUR) % HOUR;
}

/* A tag's messages in the order of time, hour by hour: FROM and the first terms of
 * WHERE; what follows is from when on. */
#define BY_HOUR                                                                        \
    " FROM hour CROSS JOIN message m INDEXED BY message_time"                          \
    " WHERE m.tag = hour.tag AND m.time < start + 3600000 AND m.time >="

/* ---- hosts (hosts.c) ---- */

/* Why the whole of a host's facts is wanted. */
enum lack {
    LACK_NONE,
    LACK_GAP,  /* a message waits for one that is missing: over when that comes */
    LACK_SAID, /* its beats say that it sent more, or a person said so */
};

/* A row of the table host, see there. */
struct host {
    int64_t number, since, seen, every;
    int64_t epoch, came, is_short, asked;
    enum lack lack;
};

/* Finds its row or makes it: heard at time. */
int get_host(struct store *store, const char *name, int64_t time, struct host *ret,
             struct error *err) MUST_USE;
int put_host(struct store *store, const struct host *host, struct error *err) MUST_USE;

/* ---- readings (readings.c) ---- */

int put_readings(struct store *store, int64_t host, const struct message *message,
                 int64_t time, struct error *err) MUST_USE;

/* ---- relations and their tables (relations.c) ---- */

struct fact_table {
    int64_t number;
    struct relation *relation; /* with all columns that the table has */
};

void fact_table_clear(struct fact_table *table);
AUTO_DEFINE_CLEAR(fact_table)

/* 1; 0: there is none. */
int find_table(struct store *store, const char *name, struct fact_table *ret,
               struct error *err) MUST_USE;

/* Made, or given the columns that are new, as host speaks of it. -EINVAL: it cannot
 * hold that relation, or host has made too many. */
int get_table(struct store *store, const char *host, const struct relation *relation,
              struct fact_table *ret, struct error *err) MUST_USE;

/* Those of which no host says anything. */
int drop_unused_tables(struct store *store, struct error *err) MUST_USE;

/* Gives each table the index that make_table gives it: those of before have none. */
int index_tables(struct store *store, struct error *err) MUST_USE;

/* Appends ", v_NAME" for each column. */
void put_columns(const struct fact_table *table, struct strbuf *sql);

/* The canonical text of a value in a row that was stepped to, to be freed. */
char *column_value_text(const struct query *query, int column);

/* ---- rows of facts (rows.c) ---- */

/* What became true of a host, and what is no longer. */
struct row_change {
    int64_t host, message, time;
    bool is_whole;              /* added is all that is true */
    const struct facts **facts; /* whose added rows, and removed ones, are meant */
    size_t count;
};

/* -EINVAL: more rows would be true than may be. */
int put_rows(struct store *store, const struct fact_table *table,
             const struct row_change *change, struct error *err) MUST_USE;

/* ---- bodies (body.c) ---- */

/* Splits a message's JSON, which is valid: what it printed (the members stdout, stderr
 * and bytes that are not null), or of facts the rows, goes to output, the rest to body;
 * both are objects. output stays empty where there is none of that. */
void body_split(const char *json, size_t size, enum message_kind kind,
                struct strbuf *body, struct strbuf *output);

/* Both in one object again; output may be NULL. */
void body_join(const char *body, const char *output, struct strbuf *json);

#endif
