// SPDX-License-Identifier: GPL-3.0-or-later
/* outgoing - the rows of then and of now are walked through side by side; a whole is
 * cut into as many messages as it takes. */
#include "facts/outgoing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bark/room.h"
#include "base/json.h"
#include "base/memory.h"
#include "message/message.h"

#define HEAD_SIZE 20000 /* bytes of a message beside its rows: names, columns */

/* Some rows of somebody else's, as many as fit, or of one kind. */
struct slice {
    struct rows rows; /* items are ours, values are lent */
    size_t size;      /* bytes of JSON */
};

static void slice_clear(struct slice *slice)
{
    free(slice->rows.items);
    *slice = (struct slice){0};
}

static void slice_add(struct slice *slice, const struct row *row, size_t width)
{
    struct rows *rows = &slice->rows;
    if ((rows->count & (rows->count + 1)) == 0)
        rows->items =
            memory_resize(rows->items, (rows->count * 2 + 1) * sizeof *rows->items);
    rows->items[rows->count++] = *row;
    rows->width = width;
    slice->size += outgoing_row_size(row, width);
}

size_t outgoing_row_size(const struct row *row, size_t width)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < width; i++)
        if (row->values[i])
            json_text(&text, row->values[i], strlen(row->values[i]));
        else
            strbuf_puts(&text, "null");
    return text.size + width + 3;
}

/* ---- what changed ---- */

struct difference {
    struct slice added, removed;
    size_t whole_size; /* bytes of JSON, of all that is true now */
};

static void difference_clear(struct difference *difference)
{
    slice_clear(&difference->added);
    slice_clear(&difference->removed);
}
AUTO_DEFINE_CLEAR(difference)

static void compare(const struct rows *before, const struct rows *now, size_t width,
                    struct difference *ret)
{
    size_t i = 0, j = 0;
    while (i < before->count || j < now->count) {
        int order = i == before->count ? 1
                    : j == now->count
                        ? -1
                        : row_compare(&before->items[i], &now->items[j], width);
        if (order < 0)
            slice_add(&ret->removed, &before->items[i], width);
        if (order > 0)
            slice_add(&ret->added, &now->items[j], width);
        if (order >= 0)
            ret->whole_size += outgoing_row_size(&now->items[j], width);
        i += order <= 0;
        j += order >= 0;
    }
}

/* ---- messages ---- */

/* In the spool they are in the order of their counters, though they are of one
 * millisecond. */
static void make_id(int64_t now, int64_t counter, char ret[UUID_SIZE])
{
    unsigned char tail[UUID_TAIL_SIZE];
    if (getentropy(tail, sizeof tail) < 0) {
        uuid_make(now, ret);
        return;
    }
    tail[0] = (unsigned char)(counter >> 8 & 0x0F);
    tail[1] = (unsigned char)(counter & 0xFF);
    uuid_make_of(now, tail, ret);
}

static int put(struct outgoing *outgoing, struct facts *facts, struct error *err)
{
    const struct facts_place *place = outgoing->place;
    AUTO(strbuf) struct strbuf json = {0};
    struct message message = {
        .kind = MESSAGE_FACTS,
        .host = (char *)place->host,
        .tag = (char *)"facts",
        .zone = (char *)place->zone,
        .time = place->now,
        .facts = facts,
    };
    make_id(place->now, facts->counter, message.id);
    message_format(&message, &json);
    struct room_message room = {
        .id = message.id, .weight = weight_of(MESSAGE_FACTS, ERR_NONE), .json = &json};
    int rc = room_put(place->spool, place->spool_limit, &room, err);
    outgoing->sent += rc == 0;
    return rc;
}

static int put_change(struct outgoing *outgoing, const struct remembered *now,
                      int64_t after, const struct difference *difference,
                      struct error *err)
{
    struct facts facts = {
        .relation = now->relation,
        .epoch = now->epoch,
        .counter = now->counter,
        .after = after,
        .extent = FACTS_CHANGE,
        .added = difference->added.rows,
        .removed = difference->removed.rows,
    };
    return put(outgoing, &facts, err);
}

/* How many of the rows from that one on fit into a message; one at least. */
static size_t count_fitting(const struct rows *rows, size_t from)
{
    size_t size = HEAD_SIZE, count = 0;
    for (; from + count < rows->count; count++) {
        size += outgoing_row_size(&rows->items[from + count], rows->width);
        if (count > 0 && size > OUTGOING_SIZE_MAX)
            break;
    }
    return count;
}

static int64_t count_parts(const struct rows *rows)
{
    int64_t parts = 0;
    size_t from = 0;
    do {
        from += count_fitting(rows, from);
        parts++;
    } while (from < rows->count);
    return parts;
}

/* Their counters run up to that of now. */
static int put_whole(struct outgoing *outgoing, const struct remembered *now,
                     int64_t parts, struct error *err)
{
    size_t from = 0;
    int rc = 0;
    for (int64_t part = 1; rc == 0 && part <= parts; part++) {
        struct facts facts = {
            .relation = now->relation,
            .epoch = now->epoch,
            .counter = now->counter - parts + part,
            .after = now->counter - parts,
            .extent = part == parts ? FACTS_WHOLE : FACTS_PART,
            .added = {.items = now->rows.items + from,
                      .count = count_fitting(&now->rows, from),
                      .width = now->rows.width},
        };
        from += facts.added.count;
        rc = put(outgoing, &facts, err);
    }
    return rc;
}

/* ---- counting, and remembering ---- */

static int count(struct outgoing *outgoing, int64_t messages, struct error *err)
{
    struct mark mark = outgoing->mark;
    mark.counter += messages;
    int rc = mark_write(outgoing->place->folder, &mark, err);
    if (rc == 0)
        outgoing->mark = mark;
    return rc;
}

/* A file that cannot be put back says what the server lacks: that it will find out. */
static void forget(const struct outgoing *outgoing, const char *name,
                   const struct remembered *before)
{
    const char *folder = outgoing->place->folder;
    if (!before || remembered_write(folder, before, NULL) < 0)
        remembered_remove(folder, name);
}

/* difference: NULL: the whole. */
static int count_and_put(struct outgoing *outgoing, struct remembered *now,
                         const struct remembered *before,
                         const struct difference *difference, struct error *err)
{
    int64_t messages = difference ? 1 : count_parts(&now->rows);
    int rc = count(outgoing, messages, err);
    if (rc < 0)
        return rc;
    now->epoch = outgoing->mark.epoch;
    now->counter = outgoing->mark.counter;
    rc = remembered_write(outgoing->place->folder, now, err);
    if (rc == 0)
        rc = difference ? put_change(outgoing, now, before->counter, difference, err)
                        : put_whole(outgoing, now, messages, err);
    if (rc < 0)
        forget(outgoing, now->relation->name, before);
    return rc;
}

int outgoing_send(struct outgoing *outgoing, const struct relation *relation,
                  const struct rows *rows, const struct remembered *before,
                  struct error *err)
{
    AUTO(difference) struct difference difference = {0};
    struct remembered now = {.relation = (struct relation *)relation, .rows = *rows};
    bool is_known = before && before->epoch == outgoing->mark.epoch &&
                    relation_is_same(before->relation, relation);
    if (!is_known)
        return count_and_put(outgoing, &now, before, NULL, err);
    compare(&before->rows, rows, relation->count, &difference);
    size_t size = difference.added.size + difference.removed.size;
    if (size == 0)
        return 0;
    bool is_small =
        size + HEAD_SIZE <= OUTGOING_SIZE_MAX && size <= difference.whole_size;
    return count_and_put(outgoing, &now, before, is_small ? &difference : NULL, err);
}
