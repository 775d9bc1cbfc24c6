// SPDX-License-Identifier: GPL-3.0-or-later
/* hosts - when each was heard, and whether its facts are all here.
 *
 * A host with a daemon has a row of its own. What others send needs none: their tags
 * say when they were heard, and no message writes a row more for it.
 *
 * Facts that are missing are noticed in two ways: by the message that continues them,
 * at once (facts.c); and by the beats, which say how many messages there were, and in
 * which epoch. */
#include "store/internal.h"

#include <errno.h>

#define MINUTE (60 * 1000)

/* A message that a beat has overtaken comes meanwhile. */
#define PATIENCE_MS (5 * MINUTE)

/* What could not be handled is missing for good: it is not asked for with each beat. */
#define ASK_AGAIN_MS (6 * 60 * MINUTE)

static int make_host(struct store *store, const char *name, int64_t time,
                     struct host *ret, struct error *err)
{
    static const char sql[] = "INSERT INTO host (host, since, seen) VALUES (?, ?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, name);
    bind_number(&query, time);
    bind_number(&query, time);
    int rc = query_run(&query);
    if (rc < 0)
        return rc;
    *ret = (struct host){
        .number = sqlite3_last_insert_rowid(store->db), .since = time, .seen = time};
    return 0;
}

int store_put_server(struct store *store, const char *host, int64_t began,
                     struct error *err)
{
    AUTO(query) struct query gone = query_new(store, "DELETE FROM server", err);
    int rc = query_run(&gone);
    if (rc < 0)
        return rc;
    static const char sql[] = "INSERT INTO server (host, began) VALUES (?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, host);
    bind_number(&query, began);
    rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

int get_host(struct store *store, const char *name, int64_t time, struct host *ret,
             struct error *err)
{
    static const char sql[] = "SELECT number, since, seen, every, epoch, came, short,"
                              " asked, lacks FROM host WHERE host = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, name);
    int rc = query_step(&query);
    if (rc == 0)
        return make_host(store, name, time, ret, err);
    if (rc < 0)
        return rc;
    *ret = (struct host){
        .number = column_number(&query, 0),
        .since = column_number(&query, 1),
        .seen = column_number(&query, 2),
        .every = column_number(&query, 3),
        .epoch = column_number(&query, 4),
        .came = column_number(&query, 5),
        .is_short = column_number(&query, 6),
        .asked = column_number(&query, 7),
        .lack = (enum lack)column_number(&query, 8),
    };
    return 0;
}

int put_host(struct store *store, const struct host *host, struct error *err)
{
    static const char sql[] =
        "UPDATE host SET since = ?, seen = ?, every = ?, epoch = ?, came = ?,"
        " short = ?, asked = ?, lacks = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, host->since);
    bind_number(&query, host->seen);
    bind_number(&query, host->every);
    bind_number(&query, host->epoch);
    bind_number(&query, host->came);
    bind_number(&query, host->is_short);
    bind_number(&query, host->asked);
    bind_number(&query, host->lack);
    bind_number(&query, host->number);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* ---- beats ---- */

/* A host that counts from an earlier epoch, or has counted fewer messages than came, is
 * one that was restored from a backup: the server believes it, and asks it. */
static bool is_complete(const struct host *host, const struct message *beat)
{
    return beat->facts_epoch == host->epoch && beat->facts_counter == host->came;
}

/* Whether the whole is to be asked for now. */
static bool compare_facts(struct host *host, const struct message *beat, int64_t came)
{
    if (beat->facts_epoch > host->epoch) {
        host->epoch = beat->facts_epoch;
        host->came = 0;
        host->is_short = 0;
        host->lack = LACK_NONE; /* a new epoch: the whole is on its way */
    }
    if (is_complete(host, beat)) {
        host->is_short = 0;
        if (host->lack == LACK_SAID)
            host->lack = LACK_NONE;
        return false;
    }
    if (host->is_short == 0 || host->is_short > came)
        host->is_short = came;
    bool was_asked = host->asked <= came && came - host->asked < ASK_AGAIN_MS;
    if (came - host->is_short < PATIENCE_MS || was_asked)
        return false;
    host->asked = came;
    host->lack = LACK_SAID;
    return true;
}

/* What the host is to send next is newer than all that was said in epochs after its
 * own, which began while its clock was wrong, or before it was restored. */
static int go_back(struct store *store, struct host *host, int64_t epoch,
                   struct error *err)
{
    static const char *const texts[] = {
        "UPDATE said SET epoch = 0, counter = 0 WHERE host = ? AND epoch > ?",
        "DELETE FROM waiting WHERE host = ? AND epoch > ?"};
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < sizeof texts / sizeof *texts; i++) {
        AUTO(query) struct query query = query_new(store, texts[i], err);
        bind_number(&query, host->number);
        bind_number(&query, epoch);
        rc = query_run(&query);
    }
    host->epoch = epoch;
    host->came = 0;
    return rc < 0 ? rc : 0;
}

int store_put_beat(struct store *store, const struct message *message, int64_t came,
                   bool *ret_lacks, struct error *err)
{
    struct host host;
    int64_t time = message->time < came ? message->time : came;
    int rc = get_host(store, message->host, time, &host, err);
    if (rc < 0)
        return rc;
    if (message->kind == MESSAGE_BEAT && time >= host.seen) {
        host.every = message->every;
        if (message->facts_epoch > 0 && compare_facts(&host, message, came) &&
            message->facts_epoch < host.epoch)
            rc = go_back(store, &host, message->facts_epoch, err);
    }
    if (rc < 0)
        return rc;
    host.since = time < host.since ? time : host.since;
    host.seen = time > host.seen ? time : host.seen;
    rc = put_host(store, &host, err);
    if (rc == 0)
        rc = put_readings(store, host.number, message, time, err);
    if (rc < 0)
        return rc;
    *ret_lacks = host.lack != LACK_NONE;
    return 0;
}

/* ---- lists ---- */

/* A tag's newest message that spoke of its state, or the hour of a newer one. A tag
 * that was forgotten has neither. */
#define HOURS(of) "(SELECT " of "(start) FROM hour WHERE hour.tag = tag.number)"

static const char hosts_sql[] =
    "SELECT name, min(since), max(seen), max(every), max(lacks), max(state), sum(tags)"
    " FROM (SELECT host AS name, since, seen, every, lacks, 0 AS state, 0 AS tags"
    " FROM host WHERE ifnull(host = ?1, 1)"
    " UNION ALL SELECT host, ifnull(first, " HOURS(
        "min") "),"
               " max(ifnull(time, 0), ifnull(" HOURS(
                   "max") ", 0)), 0, 0, state, state > 0 FROM tag"
                          " WHERE ifnull(host = ?1, 1) AND (state > 0 OR " HOURS(
                              "max") " IS NOT NULL))"
                                     " GROUP BY name ORDER BY name";

int store_each_host(struct store *store, const char *host, store_host_fn *each,
                    void *context, struct error *err)
{
    AUTO(query) struct query query = query_new(store, hosts_sql, err);
    bind_text(&query, host);
    bool is_any = false;
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct host_row row = {
            .host = column_text(&query, 0),
            .since = column_number(&query, 1),
            .seen = column_number(&query, 2),
            .every = column_number(&query, 3),
            .lacks = column_number(&query, 4) != LACK_NONE,
            .state = (enum state)column_number(&query, 5),
            .tags = column_number(&query, 6),
        };
        is_any = true;
        rc = each(&row, context);
        if (rc < 0)
            break;
    }
    if (rc == 0 && host && !is_any)
        return error_set(err, -ENOENT, "no host %s", host);
    return rc;
}

int store_set_lacks(struct store *store, const char *host, bool lacks,
                    struct error *err)
{
    static const char sql[] = "UPDATE host SET lacks = ? WHERE host = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, lacks ? LACK_SAID : LACK_NONE);
    bind_text(&query, host);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}
