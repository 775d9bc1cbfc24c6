// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - a list of parcels with the sum of their sizes. */
#include "queue/embedded.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

struct queue {
    struct parcel *first, *last;
    size_t size, limit; /* bytes */
};

struct queue *queue_new(size_t limit)
{
    struct queue *queue = memory_new(sizeof *queue);
    queue->limit = limit;
    return queue;
}

void queue_free(struct queue *queue)
{
    assert(!queue || !queue->first);
    free(queue);
}

int queue_push(struct queue *queue, struct parcel *parcel)
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

struct parcel *queue_receive(struct queue *queue)
{
    struct parcel *first = queue->first;
    queue->first = queue->last = NULL;
    queue->size = 0;
    return first;
}
