// SPDX-License-Identifier: GPL-3.0-or-later
/* turn - of all the tellers of one notifier and one store, in whatever processes, one
 * tells; the others wait for its end, and pass their wake-ups on to it.
 *
 * The file STORE-tell-NOTIFIER is locked by the one whose turn it is; a wake-up that is
 * passed on touches that file. */
#ifndef NOTIFY_TURN_H
#define NOTIFY_TURN_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct turn;

/* The file is made where it is missing. */
int turn_open(const char *store, const char *notifier, struct turn **ret,
              struct error *err) MUST_USE;
void turn_close(struct turn *turn); /* NULL is fine; gives the turn back */

static inline void turn_auto(struct turn **owned)
{
    turn_close(*owned);
}

/* -EAGAIN: it is another's turn. */
int turn_take(struct turn *turn, struct error *err) MUST_USE;

void turn_pass_on(const struct turn *turn); /* while it is another's */

/* Readable when a wake-up was passed on, until turn_heed; from before the turn was
 * taken. */
int turn_fd(const struct turn *turn);
void turn_heed(struct turn *turn);

#endif
