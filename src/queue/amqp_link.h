// SPDX-License-Identifier: GPL-3.0-or-later
/* amqp_link - one connection to RabbitMQ with its one channel: connect, log in, declare
 * our queue; frames in, all by a deadline.
 *
 *     amqp[s]://[USER:PASSWORD@]HOST[:PORT][/VHOST]
 *
 * Comes from: amqp.c.  Goes to: librabbitmq.
 * Every error begins with the link's name and holds no password. After one the link is
 * of no use any more and is closed; a new one is opened. */
#ifndef QUEUE_AMQP_LINK_H
#define QUEUE_AMQP_LINK_H

#include <amqp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "queue/url.h"

#define AMQP_LINK_QUEUE   "sheepdog.messages"
#define AMQP_LINK_CHANNEL 1

struct amqp_link {
    amqp_connection_state_t connection;
    const char *name;      /* lent */
    bool is_broken;        /* the other side is not there, or said goodbye */
    bool is_blocked;       /* the broker takes nothing: a memory or disk alarm */
    struct error blocking; /* why, in its words */
};

struct amqp_link_options {
    const struct url *url;
    const char *name;   /* for sentences; lent while the link is open */
    const char *reader; /* how the broker's own lists call us; NULL */
    const char *ca;     /* file of certificates to trust; "": the system's */
};

/* -EACCES: the broker does not know the user, or not for this vhost; -EINVAL: a queue
 * of our name is there and is not durable, or otherwise another; -ECONNREFUSED: it
 * cannot be reached; -ETIMEDOUT; -EPROTO: its certificate is none that is trusted;
 * -EIO. */
int amqp_link_open(const struct amqp_link_options *options, int64_t deadline,
                   struct amqp_link **ret, struct error *err) MUST_USE;

/* NULL is fine. Says goodbye where somebody listens; waits for nothing. */
void amqp_link_close(struct amqp_link *link);

static inline void amqp_link_auto(struct amqp_link **owned)
{
    amqp_link_close(*owned);
}

/* No call of the library below waits longer; of clock_monotonic(). */
void amqp_link_limit(struct amqp_link *link, int64_t deadline);

/* The next frame of our channel: 1; 0: none came in time. Its memory is the library's
 * until amqp_link_release. A connection or a channel that the broker closes is an
 * error, with its words. */
int amqp_link_next(struct amqp_link *link, int64_t deadline, amqp_frame_t *ret,
                   struct error *err) MUST_USE;
void amqp_link_release(struct amqp_link *link);

/* What a function of the library returned, and what the last one that has an answer
 * was answered: 0, or an error that says what could not be done. */
int amqp_link_check(struct amqp_link *link, int status, const char *what,
                    struct error *err) MUST_USE;
int amqp_link_check_reply(struct amqp_link *link, const char *what, struct error *err)
    MUST_USE;

#endif
