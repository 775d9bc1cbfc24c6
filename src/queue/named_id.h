// SPDX-License-Identifier: GPL-3.0-or-later
/* named_id - the id of a message that brings none: made of the queue's name and of the
 * queue's own name for it, so that the same message, given again, has the same id. */
#ifndef QUEUE_NAMED_ID_H
#define QUEUE_NAMED_ID_H

#include <stdint.h>

#include "base/uuid.h"

/* time: ms since 1970 UTC, as the queue has it; 0: it has none. The id is in the order
 * of time, as every other; its other bits are a hash of the names. */
void named_id_make(const char *queue, const char *name, int64_t time,
                   char ret[UUID_SIZE]);

#endif
