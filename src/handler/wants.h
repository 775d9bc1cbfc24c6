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

#include "base/auto.h"
#include "base/compiler.h"

struct wants;

struct wants *wants_new(void);
void wants_free(struct wants *wants); /* NULL is fine */
AUTO_DEFINE(wants)

void wants_set(struct wants *wants, const char *host, bool is_wanted);
bool wants_has(struct wants *wants, const char *host);

#endif
