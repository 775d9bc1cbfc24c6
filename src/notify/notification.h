// SPDX-License-Identifier: GPL-3.0-or-later
/* notification - what a notifier is given to tell: a telling of the outbox, with the
 * message that caused it.
 *
 * Comes from: store/incidents.h.  Goes to: notifier.h. */
#ifndef NOTIFY_NOTIFICATION_H
#define NOTIFY_NOTIFICATION_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"
#include "store/incidents.h"

struct notification {
    int64_t number; /* of the telling */
    char *notifier, *address;
    enum state before, now; /* both STATE_NONE: the message is mailed as it is */
    int64_t since;          /* when it began to be wrong */
    int64_t made;           /* when it was put into the outbox */
    int tries;              /* that failed */
    struct message
        *message; /* what caused it; made up where nothing did that is kept */
};

void notification_clear(struct notification *notification);
AUTO_DEFINE_CLEAR(notification)

/* The next one that is due of a notifier: 1; 0: none is. */
int notification_find(struct store *store, const char *notifier, int64_t now,
                      struct notification *ret, struct error *err) MUST_USE;

#endif
