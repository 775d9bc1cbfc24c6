// SPDX-License-Identifier: GPL-3.0-or-later
/* sendmail - hands a mail to this machine's own mail program.
 *
 * Comes from: the machine alone.  Goes to: PROGRAM -t -i, without a shell. */
#ifndef NOTIFY_SENDMAIL_H
#define NOTIFY_SENDMAIL_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

#define SENDMAIL_PROGRAM "/usr/sbin/sendmail"

/* 0: the program has taken the mail, whose headers say for whom it is. It is ended
 * after limit_ms: -ETIMEDOUT. -EIO: it failed; what it says goes to our stderr. */
int sendmail_send(const char *program, const struct strbuf *mail, int64_t limit_ms,
                  struct error *err) MUST_USE;

#endif
