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
 *     It last was well 2026-11-21 09:48 CST, and ran 11.9 s.
 *
 *     packages since:
 *
 *       borgbackup 1.2.4-1, was 1.2.3-1
 *
 *     why:
 *
 *       ...
 *
 *     All of it: sheepdog show 0192e4c8-6c1b-7abc
 *     Why:       sheepdog why 12
 *     I know:    sheepdog ack 12 --for 1d --reason "..."
 *     Quiet:     sheepdog silence 'host:penguin2 tag:P2-ETC' --for 2h --reason "..."
 *
 * Comes from: a notice.  Goes to: the body of a mail. */
#ifndef NOTIFY_STORY_H
#define NOTIFY_STORY_H

#include <stdint.h>

#include "base/strbuf.h"
#include "notify/notice.h"

/* Appends readable UTF-8, lines ending with '\n'; times in the zone of this process.
 * now: when it is told. */
void story_put(struct strbuf *buf, const struct notice *notice, int64_t now);

#endif
