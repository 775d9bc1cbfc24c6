// SPDX-License-Identifier: GPL-3.0-or-later
/* forget - all that is known of a host, or of one of its tags, goes, a few rows a step:
 * first what refers to others, last what is referred to. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

/* ?1 host, ?2 tag or NULL, ?3 how many rows at most. */
#define TAGS "SELECT number FROM tag WHERE host = ?1 AND ifnull(tag = ?2, 1)"
#define HOST "(SELECT number FROM host WHERE host = ?1)"

/* Those of a tag are TAG.QUANTITY; in a quantity is no dot. */
#define SERIES                                                                         \
    "SELECT number FROM series WHERE host = " HOST " AND (?2 IS NULL"                  \
    " OR (substr(name, 1, length(?2) + 1) = ?2 || '.'"                                 \
    " AND instr(substr(name, length(?2) + 2), '.') = 0))"

/* The earliest hours of each tag; a step looks through no more, as they may be full of
 * what others sent. They go once their messages are gone, and are not seen again. */
#define HOURS                                                                          \
    "(SELECT tag, start FROM hour WHERE tag IN (" TAGS                                 \
    ") ORDER BY tag, start LIMIT min(?3, 24))"

/* First, so that whatever comes meanwhile begins anew. The row itself stays, empty: to
 * see that nothing refers to it, all messages would have to be looked at. */
static const char tag_sql[] =
    "UPDATE tag SET state = 0, since = NULL, since_id = NULL, time = NULL, id = NULL,"
    " newest = NULL, first = NULL, recent = '[]', flips = 0, ran = NULL,"
    " succeeded = NULL WHERE number IN (" TAGS
    " AND (state > 0 OR first IS NOT NULL) LIMIT ?3)";
static const char message_sql[] =
    "DELETE FROM message WHERE number IN (SELECT m.number FROM " HOURS " h"
    " CROSS JOIN message m INDEXED BY message_time"
    " WHERE m.time >= start AND m.time < start + 3600000 AND m.tag = h.tag LIMIT ?3)";
static const char hour_sql[] = "DELETE FROM hour WHERE (tag, start) IN " HOURS;
static const char interruption_sql[] =
    "DELETE FROM interruption WHERE (tag, began, began_id) IN"
    " (SELECT tag, began, began_id FROM interruption WHERE tag IN (" TAGS ") LIMIT ?3)";
/* What the server's configuration expects goes on to be. */
static const char expectation_sql[] =
    "DELETE FROM expectation WHERE by_server = 0 AND tag IN (" TAGS " LIMIT ?3)";
static const char running_sql[] =
    "DELETE FROM running WHERE run IN"
    " (SELECT run FROM running WHERE tag IN (" TAGS ") LIMIT ?3)";
/* With who knows of it, and what was told of it; what is left of that is notes. */
static const char incident_sql[] =
    "DELETE FROM incident WHERE number IN (SELECT number FROM incident"
    " WHERE host = ?1 AND ifnull(tag = ?2, 1) LIMIT ?3)";
static const char telling_sql[] =
    "DELETE FROM telling WHERE number IN (SELECT number FROM telling"
    " WHERE host = ?1 AND ifnull(tag = ?2, 1) LIMIT ?3)";
static const char reading_sql[] =
    "WITH RECURSIVE hours (hour) AS (SELECT min(hour) FROM reading UNION ALL"
    " SELECT (SELECT min(r.hour) FROM reading r WHERE r.hour > hours.hour) FROM hours"
    " WHERE hours.hour IS NOT NULL)"
    " DELETE FROM reading WHERE (hour, series, time) IN"
    " (SELECT r.hour, r.series, r.time FROM (" SERIES ") s CROSS JOIN hours"
    " CROSS JOIN reading r WHERE r.hour = hours.hour AND r.series = s.number LIMIT ?3)";
static const char reading_hour_sql[] =
    "DELETE FROM reading_hour WHERE (series, start) IN"
    " (SELECT series, start FROM reading_hour WHERE series IN (" SERIES ") LIMIT ?3)";
static const char series_sql[] =
    "DELETE FROM series WHERE number IN (" SERIES " LIMIT ?3)";
static const char said_sql[] =
    "DELETE FROM said WHERE (host, relation) IN"
    " (SELECT host, relation FROM said WHERE host = " HOST " AND ?2 IS NULL LIMIT ?3)";
static const char waiting_sql[] =
    "DELETE FROM waiting WHERE (host, relation, epoch, counter) IN"
    " (SELECT host, relation, epoch, counter FROM waiting WHERE host = " HOST
    " AND ?2 IS NULL LIMIT ?3)";
static const char host_sql[] = "DELETE FROM host WHERE host = ?1 AND ?2 IS NULL AND ?3";

/* What is to go, and how many rows of it may still go in this step. */
struct forgetting {
    struct store *store;
    const char *host, *tag;
    int left;
};

static int run(struct forgetting *forgetting, struct query *query)
{
    bind_text(query, forgetting->host);
    bind_text(query, forgetting->tag);
    bind_number(query, forgetting->left);
    int rc = query_run(query);
    if (rc > 0)
        forgetting->left -= rc < forgetting->left ? rc : forgetting->left;
    return rc;
}

/* Each until none is left of it. */
static int forget(struct forgetting *forgetting, const char *const *texts,
                  struct error *err)
{
    int rc = 0;
    for (; rc >= 0 && forgetting->left > 0 && *texts; texts++) {
        AUTO(query) struct query query = query_new(forgetting->store, *texts, err);
        rc = run(forgetting, &query);
    }
    return rc < 0 ? rc : 0;
}

static int forget_relation(struct forgetting *forgetting, const char *name,
                           struct error *err)
{
    AUTO(str)
    char *sql = text_format("DELETE FROM fact_%s WHERE number IN (SELECT number FROM"
                            " fact_%s WHERE host = " HOST " AND ?2 IS NULL LIMIT ?3)",
                            name, name);
    AUTO(query) struct query query = query_make(forgetting->store, sql, err);
    return run(forgetting, &query);
}

static int forget_facts(struct forgetting *forgetting, struct error *err)
{
    static const char sql[] = "SELECT name FROM relation";
    AUTO(query) struct query query = query_new(forgetting->store, sql, err);
    int rc = 0;
    while (rc >= 0 && forgetting->left > 0 && (rc = query_step(&query)) > 0)
        rc = forget_relation(forgetting, column_text(&query, 0), err);
    return rc < 0 ? rc : 0;
}

/* ---- how often ---- */

#define POSITION "forgotten"

int store_find_forgotten(struct store *store, int64_t *ret, struct error *err)
{
    AUTO(str) char *position = NULL;
    int rc = store_get_position(store, POSITION, &position, err);
    if (rc == 0)
        *ret = position ? strtoll(position, NULL, 10) : 0;
    return rc;
}

static int count_step(struct store *store, struct error *err)
{
    int64_t count;
    int rc = store_find_forgotten(store, &count, err);
    if (rc < 0)
        return rc;
    AUTO(str) char *position = text_format("%" PRId64, count + 1);
    return store_put_position(store, POSITION, position, err);
}

/* A host of which a message came meanwhile is known again. */
int store_forget(struct store *store, const char *host, const char *tag, int limit,
                 int *ret, struct error *err)
{
    static const char *const first[] = {
        tag_sql,    expectation_sql,  running_sql, message_sql,
        hour_sql,   interruption_sql, reading_sql, reading_hour_sql,
        series_sql, incident_sql,     telling_sql, NULL};
    static const char *const last[] = {said_sql, waiting_sql, host_sql, NULL};
    struct forgetting forgetting = {
        .store = store, .host = host, .tag = tag, .left = limit};
    int64_t newest = 0;
    int rc = numbers_last(store, &newest, err);
    if (rc == 0)
        rc = forget(&forgetting, first, err);
    if (rc == 0)
        rc = numbers_keep(store, newest, err);
    if (rc == 0 && !tag)
        rc = forget_facts(&forgetting, err);
    if (rc == 0 && !tag)
        rc = forget(&forgetting, last, err);
    if (rc == 0 && !tag && forgetting.left > 0)
        rc = drop_unused_tables(store, err);
    if (rc == 0 && forgetting.left < limit)
        rc = count_step(store, err);
    if (rc < 0)
        return rc;
    *ret = limit - forgetting.left;
    return 0;
}
