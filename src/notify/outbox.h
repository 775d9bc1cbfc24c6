// SPDX-License-Identifier: GPL-3.0-or-later
/* outbox - takes what is due out of the store, lets the notifiers tell it, and marks it
 * told; what fails is tried again after 1 s, 2 s, 4 s, … at most 15 minutes.
 *
 * Told at least once: a crash between telling and marking tells it again, and a mail then
 * bears the same Message-ID. Each notifier tells one thing at a time, in the order it was
 * put, and waits for no other notifier. What failed waits for its next try, and with it
 * only what is for the same address about the same (host, tag). */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/worker.h"
#include "config/config.h"
#include "store/store.h"

struct outbox;

struct outbox_parts {
    struct uv_loop_s *loop;
    struct worker *worker; /* whose jobs alone use the store */
    struct store *store;
};

struct outbox *outbox_new(const struct outbox_parts *parts,
                          const struct config *config);

/* Looks for what is due, now and from then on when its time comes. */
void outbox_wake(struct outbox *outbox);

/* Settings that were read again: the notifiers open anew for what is told next; what is
 * being told ends with the old ones. config is lent until the next outbox_use or
 * outbox_free. */
void outbox_use(struct outbox *outbox, const struct config *config);

/* No further telling begins; stopped is called on the loop when what runs has ended: at
 * once, where nothing does. outbox_wake does nothing from then on. */
void outbox_stop(struct outbox *outbox, void (*stopped)(void *context), void *context);
void outbox_free(struct outbox *outbox); /* NULL is fine; stopped, or never woken */
AUTO_DEFINE(outbox)

#endif
