// SPDX-License-Identifier: GPL-3.0-or-later
/* known - what the store has of incidents, copied: to be compared, and then changed. */
#include <stdlib.h>
#include <string.h>

#include "alert/incidents_parts.h"

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_text(arena, text) : NULL;
}

struct loading {
    struct arena *arena;
    struct known **items;
    size_t count, room;
};

static void *push(struct arena *arena, void **items, size_t count, size_t *room,
                  size_t size)
{
    if (count == *room) {
        *room = *room ? *room * 2 : 64;
        void *more = arena_take(arena, *room * size);
        if (count > 0)
            memcpy(more, *items, count * size);
        *items = more;
    }
    return (char *)*items + count * size;
}

static int add_incident(const struct incident *incident, void *context)
{
    struct loading *loading = context;
    struct arena *arena = loading->arena;
    struct known *known = arena_take(arena, sizeof *known);
    known->is = *incident;
    known->is.host = copy(arena, incident->host);
    known->is.tag = copy(arena, incident->tag);
    known->is.matter = copy(arena, incident->matter);
    known->is.severity = copy(arena, incident->severity);
    known->is.text = copy(arena, incident->text);
    known->is.message = copy(arena, incident->message);
    known->is.held = copy(arena, incident->held);
    known->is.why = copy(arena, incident->why);
    *(struct known **)push(arena, (void **)&loading->items, loading->count,
                           &loading->room, sizeof(struct known *)) = known;
    loading->count++;
    return 0;
}

static int compare(const void *left, const void *right)
{
    const struct incident *one = &(*(struct known *const *)left)->is;
    const struct incident *other = &(*(struct known *const *)right)->is;
    int order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    return order ? order : strcmp(one->matter, other->matter);
}

int known_load(struct applying *applying, struct known ***ret, size_t *ret_count,
               struct error *err)
{
    struct loading loading = {.arena = applying->arena};
    const struct incident_filter filter = {0};
    int rc = store_each_incident(applying->store, &filter, applying->judgement->time,
                                 add_incident, &loading, err);
    if (rc < 0)
        return rc;
    if (loading.count > 0)
        qsort(loading.items, loading.count, sizeof *loading.items, compare);
    *ret = loading.items;
    *ret_count = loading.count;
    return 0;
}

/* ---- what its tag said last ---- */

struct newest {
    struct applying *applying;
    struct known *known;
    int64_t time; /* of the message */
    bool is_found;
};

/* The newest that spoke, of those that the judgement knows of. */
static int take_message(const struct message_row *row, void *context)
{
    struct newest *newest = context;
    struct arena *arena = newest->applying->arena;
    int64_t stored = newest->applying->judgement->stored;
    if (newest->is_found || row->state == STATE_NONE ||
        (stored > 0 && row->number > stored))
        return 0;
    newest->is_found = true;
    newest->time = row->time;
    const struct message_defaults defaults = {.now = row->time, .host = ""};
    AUTO(message) struct message *message = NULL;
    newest->known->is.message = arena_text(arena, row->id);
    if (message_parse(row->body, strlen(row->body), &defaults, &message, NULL) == 0)
        newest->known->own_mailto = copy(arena, message->mailto);
    return 0;
}

/* It has said something else since it was judged. */
static int find_before(struct newest *newest, struct error *err)
{
    const struct incident *is = &newest->known->is;
    const struct message_filter filter = {.host = is->host, .tag = is->tag};
    return store_each_message(newest->applying->store, &filter, take_message, newest,
                              err);
}

int known_look_up(struct applying *applying, struct known *known, struct error *err)
{
    struct newest newest = {.applying = applying, .known = known};
    int64_t since = 0;
    known->is_looked_up = true;
    int rc = store_find_word(applying->store, known->is.host, known->is.tag,
                             take_message, &newest, &since, err);
    if (rc > 0 && !newest.is_found)
        rc = find_before(&newest, err);
    bool is_its =
        strcmp(known->is.matter, "state") == 0 && since && since <= newest.time;
    known->since = is_its ? since : known->is.began;
    return rc < 0 ? rc : 0;
}

/* ---- who knows ---- */

struct knowers {
    struct arena *arena;
    struct knower *items;
    size_t count, room;
};

static int add_knower(const struct informed *informed, void *context)
{
    struct knowers *knowers = context;
    struct arena *arena = knowers->arena;
    *(struct knower *)push(arena, (void **)&knowers->items, knowers->count,
                           &knowers->room, sizeof(struct knower)) =
        (struct knower){.notifier = arena_text(arena, informed->notifier),
                        .address = arena_text(arena, informed->address),
                        .severity = arena_text(arena, informed->severity),
                        .time = informed->time};
    knowers->count++;
    return 0;
}

int known_each_knower(struct applying *applying, const struct known *known,
                      struct knower **ret, size_t *ret_count, struct error *err)
{
    struct knowers knowers = {.arena = applying->arena};
    int rc = store_each_informed(applying->store, known->is.number, add_knower,
                                 &knowers, err);
    if (rc < 0)
        return rc;
    *ret = knowers.items;
    *ret_count = knowers.count;
    return 0;
}
