// SPDX-License-Identifier: GPL-3.0-or-later
/* wants - a list with a lock: it is empty, but for the moments in which it is not. */
#include "handler/wants.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/store.h"

struct want {
    char *host;
    int64_t asked; /* 0: not yet */
    int64_t pause; /* ms until it is asked again */
};

struct wants {
    pthread_mutex_t lock;
    struct want *items;
    size_t count;
};

struct wants *wants_new(void)
{
    struct wants *wants = memory_new(sizeof *wants);
    pthread_mutex_init(&wants->lock, NULL);
    return wants;
}

void wants_free(struct wants *wants)
{
    if (!wants)
        return;
    for (size_t i = 0; i < wants->count; i++)
        free(wants->items[i].host);
    free(wants->items);
    pthread_mutex_destroy(&wants->lock);
    free(wants);
}

/* NULL: it is not wanted. */
static struct want *find(struct wants *wants, const char *host)
{
    for (size_t i = 0; i < wants->count; i++)
        if (strcmp(wants->items[i].host, host) == 0)
            return &wants->items[i];
    return NULL;
}

static void add(struct wants *wants, const char *host)
{
    wants->items =
        memory_resize(wants->items, (wants->count + 1) * sizeof *wants->items);
    wants->items[wants->count++] =
        (struct want){.host = text_copy(host), .pause = WANTS_PAUSE_MS};
}

static void drop(struct wants *wants, struct want *want)
{
    free(want->host);
    *want = wants->items[--wants->count];
}

void wants_set(struct wants *wants, const char *host, bool is_wanted)
{
    pthread_mutex_lock(&wants->lock);
    struct want *want = find(wants, host);
    if (is_wanted && !want)
        add(wants, host);
    if (!is_wanted && want)
        drop(wants, want);
    pthread_mutex_unlock(&wants->lock);
}

bool wants_has(struct wants *wants, const char *host)
{
    pthread_mutex_lock(&wants->lock);
    bool has = find(wants, host);
    pthread_mutex_unlock(&wants->lock);
    return has;
}

/* A clock that was set back does not silence us. */
bool wants_ask(struct wants *wants, const char *host, int64_t now)
{
    pthread_mutex_lock(&wants->lock);
    struct want *want = find(wants, host);
    bool is_first = want && want->asked == 0;
    bool is_due = want && (now < want->asked || now - want->asked >= want->pause);
    if (is_due && !is_first)
        want->pause =
            want->pause < WANTS_PAUSE_MAX_MS / 2 ? want->pause * 2 : WANTS_PAUSE_MAX_MS;
    if (is_due)
        want->asked = now;
    pthread_mutex_unlock(&wants->lock);
    return is_due;
}

static int add_host(const struct host_row *row, void *context)
{
    if (row->lacks)
        wants_set(context, row->host, true);
    return 0;
}

int wants_load(struct wants *wants, struct store *store, struct error *err)
{
    return store_each_host(store, NULL, add_host, wants, err);
}
