// SPDX-License-Identifier: GPL-3.0-or-later
/* intake - a list of parcels with the sum of their sizes, behind a lock. */
#include "queue/intake.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct intake {
    pthread_mutex_t lock;
    struct parcel *first, *last;
    size_t size, limit; /* bytes */
};

struct intake *intake_new(size_t limit)
{
    struct intake *intake = memory_new(sizeof *intake);
    pthread_mutex_init(&intake->lock, NULL);
    intake->limit = limit;
    return intake;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    assert(!intake->first);
    pthread_mutex_destroy(&intake->lock);
    free(intake);
}

void unread_list_add(struct unread_list *list, const struct unread *unread)
{
    list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = (struct unread){
        .bytes = memory_copy(unread->bytes, unread->size),
        .size = unread->size,
        .name = unread->name ? text_copy(unread->name) : NULL,
        .reason = text_copy(unread->reason),
    };
}

void unread_list_clear(struct unread_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].bytes);
        free(list->items[i].name);
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (struct unread_list){0};
}

static int push(struct intake *intake, struct parcel *parcel)
{
    if (parcel->size > intake->limit - intake->size)
        return -ENOBUFS;
    parcel->next = NULL;
    if (intake->last)
        intake->last->next = parcel;
    else
        intake->first = parcel;
    intake->last = parcel;
    intake->size += parcel->size;
    return 0;
}

int intake_push(struct intake *intake, struct parcel *parcel)
{
    pthread_mutex_lock(&intake->lock);
    int rc = push(intake, parcel);
    pthread_mutex_unlock(&intake->lock);
    return rc;
}

struct parcel *intake_receive(struct intake *intake)
{
    pthread_mutex_lock(&intake->lock);
    struct parcel *first = intake->first;
    intake->first = intake->last = NULL;
    intake->size = 0;
    pthread_mutex_unlock(&intake->lock);
    return first;
}

bool intake_is_empty(struct intake *intake)
{
    pthread_mutex_lock(&intake->lock);
    bool is_empty = !intake->first;
    pthread_mutex_unlock(&intake->lock);
    return is_empty;
}
