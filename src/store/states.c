// SPDX-License-Identifier: GPL-3.0-or-later
/* states - how each (host, tag) stands, and its interruptions.
 *
 * Both are always what the messages make in the order of their places in time, whatever
 * order they come in. A message m that comes between others, n being the next that
 * speaks:
 *
 *     before m   m       n
 *     ok         wrong   none    an interruption begins at m
 *     ok         wrong   ok      one is [m, n]
 *     ok         wrong   wrong   the one that begins at n begins at m
 *     wrong      ok      none    the one that goes on ends at m
 *     wrong      ok      ok      the one that ends at n ends at m
 *     wrong      ok      wrong   the one around m ends at m; another goes on from n
 *     wrong      wrong   any     nothing begins or ends; nor if both are ok
 */
#include "store/internal.h"

#include <errno.h>
#include <string.h>

static int place_compare(const struct place *a, const struct place *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void bind_place(struct query *query, const struct place *place)
{
    bind_number(query, place->time);
    bind_text(query, place->id);
}

/* Of two columns, the second of which is NULL where there is no place. */
static void column_place(const struct query *query, int column, struct place *ret)
{
    const char *id = column_text(query, column + 1);
    ret->time = column_number(query, column);
    if (id)
        memcpy(ret->id, id, UUID_SIZE);
}

/* A message that speaks of the state of a tag. */
struct word {
    enum state state; /* STATE_NONE: there is no such message */
    struct place place;
};

static int find_next(struct store *store, int64_t tag, const struct place *after,
                     struct word *ret, struct error *err)
{
    static const char sql[] =
        "SELECT state, m.time, id" BY_HOUR " max(start, ?2) AND hour.tag = ?1"
        " AND (m.time, id) > (?2, ?3) AND state > 0 AND start >= ?4"
        " ORDER BY start, m.time, id LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    bind_place(&query, after);
    bind_number(&query, hour_start(after->time));
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    ret->state = (enum state)column_number(&query, 0);
    column_place(&query, 1, &ret->place);
    return 0;
}

/* ---- interruptions ---- */

struct interruption {
    struct place began;
    struct place ended; /* no id: it goes on */
};

/* The one that has begun before a place and has not ended before it; 0: none; 1. */
static int find_interruption(struct store *store, int64_t tag,
                             const struct place *place, struct interruption *ret,
                             struct error *err)
{
    static const char sql[] =
        "SELECT began, began_id, ended, ended_id FROM interruption"
        " WHERE tag = ? AND (began, began_id) < (?, ?)"
        " ORDER BY began DESC, began_id DESC LIMIT 1";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    bind_place(&query, place);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    struct interruption last = {0};
    column_place(&query, 0, &last.began);
    column_place(&query, 2, &last.ended);
    if (last.ended.id[0] && place_compare(&last.ended, place) < 0)
        return 0;
    *ret = last;
    return 1;
}

/* It is there already when its message came once before, and was pruned since. */
static int begin_interruption(struct store *store, int64_t tag,
                              const struct place *began, const struct place *ended,
                              struct error *err)
{
    static const char sql[] = "INSERT INTO interruption"
                              " (tag, began, began_id, ended, ended_id)"
                              " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, tag);
    bind_place(&query, began);
    if (ended->id[0])
        bind_place(&query, ended);
    return query_run(&query);
}

static int move_beginning(struct store *store, int64_t tag, const struct place *from,
                          const struct place *to, struct error *err)
{
    static const char sql[] =
        "UPDATE OR IGNORE interruption SET began = ?, began_id = ?"
        " WHERE tag = ? AND (began, began_id) = (?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_place(&query, to);
    bind_number(&query, tag);
    bind_place(&query, from);
    return query_run(&query);
}

static int end_interruption(struct store *store, int64_t tag, const struct place *began,
                            const struct place *ended, struct error *err)
{
    static const char sql[] = "UPDATE interruption SET ended = ?, ended_id = ?"
                              " WHERE tag = ? AND (began, began_id) = (?, ?)";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_place(&query, ended);
    bind_number(&query, tag);
    bind_place(&query, began);
    return query_run(&query);
}

/* The table above. *ret_since: when the interruption began that m is in or ends. */
static int put_interruption(struct store *store, int64_t tag, const struct word *m,
                            const struct word *next, int64_t *ret_since,
                            struct error *err)
{
    struct interruption around = {0};
    int rc = find_interruption(store, tag, &m->place, &around, err);
    if (rc < 0)
        return rc;
    bool was_wrong = rc > 0, is_wrong = state_is_wrong(m->state);
    *ret_since = was_wrong ? around.began.time : is_wrong ? m->place.time : 0;
    if (was_wrong == is_wrong)
        return 0;

    if (is_wrong)
        return state_is_wrong(next->state)
                   ? move_beginning(store, tag, &next->place, &m->place, err)
                   : begin_interruption(store, tag, &m->place, &next->place, err);
    rc = end_interruption(store, tag, &around.began, &m->place, err);
    bool is_within = !around.ended.id[0] || /* else what stood between is pruned */
                     place_compare(&next->place, &around.ended) < 0;
    if (rc >= 0 && state_is_wrong(next->state) && is_within)
        rc = begin_interruption(store, tag, &next->place, &around.ended, err);
    return rc;
}

/* ---- states ---- */

int find_standing(struct store *store, const struct message *message,
                  struct standing *ret, struct error *err)
{
    static const char sql[] =
        "SELECT number, state, since, since_id, time, id, ran, recent, flips FROM"
        " tag WHERE host = ? AND tag = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_text(&query, message->host);
    bind_text(&query, message->tag);
    strbuf_shorten(&store->put.recent, 0);
    int rc = query_step(&query);
    if (rc <= 0)
        return rc;
    if (message_state(message) != STATE_NONE)
        strbuf_puts(&store->put.recent, column_text(&query, 7));
    ret->tag = column_number(&query, 0);
    ret->state = (enum state)column_number(&query, 1);
    column_place(&query, 2, &ret->since);
    column_place(&query, 4, &ret->newest);
    ret->ran = column_number(&query, 6);
    ret->flips = (int)column_number(&query, 8);
    return 1;
}

static void bind_time_of(struct query *query, bool is_known, int64_t time)
{
    if (is_known)
        bind_number(query, time);
    else
        bind_null(query);
}

/* When a run ended, and one that succeeded, with what the last messages said. */
#define CLOCKS                                                                         \
    " recent = ?2, ran = ifnull(max(ran, ?3), ifnull(ran, ?3)),"                       \
    " succeeded = ifnull(max(succeeded, ?4), ifnull(succeeded, ?4))"                   \
    " WHERE number = ?1"

/* Apart from put_word, for it writes an index too, and most messages change nothing of
 * it. 1: it has changed. */
static int put_flips(struct store *store, const char *recent, struct error *err)
{
    static const char sql[] = "UPDATE tag SET flips = ? WHERE number = ?";
    int flips = recent_flips(recent);
    if (flips == store->put.before.flips)
        return 0;
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, flips);
    bind_number(&query, store->put.before.tag);
    return query_run(&query);
}

/* The message that was put last, which is the newest of its tag, or came late. 1: its
 * last states change more often, or less, than before. */
static int put_word(struct store *store, const struct message *message, bool is_newest,
                    struct error *err)
{
    static const char newest_sql[] =
        "UPDATE tag SET time = ?5, id = ?6, newest = ?7," CLOCKS;
    static const char late_sql[] = "UPDATE tag SET" CLOCKS;
    AUTO(strbuf) struct strbuf recent = {0};
    bool has_run = message->kind == MESSAGE_OUTCOME;
    const char *before = store->put.recent.size > 0 ? store->put.recent.data : "[]";
    recent_put(before, message, store->put.time, &recent);

    AUTO(query)
    struct query query = query_new(store, is_newest ? newest_sql : late_sql, err);
    bind_number(&query, store->put.before.tag);
    bind_text(&query, recent.data);
    bind_time_of(&query, has_run, store->put.time);
    bind_time_of(&query, has_run && message->err == ERR_SUCCESS, store->put.time);
    if (is_newest) {
        bind_number(&query, store->put.time);
        bind_text(&query, message->id);
        bind_number(&query, store->put.number);
    }
    const struct standing *standing = &store->put.before;
    bool is_steady =
        is_newest && standing->flips == 0 && message_state(message) == standing->state;
    int rc = query_run(&query);
    if (rc < 0 || is_steady)
        return rc < 0 ? rc : 0;
    return put_flips(store, recent.data, err);
}

/* Apart from put_word, for it writes the index of states too, and most messages
 * change no state. */
static int put_change(struct store *store, int64_t tag, enum state state,
                      const struct place *since, struct error *err)
{
    static const char sql[] =
        "UPDATE tag SET state = ?, since = ?, since_id = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, state);
    bind_place(&query, since);
    bind_number(&query, tag);
    return query_run(&query);
}

static int put_since(struct store *store, int64_t tag, const struct place *since,
                     struct error *err)
{
    static const char sql[] = "UPDATE tag SET since = ?, since_id = ? WHERE number = ?";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_place(&query, since);
    bind_number(&query, tag);
    return query_run(&query);
}

/* An old message can only move the beginning of the state that holds now: back to
 * itself where nothing stands between, or forward where it says that something else
 * held then. */
static int put_late(struct store *store, const struct standing *standing,
                    const struct word *m, const struct word *next, struct error *err)
{
    bool is_same = m->state == standing->state;
    bool is_before = place_compare(&m->place, &standing->since) < 0;
    if (is_before && is_same && place_compare(&next->place, &standing->since) >= 0)
        return put_since(store, standing->tag, &m->place, err);
    if (!is_before && !is_same)
        return put_since(store, standing->tag, &next->place, err);
    return 0;
}

static int speak(struct store *store, const struct message *message,
                 const struct word *m, struct change *ret, struct error *err)
{
    struct standing standing = store->put.before;
    struct word next = {0};
    int rc = 0;
    bool is_newest =
        standing.state == STATE_NONE || place_compare(&m->place, &standing.newest) > 0;
    if (!is_newest)
        rc = find_next(store, standing.tag, &m->place, &next, err);
    struct change change = {
        .before = standing.state, .now = standing.state, .is_late = !is_newest};
    bool is_calm = is_newest && !state_is_wrong(standing.state) &&
                   !state_is_wrong(m->state); /* so no interruption is touched */
    if (rc >= 0 && !is_calm)
        rc = put_interruption(store, standing.tag, m, &next, &change.since, err);
    if (rc >= 0 && !is_newest)
        rc = put_late(store, &standing, m, &next, err);
    if (rc >= 0)
        rc = put_word(store, message, is_newest, err);
    change.has_flipped = rc > 0;
    if (rc >= 0 && is_newest) {
        change.now = m->state;
        if (standing.state != m->state)
            rc = put_change(store, standing.tag, m->state, &m->place, err);
    }
    if (rc < 0)
        return rc;
    *ret = change;
    return 0;
}

int store_put_state(struct store *store, const struct message *message,
                    struct change *ret, struct error *err)
{
    struct word m = {.state = message_state(message), .place.time = store->put.time};
    memcpy(m.place.id, message->id, UUID_SIZE);
    if (m.state == STATE_NONE) {
        *ret = (struct change){0};
        return 0;
    }
    return speak(store, message, &m, ret, err);
}

int store_each_state(struct store *store, bool failed, store_state_fn *each,
                     void *context, struct error *err)
{
    static const char sql[] =
        "SELECT host, tag.tag, tag.state, since, tag.time, tag.id, last_word"
        " FROM tag JOIN message ON message.number = newest WHERE tag.state > ?"
        " ORDER BY tag.state DESC, host, tag.tag";
    AUTO(query) struct query query = query_new(store, sql, err);
    bind_number(&query, failed ? STATE_OK : STATE_NONE);
    int rc;
    while ((rc = query_step(&query)) > 0) {
        struct state_row row = {
            .host = column_text(&query, 0),
            .tag = column_text(&query, 1),
            .state = (enum state)column_number(&query, 2),
            .since = column_number(&query, 3),
            .time = column_number(&query, 4),
            .id = column_text(&query, 5),
            .last_word = column_text(&query, 6),
        };
        rc = each(&row, context);
        if (rc < 0)
            break;
    }
    return rc;
}
