// SPDX-License-Identifier: GPL-3.0-or-later
/* digest - how the herd is, and what happened for a time, as a text for people:
 *
 *     From 2026-11-21 07:00 CST to 2026-11-22 07:00 CST: 1 new, 2 still wrong, 4 over.
 *
 *     new:
 *
 *       fail penguin2 P2-ETC, since 2026-11-22 03:00 CST: Repository … does not exist.
 *
 * and so on: still wrong, over, late, checks, disks that fill up, silences that run,
 * hosts that are not heard, hosts that sent nothing. Times in the zone of this process.
 *
 * Comes from: store/, rules/ (disk_full_by).  Goes to: digests.c, GET /v1/digest. */
#ifndef ALERT_DIGEST_H
#define ALERT_DIGEST_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "rules/library.h"
#include "store/store.h"

/* Appends it, readable UTF-8, lines ending with '\n': of since until now, both ms.
 * asker: of store_open_asker. subject: gets a line without its end; NULL: not asked.
 * Errors are the store's; what a rule cannot say is said in the text. */
int digest_put(struct store *asker, const struct library *library, int64_t since,
               int64_t now, struct strbuf *text, struct strbuf *subject,
               struct error *err) MUST_USE;

/* Appends a line that says so, where a digest that was due then is made only now. */
void digest_put_late(int64_t due, int64_t now, struct strbuf *text);

#endif
