// SPDX-License-Identifier: GPL-3.0-or-later
/* outbox - sees to it that what the store holds to be told is told: it keeps one teller
 * running for each notifier, and wakes them.
 *
 * Comes from: handler/pump.h, as a wake-up after each commit.  Goes to: teller.h, in
 * the process sheepdog-tell. */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include "base/auto.h"
#include "base/compiler.h"
#include "config/config.h"

struct uv_loop_s;
struct outbox;

/* All lent, until outbox_free. */
struct outbox_parts {
    struct uv_loop_s *loop;
    const char *program; /* path of sheepdog-tell */
    const char *store;   /* path */
};

/* config says which notifiers there are, and its path is what the tellers read; none:
 * the defaults. All is copied. */
struct outbox *outbox_new(const struct outbox_parts *parts, const struct config *config)
    MUST_USE;

/* The tellers begin; from then on until outbox_stop. */
void outbox_start(struct outbox *outbox);

/* Something was put into the store. */
void outbox_wake(struct outbox *outbox);

/* The settings have changed: each teller ends what it tells, and a new one follows, but
 * for a notifier that is no longer named. */
void outbox_use(struct outbox *outbox, const struct config *config);

/* No further telling begins; stopped is called on the loop when what runs has ended. */
void outbox_stop(struct outbox *outbox, void (*stopped)(void *context), void *context);
void outbox_free(struct outbox *outbox); /* NULL is fine; must not be started */
AUTO_DEFINE(outbox)

#endif
