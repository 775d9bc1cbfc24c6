// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - a list of parcels with the sum of their sizes, behind a lock. */
#include "queue/embedded.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct queue {
    pthread_mutex_t lock;
    struct parcel *first, *last;
    size_t size, limit; /* bytes */
};

struct queue *queue_new(size_t limit)
{
    struct queue *queue = memory_new(sizeof *queue);
    pthread_mutex_init(&queue->lock, NULL);
    queue->limit = limit;
    return queue;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    assert(!queue->first);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

static int push(struct queue *queue, struct parcel *parcel)
{
    if (parcel->size > queue->limit - queue->size)
        return -ENOBUFS;
    parcel->next = NULL;
    if (queue->last)
        queue->last->next = parcel;
    else
        queue->first = parcel;
    queue->last = parcel;
    queue->size += parcel->size;
    return 0;
}

int queue_push(struct queue *queue, struct parcel *parcel)
{
    pthread_mutex_lock(&queue->lock);
    int rc = push(queue, parcel);
    pthread_mutex_unlock(&queue->lock);
    return rc;
}

struct parcel *queue_receive(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct parcel *first = queue->first;
    queue->first = queue->last = NULL;
    queue->size = 0;
    pthread_mutex_unlock(&queue->lock);
    return first;
}

bool queue_is_empty(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool is_empty = !queue->first;
    pthread_mutex_unlock(&queue->lock);
    return is_empty;
}
