// SPDX-License-Identifier: GPL-3.0-or-later
/* object - a notice as one JSON object, for programs and web servers. sheepdog-tell(8)
 * says what is in it.
 *
 * Comes from: a notice.  Goes to: webhook.c, exec.c. */
#ifndef NOTIFY_OBJECT_H
#define NOTIFY_OBJECT_H

#include <stdint.h>

#include "base/strbuf.h"
#include "notify/notice.h"

/* Appends it, on one line. now: when it is told. */
void object_put(struct strbuf *buf, const struct notice *notice, int64_t now);

/* Appends a template (config/template.h) filled with what is in it: each value as
 * within a JSON string, without its quotes. */
void object_fill(struct strbuf *buf, const char *text, const struct notice *notice,
                 int64_t now);

#endif
