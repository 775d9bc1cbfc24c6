// SPDX-License-Identifier: GPL-3.0-or-later
/* news - three looks into the store: backwards along the runs of the tag, at the host's
 * packages, and at how long it is up. */
#include "notify/news.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "notify/lines.h"
#include "notify/readable.h"

#define LOOK_BACK    1000 /* messages of the tag */
#define LINES_MAX    10
#define PACKAGES_MAX 10
#define ROWS_MAX     1000000
#define FOUND        1 /* how a look ends early, as an error of the callback's */

void news_clear(struct news *news)
{
    message_free(news->good);
    texts_clear(&news->lines);
    texts_clear(&news->packages);
    *news = (struct news){0};
}

/* ---- the last good run ---- */

int news_read_message(const struct message_row *row, void *context)
{
    struct message **ret = context;
    const struct message_defaults defaults = {.now = row->time};
    int rc = message_parse(row->body, strlen(row->body), &defaults, ret, NULL);
    if (rc == 0)
        (*ret)->time = row->time;
    return rc;
}

static int note_good(const struct message_row *row, void *context)
{
    char *id = context;
    AUTO(message) struct message *message = NULL;
    if (row->state != STATE_OK || news_read_message(row, &message) < 0 ||
        message->kind != MESSAGE_OUTCOME)
        return 0;
    memcpy(id, row->id, UUID_SIZE);
    return -FOUND;
}

static int find_good(struct store *store, const struct message *message,
                     struct message **ret, struct error *err)
{
    char id[UUID_SIZE] = "";
    const struct message_filter filter = {.host = message->host,
                                          .tag = message->tag,
                                          .until = message->time,
                                          .limit = LOOK_BACK};
    int rc = store_each_message(store, &filter, note_good, id, err);
    if (!*id)
        return rc;
    return store_find_message(store, id, news_read_message, ret, err);
}

/* ---- what it printed ---- */

static void put_printed(struct strbuf *text, const struct message *message)
{
    if (message->errors.kept.size > 0)
        readable_text(text, message->errors.kept.data, message->errors.kept.size);
    if (message->out.kept.size > 0)
        readable_text(text, message->out.kept.data, message->out.kept.size);
}

static void find_lines(const struct message *message, struct news *news)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(strbuf) struct strbuf before = {0};
    put_printed(&text, message);
    put_printed(&before, news->good);
    if (text.size == 0 || before.size == 0)
        return;
    size_t count =
        lines_new(text.data, before.data, LINES_MAX, &news->lines, &news->lines_more);
    if (news->lines.count + news->lines_more < count)
        return;
    texts_clear(&news->lines);
    news->lines_more = 0;
}

/* ---- packages ---- */

struct package {
    char *name, *version;
    bool is_gone;
};

struct changes {
    int64_t after; /* the good run's end */
    struct package *items;
    size_t count;
    bool was_known; /* packages of the host were, before */
};

static void changes_clear(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->items[i].name);
        free(changes->items[i].version);
    }
    free(changes->items);
}

AUTO_DEFINE_CLEAR(changes)

static const char *value_of(const struct relation *relation, const struct fact_row *row,
                            const char *column)
{
    for (size_t i = 0; i < relation->count; i++)
        if (strcmp(relation->columns[i].name, column) == 0)
            return row->values[i] ? row->values[i] : "";
    return "";
}

static int add_package(const struct relation *relation, const struct fact_row *row,
                       void *context)
{
    struct changes *changes = context;
    bool is_new = row->since > changes->after;
    changes->was_known |= !is_new;
    bool is_gone = !is_new && row->until > changes->after;
    if (!is_gone && !(is_new && row->until == 0))
        return 0;
    changes->items =
        memory_resize(changes->items, (changes->count + 1) * sizeof *changes->items);
    changes->items[changes->count++] =
        (struct package){.name = text_copy(value_of(relation, row, "name")),
                         .version = text_copy(value_of(relation, row, "version")),
                         .is_gone = is_gone};
    return 0;
}

/* By name; what is there before what is gone. */
static int compare_packages(const void *a, const void *b)
{
    const struct package *one = a, *other = b;
    int order = strcmp(one->name, other->name);
    return order ? order : one->is_gone - other->is_gone;
}

static void say_package(struct news *news, const struct package *package,
                        const struct package *other)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(strbuf) struct strbuf line = {0};
    if (news->packages.count == PACKAGES_MAX) {
        news->packages_more++;
        return;
    }
    strbuf_printf(&text, "%s %s%s", package->name, package->version,
                  package->is_gone ? " is gone"
                  : other          ? ", was "
                                   : " is new");
    strbuf_puts(&text, other ? other->version : "");
    readable_line(&line, text.data, text.size, MESSAGE_NAME_MAX);
    texts_add(&news->packages, line.data);
}

static int find_packages(struct store *store, const struct message *message,
                         struct news *news, struct error *err)
{
    AUTO(changes) struct changes changes = {.after = news->good->time};
    const struct fact_filter filter = {
        .relation = "package", .host = message->host, .all = true, .limit = ROWS_MAX};
    int rc = store_each_fact(store, &filter, add_package, &changes, err);
    if (rc < 0)
        return rc == -ENOENT ? 0 : rc;
    if (!changes.was_known || changes.count == 0)
        return 0;
    qsort(changes.items, changes.count, sizeof *changes.items, compare_packages);
    for (size_t i = 0; i < changes.count; i++) {
        const struct package *one = &changes.items[i], *next = one + 1;
        bool is_pair = i + 1 < changes.count && !one->is_gone && next->is_gone &&
                       strcmp(one->name, next->name) == 0;
        say_package(news, one, is_pair ? next : NULL);
        i += is_pair;
    }
    return 0;
}

/* ---- the machine's start ---- */

static int note_start(const struct series_row *row, void *context)
{
    if (strcmp(row->name, "uptime.up") == 0)
        *(int64_t *)context = row->time - (int64_t)(row->value * 1000);
    return 0;
}

static int find_start(struct store *store, const struct message *message,
                      struct news *news, struct error *err)
{
    int64_t started = 0;
    int rc = store_each_series(store, message->host, note_start, &started, err);
    if (rc == 0 && started > news->good->time)
        news->booted = started;
    return rc == -ENOENT ? 0 : rc;
}

int news_find(struct store *store, const struct message *message, struct news *ret,
              struct error *err)
{
    AUTO(news) struct news news = {0};
    int rc = find_good(store, message, &news.good, err);
    if (rc < 0 || !news.good)
        return rc;
    find_lines(message, &news);
    rc = find_packages(store, message, &news, err);
    if (rc == 0)
        rc = find_start(store, message, &news, err);
    if (rc < 0)
        return rc;
    *ret = news;
    news = (struct news){0};
    return 0;
}
