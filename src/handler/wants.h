// SPDX-License-Identifier: GPL-3.0-or-later
/* wants - the hosts that are to send the whole of their facts, as a message of theirs
 * is missing here.
 *
 * Comes from: beat.c and facts.c, on the store's worker.  Goes to: door/post.c, which
 * says so in its answer to the host's next message. Any thread may call. It is kept in
 * the store too, from where it is filled at the start. */
#ifndef HANDLER_WANTS_H
#define HANDLER_WANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct store;
struct wants;

struct wants *wants_new(void);
void wants_free(struct wants *wants); /* NULL is fine */
AUTO_DEFINE(wants)

/* Those of the store. */
int wants_load(struct wants *wants, struct store *store, struct error *err) MUST_USE;

void wants_set(struct wants *wants, const char *host, bool is_wanted);
bool wants_has(struct wants *wants, const char *host);

#define WANTS_PAUSE_MS     (60 * 1000)
#define WANTS_PAUSE_MAX_MS (6 * 60 * 60 * 1000)

/* Whether to ask the host now, ms since 1970 UTC; then not again for a minute: what it
 * was asked for may be on its way. Each time that did not help the pause is twice as
 * long, up to hours: one that cannot be helped does not send its facts for ever. */
bool wants_ask(struct wants *wants, const char *host, int64_t now);

#endif
