// SPDX-License-Identifier: GPL-3.0-or-later
/* sayings - the lines that a receiver prints become messages, as any that come in.
 *
 *     state, note ──> a note          reading ──> readings
 *     fact, facts ──> facts, whole    mail ──> a note with a subject
 *
 * Comes from: receiver.c.  Goes to: queue/intake.h.
 * A message is about the host of the one that the receiver was given last, unless the
 * line names another; its id is made of the receiver, that message and the line's
 * number, so that what is said again is stored once; its time is that message's. */
#ifndef RECEIVER_SAYINGS_H
#define RECEIVER_SAYINGS_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"
#include "plugin/plugin.h"
#include "store/store.h"

struct sayings;

/* Both lent: the reader knows which rows are there, for a fact that is one of many. */
struct sayings *sayings_new(const struct plugin *plugin, struct store *reader);
void sayings_free(struct sayings *sayings); /* NULL is fine */
AUTO_DEFINE(sayings)

/* The message that the receiver was given; copied. Lines count from one again. */
void sayings_begin(struct sayings *sayings, const char *id, const char *host,
                   int64_t time);

/* Takes what was printed, to its last newline, and keeps the rest until more comes;
 * is_end: nothing more comes, and the rest is a line. What it says is appended to ret,
 * to be put into the intake; a log line is logged. Facts of the messages before must be
 * stored by then. -EINVAL: some line cannot be read, and the others were; -E2BIG: more
 * was printed of this message than may be: nothing more of it is read. */
int sayings_hear(struct sayings *sayings, const char *bytes, size_t size, bool is_end,
                 struct message_list *ret, struct error *err) MUST_USE;

#endif
