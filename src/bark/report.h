// SPDX-License-Identifier: GPL-3.0-or-later
/* report - gets a message on its way: into the spool, then to the server.
 *
 * Comes from: job.c, and bark by hand.  Goes to: room.h, dispatch.h.
 * It stands behind a job that must not be hindered: what is wrong is said on stderr, in
 * one line, and it does what can still be done. */
#ifndef BARK_REPORT_H
#define BARK_REPORT_H

#include <stdbool.h>

#include "bark/redact.h"
#include "bark/room.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "config/config.h"
#include "message/message.h"

struct report;

/* Reads the configuration, named by -c or found; never NULL. Without one, or with one
 * that is wrong, the defaults hold; with a wrong one nothing is delivered for now, as
 * nobody knows where to, and all is redacted, as nobody knows what must be. */
struct report *report_open(const char *conf);
void report_free(struct report *report); /* NULL is fine */
AUTO_DEFINE(report)

/* What must be hidden of all that a message says; NULL: nothing. Lent. */
const struct redaction *report_redaction(const struct report *report);

/* Fills in what every message says: id, host, user, zone, time (when it is 0), and
 * mailto from the configuration (when it is NULL). */
void report_sign(const struct report *report, struct message *message);

/* Whether a message is due that the tag is well again: something bad was sent of it. */
bool report_recovers(const struct report *report, const char *tag);

/* 0: it is on disk in the spool, or delivered; what the spool holds was offered to the
 * server. Else it is lost; that was said, and the server will hear it. */
int report_send(const struct report *report, const struct room_message *message)
    MUST_USE;

/* The same of a message that is of use only while the job runs, and beside it: nothing
 * is waited for. */
int report_send_aside(const struct report *report, const struct room_message *message)
    MUST_USE;

/* Remembers, for report_recovers, what was sent of the tag. */
void report_note(const struct report *report, const char *tag, bool is_good);

/* Nothing to send: offers the server what waits from earlier, unless that was tried
 * within the last minute. */
void report_flush(const struct report *report);

#endif
