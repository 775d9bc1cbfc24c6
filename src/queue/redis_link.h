// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_link - one connection to a Redis server, for the queues that are kept there:
 * connect, log in, select the database; commands out, answers in, all by a deadline.
 *
 *     redis://[[USER]:PASSWORD@]HOST[:PORT][/NUMBER]
 *
 * Comes from: redis.c, ruby.c.  Goes to: hiredis.
 *
 * Every error begins with the link's name and holds no password. After one that is not
 * the server's own answer the connection is closed, and the next call of
 * redis_link_connect makes a new one. */
#ifndef QUEUE_REDIS_LINK_H
#define QUEUE_REDIS_LINK_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "queue/queue.h"

struct redis_link;

/* Connects to nothing yet. name (copied) is what every error begins with. Of the
 * configuration comes the CA that is trusted, and nothing is kept. -EINVAL: it is no
 * such URL, or rediss:// with a hiredis that has no TLS, or with a pin and no CA. */
int redis_link_new(const char *url, const char *name, const struct config *config,
                   struct redis_link **ret, struct error *err) MUST_USE;
void redis_link_free(struct redis_link *link); /* NULL is fine */
AUTO_DEFINE(redis_link)

/* All from now on ends by deadline, of clock_monotonic(); and no wait for the server is
 * longer than REDIS_SILENCE_MS and what it was told to wait itself. */
#define REDIS_SILENCE_MS 10000
void redis_link_begin(struct redis_link *link, int64_t deadline, int server_wait_ms);

/* Connects, unless connected. *ret_is_new, which may be NULL: whether it had to.
 * -EACCES: the server does not take user and password; else as below. */
int redis_link_connect(struct redis_link *link, bool *ret_is_new, struct error *err)
    MUST_USE;
bool redis_link_is_connected(const struct redis_link *link);

/* Appends a command, in hiredis's format: %s a text, %b bytes and their size_t. It goes
 * out with the next call of redis_link_answer. */
void redis_link_append(struct redis_link *link, const char *format, ...);
void redis_link_append_words(struct redis_link *link, int count, const char **words);

/* The next answer, to be freed; it may be an error of the server's: redis_link_check.
 * -ETIMEDOUT, -ECONNRESET, -EPROTO, …: the connection is closed, and what was appended
 * and not answered may have been done or not. */
int redis_link_answer(struct redis_link *link, redisReply **ret, struct error *err)
    MUST_USE;

/* Negative, with the server's words, where the answer is an error: -EACCES, -ENOSPC,
 * -EROFS, -EAGAIN, …; 0 else. */
int redis_link_check(const struct redis_link *link, const redisReply *reply,
                     struct error *err) MUST_USE;

/* What an answer holds, whatever a server sends: an array of so many elements or more
 * (NULL is none); a text, "" where it is none; lent. */
bool redis_reply_is_array(const redisReply *reply, size_t elements);
const char *redis_reply_text(const redisReply *reply);

/* Whether the answer is the error of that code, such as "BUSYGROUP". */
bool redis_reply_is_error(const redisReply *reply, const char *code);

/* Sends each item that is SENDING_LEFT, in their order, as one command: the words and
 * then the item's text. Each answer is a verdict, whatever the one before was, and
 * whatever comes after; the error is the first that was met. */
int redis_link_send(struct redis_link *link, const char *const *words, int word_count,
                    struct sending *items, size_t count, struct error *err) MUST_USE;

/* append, answer and check. *ret may be NULL: only the error counts. */
int redis_link_ask(struct redis_link *link, redisReply **ret, struct error *err,
                   const char *format, ...) MUST_USE;

/* The commands appended since redis_link_append(link, "MULTI"), so many, are done
 * together or not at all. *ret, which may be NULL, gets an array of their answers, none
 * of which is an error. */
int redis_link_exec(struct redis_link *link, size_t count, redisReply **ret,
                    struct error *err) MUST_USE;

static inline void redis_reply_auto(redisReply **owned)
{
    if (*owned)
        freeReplyObject(*owned);
}

#endif
