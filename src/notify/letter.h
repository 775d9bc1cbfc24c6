// SPDX-License-Identifier: GPL-3.0-or-later
/* letter - a notice as the mail that tells it.
 *
 * Comes from: a notice.  Goes to: email.c.
 * What is told of one incident forms one thread. */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "notify/mail.h"
#include "notify/notice.h"

/* Appends the whole mail for notice->address, lines ending with CR LF. now: its
 * date. -EINVAL, with buf as it was: one of the addresses, or the host, is none. */
int letter_put(struct strbuf *buf, const struct notice *notice,
               const struct mail_sender *sender, int64_t now, struct error *err)
    MUST_USE;

#endif
