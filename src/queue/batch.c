// SPDX-License-Identifier: GPL-3.0-or-later
/* batch - a line a message. */
#include "queue/batch.h"

#include <assert.h>

void batch_clear(struct batch *batch)
{
    strbuf_clear(&batch->body);
    batch->count = 0;
}

bool batch_has_room(const struct batch *batch, size_t size)
{
    if (batch->count == 0)
        return true;
    return batch->count < BATCH_COUNT_MAX && size < BATCH_SIZE_MAX &&
           batch->body.size + size + 1 <= BATCH_SIZE_MAX;
}

void batch_add(struct batch *batch, size_t place, const char *json, size_t size)
{
    assert(batch_has_room(batch, size));
    size_t start = batch->body.size;
    strbuf_add(&batch->body, json, size);
    for (char *at = batch->body.data + start; at < batch->body.data + batch->body.size;
         at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    strbuf_putc(&batch->body, '\n');
    batch->places[batch->count++] = place;
}
