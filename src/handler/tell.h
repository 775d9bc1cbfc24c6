// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - lets a message speak of its (host, tag), and puts into the outbox whom to tell
 * when that changes how it stands.
 *
 * Comes from: outcome.c, note.c.  Goes to: store/, from where notify/ takes it.
 *
 * Told is every change but the first word of all, when it is ok. It goes to the log, to
 * (mailto …) of the server, and to the message's own mailto where (allow-mailto …) of
 * the server matches it; to each address once.
 *
 * A backlog that arrives is history: what a message changes that is handled more than a
 * minute after its time is told when no more of its host has come for (settle …), and
 * only as it stands then. */
#ifndef HANDLER_TELL_H
#define HANDLER_TELL_H

#include <stdbool.h>

#include "handler/handler.h"

int tell_state(const struct handling *handling, const struct message *message,
               struct error *err) MUST_USE;

/* A note that has a subject is told as it is, each one: to the log, and by mail to
 * whom it asks for where that is allowed, else to (mailto …) of the server. */
int tell_mail(const struct handling *handling, const struct message *message,
              struct error *err) MUST_USE;

/* Whether a message may ask that address to be told: it is one plain address, without
 * blanks, commas, brackets, quotes, control characters or anything but ASCII, and one
 * of the patterns matches the whole of it in any case of letters; * is any text, ? any
 * character. */
bool tell_is_allowed(const struct texts *patterns, const char *address);

#endif
