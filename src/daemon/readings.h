// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - the newest of each name since the last beat.
 *
 * Comes from: the findings of the looks.  Goes to: a beat. Six digits of a value are
 * kept; its unit is told when the name is new, and once an hour. */
#ifndef DAEMON_READINGS_H
#define DAEMON_READINGS_H

#include <stdint.h>

#include "base/auto.h"
#include "message/message.h"
#include "monitor/findings.h"

#define READINGS_MAX 2000 /* names; what comes past that is left out */

struct readings;

struct readings *readings_new(void);
void readings_free(struct readings *readings); /* NULL is fine */
AUTO_DEFINE(readings)

/* tag: of the instance. The name is TAG[:PART].QUANTITY, with %XX for what may not
 * stand in a name. */
void readings_take(struct readings *readings, const char *tag,
                   const struct findings *findings);

/* Adds those that came since readings_given to the message. now: us, monotonic. */
void readings_give(const struct readings *readings, int64_t now,
                   struct message *message);

/* The message is on its way: at that time. What gives nothing for a day is
 * forgotten. */
void readings_given(struct readings *readings, int64_t now);

#endif
