// SPDX-License-Identifier: GPL-3.0-or-later
/* letter - a notification as the mail that tells it: headers (RFC 5322) and body.
 *
 * Comes from: a notification.  Goes to: email.c.
 * A mail that is sent twice bears the same Message-ID; what is told of one interruption
 * forms one thread. */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "store/store.h"

struct letter_sender {
    const char *address; /* of the From header */
    const char *host;    /* this server: the right side of the ids */
};

/* Appends the whole mail for notification->address, lines ending with CR LF. now: its
 * date. -EINVAL, with buf as it was: one of the addresses, or the host, is none. */
int letter_put(struct strbuf *buf, const struct notification *notification,
               const struct letter_sender *sender, int64_t now, struct error *err)
    MUST_USE;

#endif
