// SPDX-License-Identifier: GPL-3.0-or-later
/* expect - what a message says is to come again, and that it came.
 *
 * Comes from: outcome.c, start.c, note.c.  Goes to: store/. */
#ifndef HANDLER_EXPECT_H
#define HANDLER_EXPECT_H

#include "handler/handler.h"

/* What it says in its field "every" may be unreadable: then the log says so, and the
 * message counts all the same. */
int expect_next(const struct handling *handling, const struct message *message,
                struct error *err) MUST_USE;

#endif
