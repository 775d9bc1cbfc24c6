// SPDX-License-Identifier: GPL-3.0-or-later
/* batch - messages on their way together: the NDJSON body of one request, and which
 * of the sender's messages each line is.
 *
 * Comes from: http_queue.c.  Goes to: http.h. */
#ifndef QUEUE_BATCH_H
#define QUEUE_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/strbuf.h"

#define BATCH_COUNT_MAX 500       /* messages */
#define BATCH_SIZE_MAX  (8 << 20) /* bytes, unless one message alone is larger */

struct batch {
    struct strbuf body;
    size_t places[BATCH_COUNT_MAX]; /* of line i, in the sender's list */
    size_t count;
};

void batch_clear(struct batch *batch);
AUTO_DEFINE_CLEAR(batch)

/* Whether a message of so many bytes may join; into an empty batch any may. */
bool batch_has_room(const struct batch *batch, size_t size);

/* There must be room. A newline within the JSON, which is only space there, becomes
 * one. */
void batch_add(struct batch *batch, size_t place, const char *json, size_t size);

#endif
