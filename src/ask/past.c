// SPDX-License-Identifier: GPL-3.0-or-later
/* past - two streams become one: messages page by page, as they came, and all readings,
 * which are small, sorted by their hours. */
#include "ask/past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "message/message.h"
#include "store/incidents.h"

#define PAGE  500     /* messages that are in memory at a time */
#define BATCH 1000    /* ms: what came within them is handled at once */
#define HOUR  3600000 /* ms */

struct series {
    char *host, *name, *unit;
};

struct point {
    int64_t time; /* of the end of its hour */
    size_t series;
    double value;
};

struct played {
    struct message *message;
    int64_t came, number;
};

struct player {
    struct store *store;
    struct trial *trial;
    const struct past_span *span;
    struct series *series;
    size_t series_count, series_at; /* at: whose points are read */
    struct point *points;
    size_t point_count, point_at; /* at: the next to be played */
    struct played page[PAGE];
    size_t page_count;
    size_t count, left_out; /* messages */
};

static void player_clear(struct player *player)
{
    for (size_t i = 0; i < player->series_count; i++) {
        free(player->series[i].host);
        free(player->series[i].name);
        free(player->series[i].unit);
    }
    for (size_t i = 0; i < player->page_count; i++)
        message_free(player->page[i].message);
    free(player->series);
    free(player->points);
}
AUTO_DEFINE_CLEAR(player)

/* Room for one more, of an array that doubles. */
static void *grown(void *items, size_t count, size_t size)
{
    return (count & (count + 1)) == 0 ? memory_resize(items, (count * 2 + 1) * size)
                                      : items;
}

/* ---- what is there from the beginning ---- */

static int put_beat(struct store *store, const struct host_row *host, int64_t time)
{
    bool lacks;
    AUTO(message) struct message *message = message_new();
    message->kind = MESSAGE_BEAT;
    message->host = text_copy(host->host);
    message->time = time;
    message->every = host->every;
    return store_put_beat(store, message, time, &lacks, NULL);
}

static int put_host(const struct host_row *host, void *context)
{
    struct player *player = context;
    if (host->every == 0)
        return 0;
    return put_beat(trial_store(player->trial), host, host->seen);
}

/* One that was ended before it began never held anything. */
static int put_silence(const struct silence *silence, void *context)
{
    struct player *player = context;
    int64_t number;
    if (silence->until <= silence->began || silence->until <= silence->made)
        return 0;
    return store_put_silence(trial_store(player->trial), silence, &number, NULL);
}

static int begin(struct player *player, struct error *err)
{
    struct store *store = trial_store(player->trial);
    int rc = store_begin(store, err);
    if (rc == 0)
        rc = store_each_host(player->store, NULL, put_host, player, err);
    if (rc == 0)
        rc = store_each_silence(player->store, 0, true, put_silence, player, err);
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

/* ---- readings ---- */

static int add_series(const struct series_row *row, void *context)
{
    struct player *player = context;
    player->series =
        grown(player->series, player->series_count, sizeof *player->series);
    player->series[player->series_count++] =
        (struct series){.host = text_copy(row->host),
                        .name = text_copy(row->name),
                        .unit = text_copy(row->unit)};
    return 0;
}

static int add_point(const struct reading_row *row, void *context)
{
    struct player *player = context;
    player->points = grown(player->points, player->point_count, sizeof *player->points);
    player->points[player->point_count++] = (struct point){
        .time = row->time + HOUR, .series = player->series_at, .value = row->mean};
    return 0;
}

/* By time, then host: those of one host and hour are one message. */
static int compare_points(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->series > b->series) - (a->series < b->series);
}

static int read_points(struct player *player, struct error *err)
{
    const struct past_span *span = player->span;
    int rc = store_each_series(player->store, NULL, add_series, player, err);
    for (size_t i = 0; rc == 0 && i < player->series_count; i++) {
        const struct series *series = &player->series[i];
        player->series_at = i;
        rc = store_each_reading(player->store, series->host, series->name, span->from,
                                span->until, true, add_point, player, err);
        rc = rc == -ENOENT ? 0 : rc;
    }
    if (player->point_count > 0)
        qsort(player->points, player->point_count, sizeof *player->points,
              compare_points);
    return rc;
}

/* The points that come next, of one host and one hour. */
static struct message *take_points(struct player *player)
{
    const struct point *first = &player->points[player->point_at];
    const char *host = player->series[first->series].host;
    struct message *message = message_new();
    message->kind = MESSAGE_READING;
    message->host = text_copy(host);
    message->time = first->time;
    for (; player->point_at < player->point_count; player->point_at++) {
        const struct point *point = &player->points[player->point_at];
        const struct series *series = &player->series[point->series];
        if (point->time != first->time || strcmp(series->host, host) != 0)
            break;
        message_add_reading(message, series->name, point->value, series->unit);
    }
    return message;
}

static int play_points(struct player *player, int64_t until, struct error *err)
{
    int rc = 0;
    while (rc == 0 && player->point_at < player->point_count &&
           player->points[player->point_at].time <= until) {
        AUTO(message) struct message *message = take_points(player);
        rc = trial_wait(player->trial, message->time, err);
        if (rc == 0)
            rc = trial_take(player->trial, &message, 1, err);
    }
    return rc;
}

/* ---- messages ---- */

static int add_message(const struct message_row *row, void *context)
{
    struct player *player = context;
    struct message_defaults defaults = {.now = row->came, .host = ""};
    struct played *played = &player->page[player->page_count];
    if (message_parse(row->body, strlen(row->body), &defaults, &played->message, NULL) <
        0) {
        player->left_out++;
        played->message = NULL;
    }
    played->came = row->came;
    played->number = row->number;
    player->page_count++;
    return 0;
}

/* What cannot be handled would spoil the others of its batch: then each comes alone. */
static int take_each(struct player *player, struct message *const *messages,
                     size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        int rc = trial_take(player->trial, &messages[i], 1, err);
        if (rc < 0 && store_is_trouble(rc))
            return rc;
        player->left_out += rc < 0;
    }
    return 0;
}

static int take_batch(struct player *player, struct message *const *messages,
                      size_t count, int64_t came, struct error *err)
{
    int rc = play_points(player, came, err);
    if (rc == 0)
        rc = trial_wait(player->trial, came, err);
    if (rc < 0 || count == 0)
        return rc;
    rc = trial_take(player->trial, messages, count, err);
    if (rc < 0 && !store_is_trouble(rc))
        rc = take_each(player, messages, count, err);
    player->count += count;
    return rc;
}

/* *at: the first of a batch, and then the first behind it. */
static int play_batch(struct player *player, size_t *at, struct error *err)
{
    struct message *messages[PAGE];
    size_t count = 0, i = *at;
    int64_t came = player->page[i].came;
    for (; i < player->page_count && player->page[i].came < came + BATCH; i++)
        if (player->page[i].message)
            messages[count++] = player->page[i].message;
    *at = i;
    return take_batch(player, messages, count, came, err);
}

static int play_page(struct player *player, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < player->page_count &&
                       player->page[i].came <= player->span->until;)
        rc = play_batch(player, &i, err);
    if (player->span->tell)
        player->span->tell(player->span->context, player->count);
    for (size_t i = 0; i < player->page_count; i++)
        message_free(player->page[i].message);
    return rc;
}

static int play_messages(struct player *player, struct error *err)
{
    for (int64_t after = 0;;) {
        player->page_count = 0;
        int rc = store_each_stored(player->store, after, player->span->from, PAGE,
                                   add_message, player, err);
        size_t count = player->page_count;
        if (rc == 0 && count > 0) {
            after = player->page[count - 1].number;
            rc = play_page(player, err);
        }
        player->page_count = 0;
        if (rc < 0 || count < PAGE)
            return rc;
    }
}

int past_play(struct store *store, struct trial *trial, const struct past_span *span,
              size_t *ret_left_out, struct error *err)
{
    AUTO(player)
    struct player player = {.store = store, .trial = trial, .span = span};
    int rc = trial_wait(trial, span->from, err);
    if (rc == 0)
        rc = begin(&player, err);
    if (rc == 0)
        rc = read_points(&player, err);
    if (rc == 0)
        rc = play_messages(&player, err);
    if (rc == 0)
        rc = play_points(&player, span->until, err);
    if (rc == 0)
        rc = trial_wait(trial, span->until, err);
    if (rc == 0)
        *ret_left_out = player.left_out;
    return rc;
}
