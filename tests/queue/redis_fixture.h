// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_fixture - a Redis that all tests of a program share, empty before each; and
 * queues on it. */
#ifndef TESTS_QUEUE_REDIS_FIXTURE_H
#define TESTS_QUEUE_REDIS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "base/clock.h"
#include "base/memory.h"
#include "queue/queue.h"
#include "queue/redis_link.h"
#include "redis_server.h"

#define SECOND 1000000 /* of clock_monotonic() */

/* The call succeeds, or the test shows why not. */
#define assert_done(call)                                                              \
    do {                                                                               \
        if ((call) < 0)                                                                \
            fail_msg("%s: %s", #call, failure.text);                                   \
    } while (0)

static struct error failure;
static struct redis_server server;

static int start_shared_server(void **state UNUSED)
{
    redis_server_init(&server, NULL);
    return 0;
}

static int end_shared_server(void **state UNUSED)
{
    redis_server_clear(&server);
    return 0;
}

static int empty_shared_server(void **state UNUSED)
{
    freeReplyObject(redis_server_ask(&server, "FLUSHALL"));
    failure = (struct error){0};
    return 0;
}

static UNUSED void tell(const char *command)
{
    AUTO(redis_reply) redisReply *reply = redis_server_ask(&server, command);
    if (reply->type == REDIS_REPLY_ERROR)
        fail_msg("%s: %s", command, reply->str);
}

static UNUSED struct queue *queue_at(const struct queue_options *options)
{
    struct queue *queue = NULL;
    assert_done(queue_open(options, &queue, &failure));
    queue_set_deadline(queue, clock_monotonic() + 20 * SECOND);
    return queue;
}

static UNUSED struct sending sending_of(const char *json)
{
    return (struct sending){.json = json, .size = strlen(json)};
}

static UNUSED void send_one(struct queue *queue, const char *json)
{
    struct sending item = sending_of(json);
    assert_done(queue_send(queue, &item, 1, &failure));
    assert_int_equal(item.verdict, SENDING_TAKEN);
}

#endif
