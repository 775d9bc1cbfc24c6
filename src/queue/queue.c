// SPDX-License-Identifier: GPL-3.0-or-later
/* queue - what is the same for every backend, and the memory of what travels. */
#include "queue/queue.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

void queue_close(struct queue *queue)
{
    if (!queue)
        return;
    free(queue->name);
    queue->type->close(queue);
}

const char *queue_name(const struct queue *queue)
{
    return queue->name;
}

void queue_set_deadline(struct queue *queue, int64_t deadline)
{
    queue->deadline = deadline;
}

int queue_send(struct queue *queue, struct sending *items, size_t count,
               struct error *err)
{
    if (!queue->type->send)
        return error_set(err, -EOPNOTSUPP, "%s: nothing can be sent there",
                         queue->name);
    return queue->type->send(queue, items, count, err);
}

int queue_receive(struct queue *queue, int wait_ms, struct received *ret,
                  struct error *err)
{
    received_clear(ret);
    if (!queue->type->receive)
        return error_set(err, -EOPNOTSUPP, "%s: it is not read, it comes to the door",
                         queue->name);
    return queue->type->receive(queue, wait_ms, ret, err);
}

int queue_ack(struct queue *queue, const struct received *received, struct error *err)
{
    return queue->type->ack(queue, received, err);
}

void sending_clear(struct sending *sending)
{
    free(sending->why);
    *sending = (struct sending){0};
}

void received_add(struct received *received, const char *bytes, size_t size,
                  int64_t time, const char *name)
{
    size_t count = received->count;
    if ((count & (count + 1)) == 0)
        received->items =
            memory_resize(received->items, (count * 2 + 1) * sizeof *received->items);
    received->items[received->count++] = (struct received_item){
        .bytes = memory_copy(bytes, size),
        .size = size,
        .time = time,
        .name = name ? text_copy(name) : NULL,
    };
    received->size += size;
}

void received_clear(struct received *received)
{
    for (size_t i = 0; i < received->count; i++) {
        free(received->items[i].bytes);
        free(received->items[i].name);
    }
    free(received->items);
    free(received->position);
    free(received->mark);
    *received = (struct received){0};
}
