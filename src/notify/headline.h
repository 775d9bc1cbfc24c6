// SPDX-License-Identifier: GPL-3.0-or-later
/* headline - a notice in a few words: "FAIL penguin2 P2-ETC (2)".
 *
 * Comes from: a notice.  Goes to: the subject of a mail, a line of the log. */
#ifndef NOTIFY_HEADLINE_H
#define NOTIFY_HEADLINE_H

#include "base/strbuf.h"
#include "notify/notice.h"

/* Appends one line without a newline: how it is, the host, the tag, and in parentheses
 * the exit code of a job that failed, or "signal 9". Readable, see readable.h. */
void headline_put(struct strbuf *buf, const struct notice *notice);

#endif
