// SPDX-License-Identifier: GPL-3.0-or-later
/* story - what happened, told to a person who has ten seconds and a phone.
 *
 *     P2-ETC on penguin2 failed with status 2.
 *
 *     where     penguin2, as wrk
 *     when      2026-11-22 09:48 CST
 *     ran       12.3 s
 *     wrong     since 2026-11-22 09:48 CST
 *     command   borg create --stats /backup/borg::stamp /home
 *
 *     stderr:
 *
 *       Repository /backup/borg does not exist.
 *
 *     All of it: sheepdog show 0192e4c8-6c1b-7abc
 *
 * Comes from: a notification.  Goes to: the body of a mail. */
#ifndef NOTIFY_STORY_H
#define NOTIFY_STORY_H

#include <stdint.h>

#include "base/strbuf.h"
#include "notify/notification.h"

/* Appends readable UTF-8, lines ending with '\n'; times in the zone of this process.
 * now: when it is told. */
void story_put(struct strbuf *buf, const struct notification *notification,
               int64_t now);

#endif
