// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - the messages of a host's relation, applied in their order, whatever order
 * they come in.
 *
 * A message is applied when it continues the last one that was, or is a newer whole
 * with all its parts. One that cannot be applied yet waits; when the missing one comes,
 * or a newer whole, those behind it follow. What is older than the last one that was
 * applied changes nothing. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

#define WAITING_MAX 1000 /* of one relation of a host */

/* A relation of a host, and how far it is known. */
struct chain {
    struct store *store;
    struct fact_table table;
    int64_t host;
    int64_t epoch, counter, time; /* of the last message; 0: none was applied */
    bool by_receiver;             /* whoever speaks now */
};

/* A message that waits, or that has just come. */
struct link {
    int64_t epoch, counter, after;
    enum facts_extent extent;
    int64_t message; /* its number */
};

struct links {
    struct link *items;
    size_t count;
};

static void links_clear(struct links *links)
{
    free(links->items);
}
AUTO_DEFINE_CLEAR(links)

/* What the host itself says is not for a receiver to change; and the host, once it
 * speaks, begins anew. */
static int find_said(struct chain *chain, struct error *err)
{
    static const char sql[] = "SELECT epoch, counter, time, by_receiver FROM said"
                              " WHERE host = ? AND relation = ?";
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    bool was_receiver = column_number(&query, 3);
    if (chain->by_receiver && !was_receiver)
        return error_set(err, -EINVAL,
                         "relation %s: the host's daemon says it, so that no receiver "
                         "can",
                         chain->table.relation->name);
    chain->time = column_number(&query, 2);
    if (chain->by_receiver != was_receiver)
        return 0;
    chain->epoch = column_number(&query, 0);
    chain->counter = column_number(&query, 1);
    return 0;
}

static int put_said(const struct chain *chain, struct error *err)
{
    static const char sql[] =
        "INSERT INTO said (host, relation, epoch, counter, time, by_receiver)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (host, relation) DO UPDATE SET"
        " epoch = excluded.epoch, counter = excluded.counter, time = excluded.time,"
        " by_receiver = excluded.by_receiver";
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    bind_number(&query, chain->epoch);
    bind_number(&query, chain->counter);
    bind_number(&query, chain->time);
    bind_number(&query, chain->by_receiver);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

static bool is_newer(const struct chain *chain, const struct link *link)
{
    return link->epoch > chain->epoch ||
           (link->epoch == chain->epoch && link->counter > chain->counter);
}

static bool continues(const struct chain *chain, const struct link *link)
{
    return link->extent == FACTS_CHANGE && link->epoch == chain->epoch &&
           link->after == chain->counter;
}

/* ---- those that wait ---- */

static int count_waiting(const struct chain *chain, int64_t *ret, struct error *err)
{
    static const char sql[] =
        "SELECT count(*) FROM waiting WHERE host = ? AND relation = ?";
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    int rc = query_step(&query);
    if (rc > 0)
        *ret = column_number(&query, 0);
    return rc < 0 ? rc : 0;
}

static int put_waiting(const struct chain *chain, const struct link *link,
                       struct error *err)
{
    static const char sql[] =
        "INSERT INTO waiting (host, relation, epoch, counter, after, extent, message)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    int64_t count = 0;
    int rc = count_waiting(chain, &count, err);
    if (rc < 0)
        return rc;
    if (count >= WAITING_MAX)
        return error_set(err, -EINVAL,
                         "relation %s: %d of its messages wait already for one that is "
                         "missing, the most",
                         chain->table.relation->name, WAITING_MAX);
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    bind_number(&query, link->epoch);
    bind_number(&query, link->counter);
    bind_number(&query, link->after);
    bind_number(&query, link->extent);
    bind_number(&query, link->message);
    rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* In the order of their marks. */
static int find_waiting(const struct chain *chain, struct links *ret, struct error *err)
{
    static const char sql[] =
        "SELECT epoch, counter, after, extent, message FROM waiting"
        " WHERE host = ? AND relation = ? ORDER BY epoch, counter";
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        if ((ret->count & (ret->count + 1)) == 0)
            ret->items =
                memory_resize(ret->items, (ret->count * 2 + 1) * sizeof *ret->items);
        ret->items[ret->count++] = (struct link){
            .epoch = column_number(&query, 0),
            .counter = column_number(&query, 1),
            .after = column_number(&query, 2),
            .extent = (enum facts_extent)column_number(&query, 3),
            .message = column_number(&query, 4),
        };
    }
    return rc;
}

static int drop_waiting(const struct chain *chain, struct error *err)
{
    static const char sql[] = "DELETE FROM waiting WHERE host = ? AND relation = ?"
                              " AND (epoch, counter) <= (?, ?)";
    AUTO(query) struct query query = query_new(chain->store, sql, err);
    bind_number(&query, chain->host);
    bind_number(&query, chain->table.number);
    bind_number(&query, chain->epoch);
    bind_number(&query, chain->counter);
    int rc = query_run(&query);
    return rc < 0 ? rc : 0;
}

/* 1; 0: no message of the host waits for one that is missing. A part waits for its
 * whole.
 */
static int has_gap(struct store *store, int64_t host, struct error *err)
{
    static const char sql[] =
        "SELECT 1 FROM waiting WHERE host = ? AND extent <> 1 LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, host);
    return query_step(&query);
}

/* Reads it from the store; 1, 0: it is pruned. */
static int load_message(struct store *store, int64_t number, struct message **ret,
                        int64_t *ret_time, struct error *err)
{
    static const char sql[] = "SELECT time, body, output FROM message WHERE number = ?";
    static const struct message_defaults none = {0};
    AUTO(query) struct query query = query_new(store, sql, err);
    AUTO(strbuf) struct strbuf json = {0};
    bind_number(&query, number);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    *ret_time = column_number(&query, 0);
    body_join(column_text(&query, 1), column_text(&query, 2), &json);
    rc = message_parse(json.data, json.size, &none, ret, err);
    return rc < 0 ? rc : 1;
}

/* ---- applied ---- */

/* No row ends before it began, though the host's clock was set back meanwhile. */
static int apply(struct chain *chain, const struct link *link, int64_t time,
                 const struct facts **facts, size_t count, struct error *err)
{
    chain->epoch = link->epoch;
    chain->counter = link->counter;
    chain->time = time > chain->time ? time : chain->time;
    struct row_change change = {
        .host = chain->host,
        .message = link->message,
        .time = chain->time,
        .is_whole = link->extent == FACTS_WHOLE,
        .facts = facts,
        .count = count,
    };
    return put_rows(chain->store, &chain->table, &change, err);
}

struct loaded {
    struct message_list messages;
    int64_t time; /* of the last */
};

/* 1, with the messages of count links; 0: one of them is pruned. More rows than may be
 * are not loaded first. */
static int load_links(const struct chain *chain, const struct link *links, size_t count,
                      struct loaded *ret, struct error *err)
{
    int rc = 1;
    size_t rows = 0;
    ret->messages.items = memory_new(count * sizeof *ret->messages.items);
    for (size_t i = 0; rc > 0 && i < count && rows <= RELATION_ROWS_MAX; i++) {
        struct message **message = &ret->messages.items[i];
        rc = load_message(chain->store, links[i].message, message, &ret->time, err);
        ret->messages.count += rc > 0;
        rows += rc > 0 ? (*message)->facts->added.count : 0;
    }
    if (rc > 0 && ret->messages.count < count)
        return error_set(err, -EINVAL,
                         "relation %s: found %zu rows and more, expected at most %d",
                         chain->table.relation->name, rows, RELATION_ROWS_MAX);
    return rc;
}

/* links: its parts, and last itself. */
static int apply_waiting(struct chain *chain, const struct link *links, size_t count,
                         struct error *err)
{
    struct loaded loaded = {0};
    int rc = load_links(chain, links, count, &loaded, err);
    if (rc > 0) {
        const struct facts **facts = memory_new(count * sizeof *facts);
        for (size_t i = 0; i < count; i++)
            facts[i] = loaded.messages.items[i]->facts;
        rc = apply(chain, &links[count - 1], loaded.time, facts, count, err);
        free(facts);
    }
    message_list_clear(&loaded.messages);
    return rc;
}

/* How many messages link i is made of, which stand before it; 0: one is missing. */
static size_t count_parts(const struct links *links, size_t i)
{
    const struct link *whole = &links->items[i];
    size_t count = 1;
    while (count <= i) {
        const struct link *part = &links->items[i - count];
        if (part->extent != FACTS_PART || part->epoch != whole->epoch ||
            part->counter <= whole->after)
            break;
        count++;
    }
    return (int64_t)count == whole->counter - whole->after ? count : 0;
}

/* Once through those that wait, in their order: what one makes possible comes later. */
static int apply_all(struct chain *chain, struct error *err)
{
    AUTO(links) struct links links = {0};
    int rc = find_waiting(chain, &links, err);
    for (size_t i = 0; rc >= 0 && i < links.count; i++) {
        const struct link *link = &links.items[i];
        size_t count = continues(chain, link);
        if (link->extent == FACTS_WHOLE && is_newer(chain, link))
            count = count_parts(&links, i);
        if (count > 0)
            rc = apply_waiting(chain, link + 1 - count, count, err);
    }
    return rc < 0 ? rc : 0;
}

static int put_link(struct chain *chain, const struct link *link,
                    const struct facts *facts, int64_t time, struct error *err)
{
    bool is_whole = link->extent == FACTS_WHOLE && link->after + 1 == link->counter;
    bool is_applied = is_whole || continues(chain, link);
    if (!is_newer(chain, link))
        return 0;
    int rc = is_applied ? apply(chain, link, time, &facts, 1, err)
                        : put_waiting(chain, link, err);
    if (rc == 0 && (is_applied || link->extent != FACTS_CHANGE))
        rc = apply_all(chain, err);
    if (rc == 0 && chain->counter > 0)
        rc = put_said(chain, err);
    if (rc == 0)
        rc = drop_waiting(chain, err);
    return rc;
}

static void count_message(struct host *host, int64_t epoch, int64_t time)
{
    if (epoch > host->epoch) {
        host->epoch = epoch;
        host->came = 0;
        host->is_short = 0;
        host->lack = LACK_NONE;
    }
    host->came += epoch == host->epoch;
    host->since = time < host->since ? time : host->since;
    host->seen = time > host->seen ? time : host->seen;
}

static int put_lack(struct store *store, struct host *host, struct error *err)
{
    int rc = has_gap(store, host->number, err);
    if (rc < 0)
        return rc;
    if (rc > 0 && host->lack == LACK_NONE)
        host->lack = LACK_GAP;
    if (rc == 0 && host->lack == LACK_GAP)
        host->lack = LACK_NONE;
    return put_host(store, host, err);
}

int store_put_facts(struct store *store, int64_t number, const struct message *message,
                    int64_t came, bool *ret_lacks, struct error *err)
{
    const struct facts *facts = message->facts;
    int64_t time = message->time < came ? message->time : came;
    struct host host;
    AUTO(fact_table) struct fact_table table = {0};
    int rc = get_table(store, message->host, facts->relation, &table, err);
    if (rc == 0)
        rc = get_host(store, message->host, time, &host, err);
    if (rc < 0)
        return rc;
    struct chain chain = {.store = store,
                          .table = table,
                          .host = host.number,
                          .by_receiver = message->receiver != NULL};
    struct link link = {.epoch = facts->epoch,
                        .counter = facts->counter,
                        .after = facts->after,
                        .extent = facts->extent,
                        .message = number};
    if (!message->receiver) /* else it counts for itself: the host has not sent it */
        count_message(&host, facts->epoch, time);
    rc = find_said(&chain, err);
    if (rc == 0)
        rc = put_link(&chain, &link, facts, time, err);
    if (rc == 0)
        rc = put_lack(store, &host, err);
    if (rc < 0)
        return rc;
    *ret_lacks = host.lack != LACK_NONE;
    return 0;
}
