// SPDX-License-Identifier: GPL-3.0-or-later
/* touch - notes which relations a message touched, so that rules are judged again.
 *
 * Comes from: the handlers.  Goes to: store/touched.h. */
#ifndef HANDLER_TOUCH_H
#define HANDLER_TOUCH_H

#include "handler/handler.h"

/* Rows of the message's (host, tag), or of its host alone. */
void touch(const struct handling *handling, const struct message *message,
           const char *relation);
void touch_host(const struct handling *handling, const struct message *message,
                const char *relation);

/* What every message that is stored touches. */
void touch_message(const struct handling *handling, const struct message *message);

/* What a beat does, and a reading. */
void touch_readings(const struct handling *handling, const struct message *message);

#endif
