// SPDX-License-Identifier: GPL-3.0-or-later
/* times - the times within a proof or a reason, in the zone of who reads.
 *
 *     2026-11-22T21:36:18.563Z    2026-11-22T15:36:18.563-06:00
 *
 * Either can be asked as it stands. What is in quotes stays as it is, and so do all
 * times where the zone is that of UTC.
 *
 * Comes from: the oracles, which write UTC.  Goes to: stdout. */
#ifndef ASK_TIMES_H
#define ASK_TIMES_H

#include "base/strbuf.h"

void times_put_local(const char *text, struct strbuf *ret);

#endif
