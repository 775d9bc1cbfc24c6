// SPDX-License-Identifier: GPL-3.0-or-later
/* past - a page of the store is read when all of the one before was taken. */
#include "replay/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PAGE 500

struct past {
    struct store *reader;
    struct trial_arrival page[PAGE];
    size_t count, taken;
    int64_t number; /* of the last one that was read */
    int64_t came;   /* its */
};

struct past *past_new(struct store *reader)
{
    struct past *past = memory_new(sizeof *past);
    past->reader = reader;
    return past;
}

static void drop_page(struct past *past)
{
    for (size_t i = 0; i < past->count; i++)
        message_free(past->page[i].message);
    past->count = past->taken = 0;
}

void past_free(struct past *past)
{
    if (!past)
        return;
    drop_page(past);
    free(past);
}

/* ---- a page ---- */

struct reading_page {
    struct past *past;
    struct error *err;
};

static int add(const struct message_row *row, void *context)
{
    struct reading_page *reading = context;
    struct past *past = reading->past;
    const struct message_defaults defaults = {.now = row->came, .id = row->id};
    struct message *message;
    int rc =
        message_parse(row->body, strlen(row->body), &defaults, &message, reading->err);
    if (rc < 0)
        return error_prefix(reading->err, rc, "message %s", row->id);
    past->came = row->came > past->came ? row->came : past->came;
    past->number = row->number;
    past->page[past->count++] =
        (struct trial_arrival){.message = message, .came = past->came};
    return 0;
}

static int read_page(struct past *past, struct error *err)
{
    struct reading_page reading = {.past = past, .err = err};
    drop_page(past);
    return store_each_stored(past->reader, past->number, 0, PAGE, add, &reading, err);
}

int past_look(struct past *past, int64_t until, const struct trial_arrival **ret,
              size_t *ret_count, struct error *err)
{
    int rc = past->taken == past->count ? read_page(past, err) : 0;
    if (rc < 0)
        return rc;
    size_t end = past->taken;
    while (end < past->count && past->page[end].came <= until)
        end++;
    *ret = &past->page[past->taken];
    *ret_count = end - past->taken;
    return 0;
}

void past_take(struct past *past, size_t count)
{
    past->taken += count;
}
