// SPDX-License-Identifier: GPL-3.0-or-later
/* queues - the list of backends. */
#include "queue/queue.h"

/* To add one: write queue/NAME.c, name it twice below, and give its schemes their ports
 * in url.c. */
extern const struct queue_type queue_http, queue_redis, queue_amqp, queue_ruby;

const struct queue_type *const queue_types[] = {&queue_http, &queue_redis, &queue_amqp,
                                                &queue_ruby, NULL};
