// SPDX-License-Identifier: GPL-3.0-or-later
/* alone - a machine whose messages nobody has taken for long mails by itself, once; and
 * once more when they are taken again.
 *
 * Comes from: main/sheepdog-deliver.c.  Goes to: the mail server of the configuration,
 * where it names one; else this machine's sendmail; else SMTP on localhost.
 * That it has mailed is the spool's file .alone, which is written when the mail was
 * taken; on a disk that is full it may be empty. */
#ifndef ALONE_ALONE_H
#define ALONE_ALONE_H

#include <stdbool.h>
#include <stdint.h>

#include "bark/tried.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* All lent. */
struct alone {
    const struct config *config;
    const char *folder;   /* the spool, locked by the caller */
    const char *sendmail; /* the program, if there is one: SENDMAIL_PROGRAM */
    int64_t now;          /* ms since 1970 UTC */
};

/* Whether it is time to mail: someone is to be told, was not told yet, and neither was
 * a message taken nor is the oldest that waits younger than (alone (after …)). */
bool alone_is_due(const struct alone *alone, const struct tried *tried);

/* Mails, within limit_ms, and remembers it. */
int alone_begin(const struct alone *alone, const struct tried *tried, int64_t limit_ms,
                struct error *err) MUST_USE;

/* Messages are taken again: where it has mailed, it mails that, and forgets it, even if
 * the mail is not taken. */
int alone_end(const struct alone *alone, int64_t limit_ms, struct error *err) MUST_USE;

#endif
