// SPDX-License-Identifier: GPL-3.0-or-later
/* tell - lets a message speak of its (host, tag), and puts into the outbox what is to
 * be mailed as it is. What a change of state means to people rules say: see alert/.
 *
 * Comes from: outcome.c, note.c.  Goes to: store/.
 *
 * A backlog that arrives is history: while messages of a host come that are handled
 * more than a minute after their time, and for (settle …) after the last, it is
 * settling, and rules hold what they would tell of it. */
#ifndef HANDLER_TELL_H
#define HANDLER_TELL_H

#include <stdbool.h>

#include "handler/handler.h"

/* The state, and that the host's backlog still arrives. */
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
