// SPDX-License-Identifier: GPL-3.0-or-later
/* wish - what a silence and an acknowledgement have in common: an end, a reason, and
 * who wants it, on their way to the server, and what it answers.
 *
 * Comes from: ack.c, silence.c.  Goes to: fetch.h. */
#ifndef LOOK_WISH_H
#define LOOK_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

struct command;
struct json_t; /* jansson's */

struct wish {
    const char *conf; /* the file of -c, or NULL */
    int64_t length;   /* ms; 0: not said */
    const char *until, *reason;
    bool json;
};

#define WISH_FOR_HELP    "for so long: 90m, 2h, 1d"
#define WISH_UNTIL_HELP  "until then: 2h, 2026-11-01, \"2026-11-01 09:30\""
#define WISH_REASON_HELP "why; others read it"

/* The fields "until", "reason" and "by" of what is sent. -EINVAL: it has no end or two,
 * one that is over, or no reason. from: when it begins, ms since 1970 UTC. */
int wish_put(const struct wish *wish, int64_t from, struct json_t *body,
             struct error *err) MUST_USE;

/* Such a field, of a time: ms since 1970 UTC. */
void wish_put_time(struct json_t *body, const char *name, int64_t time);

/* Sends it, and shows what the server says: as JSON if that is wished for, else by
 * print; a failure goes to stderr, with the command's name. The exit status. */
int wish_send(const struct command *command, const struct wish *wish, const char *path,
              const struct json_t *body, void (*print)(const struct json_t *answer))
    MUST_USE;

#endif
