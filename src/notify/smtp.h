// SPDX-License-Identifier: GPL-3.0-or-later
/* smtp - mails, one after the other, to the mail server that the configuration names.
 *
 * Comes from: email.c, and the machine alone.  Goes to: the mail server. */
#ifndef NOTIFY_SMTP_H
#define NOTIFY_SMTP_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

struct smtp;

/* from: of the envelope. Connects to nothing yet; all is copied. -EINVAL: the URL
 * cannot be used. */
int smtp_open(const struct config *config, const char *from, struct smtp **ret,
              struct error *err) MUST_USE;
void smtp_close(struct smtp *smtp); /* NULL is fine */

static inline void smtp_auto(struct smtp **owned)
{
    smtp_close(*owned);
}

/* How long a mail may take from now on; 30 s at first, and 10 s until the server is
 * reached. */
void smtp_set_limit(struct smtp *smtp, int64_t limit_ms);

/* 0: the server has taken the mail. Errors begin with the server's URL, and hold its
 * words. */
int smtp_send(struct smtp *smtp, const char *address, const struct strbuf *mail,
              struct error *err) MUST_USE;

#endif
