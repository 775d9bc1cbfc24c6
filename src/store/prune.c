// SPDX-License-Identifier: GPL-3.0-or-later
/* prune - what is too old goes, a few rows a step, found by their index. An hour goes
 * once nothing of its tag is left in it. */
#include "store/internal.h"
#include "store/touched.h"

/* What a state or something untold refers to stays. */
#define IS_FREE                                                                        \
    " NOT EXISTS (SELECT 1 FROM tag WHERE tag.number = m.tag AND newest = m.number)"   \
    " AND id NOT IN (SELECT body ->> 'message' FROM telling untold WHERE told IS NULL" \
    " AND body ->> 'message' IS NOT NULL)"

static int prune(struct store *store, const char *sql, int64_t before, int limit,
                 struct error *err)
{
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, before);
    bind_number(&query, limit);
    return query_run(&query);
}

/* What is over; of an incident who knows of it, and what was told of it, goes along. A
 * run that never ended was still going on. */
static int prune_ended(struct store *store, int64_t before, int limit,
                       struct touched *touched, struct error *err)
{
    static const char incident_sql[] =
        "DELETE FROM incident WHERE number IN (SELECT number FROM incident i"
        " WHERE ended < ? AND NOT EXISTS (SELECT 1 FROM telling t"
        " WHERE t.incident = i.number AND told IS NULL) ORDER BY ended LIMIT ?)";
    static const char telling_sql[] =
        "DELETE FROM telling WHERE number IN (SELECT number FROM telling"
        " WHERE made < ?1 AND told < ?1 ORDER BY made LIMIT ?2)";
    static const char silence_sql[] =
        "DELETE FROM silence WHERE number IN"
        " (SELECT number FROM silence WHERE until < ? ORDER BY until LIMIT ?)";
    static const char running_sql[] =
        "DELETE FROM running WHERE run IN"
        " (SELECT run FROM running WHERE began < ? LIMIT ?)";
    static const struct {
        const char *sql, *relation; /* that rules read of it; NULL: none */
    } rows[] = {{incident_sql, "incident"},
                {telling_sql, NULL},
                {silence_sql, "silence"},
                {running_sql, "running"}};
    int changed = 0, rc = 0;
    for (size_t i = 0; rc >= 0 && i < sizeof rows / sizeof *rows; i++) {
        rc = prune(store, rows[i].sql, before, limit, err);
        if (rc > 0 && touched && rows[i].relation)
            touched_add(touched, rows[i].relation, NULL, NULL);
        changed += rc;
    }
    return rc < 0 ? rc : changed;
}

int store_prune(struct store *store, int64_t messages_before, int64_t output_before,
                int limit, struct touched *touched, int *ret, struct error *err)
{
    static const char message_sql[] =
        "DELETE FROM message WHERE number IN (SELECT number FROM message m"
        " WHERE time < ? AND" IS_FREE " ORDER BY time LIMIT ?)";
    static const char output_sql[] =
        "UPDATE message SET output = NULL WHERE number IN (SELECT number FROM message m"
        " WHERE output IS NOT NULL AND kind <> 'facts' AND time < ? AND" IS_FREE
        " ORDER BY time LIMIT ?)";
    static const char dead_sql[] =
        "DELETE FROM dead WHERE number IN"
        " (SELECT number FROM dead WHERE came < ? ORDER BY came LIMIT ?)";
    static const char hour_sql[] =
        "DELETE FROM hour WHERE (tag, start) IN (SELECT tag, start FROM hour h"
        " WHERE start < ? - 3600000 AND NOT EXISTS"
        " (SELECT 1 FROM message m INDEXED BY message_time"
        " WHERE m.time >= start AND m.time < start + 3600000 AND m.tag = h.tag)"
        " ORDER BY start LIMIT ?)";
    int64_t last = 0;
    int rc = numbers_last(store, &last, err);
    if (rc < 0)
        return rc;
    int messages = prune(store, message_sql, messages_before, limit, err);
    if (messages < 0)
        return messages;
    rc = messages > 0 ? numbers_keep(store, last, err) : 0;
    if (rc < 0)
        return rc;
    int outputs = prune(store, output_sql, output_before, limit, err);
    if (outputs < 0)
        return outputs;
    int dead = prune(store, dead_sql, messages_before, limit, err);
    if (dead < 0)
        return dead;
    int hours = prune(store, hour_sql, messages_before, limit, err);
    if (hours < 0)
        return hours;
    int ended = prune_ended(store, messages_before, limit, touched, err);
    if (ended < 0)
        return ended;
    *ret = messages + outputs + dead + ended;
    return 0;
}
