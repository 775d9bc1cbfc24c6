// SPDX-License-Identifier: GPL-3.0-or-later
/* post - puts messages into the spool, and has them delivered: sheepdog-deliver is
 * started as a child, one at a time, and again when something came meanwhile; when it
 * fails, again later, at most a minute later.
 *
 * Comes from: daemon.c, gather.h (which fills the spool itself).  Goes to: room.h. */
#ifndef DAEMON_POST_H
#define DAEMON_POST_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "daemon/helpers.h"
#include "message/message.h"

struct uv_loop_s;
struct post;

struct post_parts {
    struct uv_loop_s *loop;
    struct helpers *helpers;
    const char *program; /* sheepdog-deliver; lent */
};

/* config is lent until the next one is used. -ENOENT: no folder to spool in is
 * known. */
int post_open(const struct post_parts *parts, const struct config *config,
              struct post **ret, struct error *err) MUST_USE;
void post_close(struct post *post); /* NULL is fine */

static inline void post_auto(struct post **owned)
{
    post_close(*owned);
}

/* Another spool takes a restart. -EINVAL: redact; all stays as it was. */
int post_use(struct post *post, const struct config *config, struct error *err)
    MUST_USE;

/* Signs and spools it; its text is redacted, and bounded. < 0: it is not in the
 * spool, which is logged when it begins. */
int post_put(struct post *post, struct message *message) MUST_USE;

/* A copy of the text with its secrets hidden, to be freed. */
char *post_hide(const struct post *post, const char *text) MUST_USE;

void post_deliver(struct post *post); /* something was put into the spool */
const char *post_folder(const struct post *post);

/* Delivers what is there within patience, in ms, and then no more; done is called when
 * that is over. */
void post_finish(struct post *post, int64_t patience, void (*done)(void *context),
                 void *context);

#endif
