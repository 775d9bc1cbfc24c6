// SPDX-License-Identifier: GPL-3.0-or-later
/* mail - a text as a mail: headers (RFC 5322) and body.
 *
 * Comes from: letter.h, and the machine alone.  Goes to: smtp.h, sendmail.h.
 * A mail that is sent twice bears the same Message-ID. */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

struct mail_sender {
    char *address; /* of the From header */
    char *host;    /* this machine: the right side of the ids */
};

/* As the configuration says, else sheepdog at this machine. -EINVAL: mail-from is no
 * address. */
int mail_sender_find(const struct config *config, struct mail_sender *ret,
                     struct error *err) MUST_USE;
void mail_sender_clear(struct mail_sender *sender);
AUTO_DEFINE_CLEAR(mail_sender)

/* All lent. */
struct mail {
    const struct mail_sender *sender;
    const char *to, *subject;
    const char *id;     /* left side of the Message-ID */
    const char *thread; /* left side of the id that all of one matter refer to; no mail
                           bears it */
    int64_t date;       /* ms since 1970 UTC */
    const struct strbuf *body; /* readable UTF-8, lines ending with '\n' */
};

/* Appends the whole mail, lines ending with CR LF. -EINVAL, with buf as it was: one of
 * the addresses, or the host, is none. */
int mail_put(struct strbuf *buf, const struct mail *mail, struct error *err) MUST_USE;

#endif
