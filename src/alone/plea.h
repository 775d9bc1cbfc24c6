// SPDX-License-Identifier: GPL-3.0-or-later
/* plea - what the machine alone writes: since when, what waits, what was wrong last.
 *
 * Comes from: alone.c.  Goes to: the body of a mail. */
#ifndef ALONE_PLEA_H
#define ALONE_PLEA_H

#include <stdint.h>

#include "bark/tried.h"
#include "base/strbuf.h"

/* All lent. */
struct plea {
    const char *host;
    const char *folder;        /* the spool */
    int64_t limit;             /* of the spool, in bytes */
    int64_t since, now;        /* ms since 1970 UTC: nothing was taken since then */
    const struct tried *tried; /* the last try */
};

/* Both append readable UTF-8, lines ending with '\n', times in this process's zone. */
void plea_put(struct strbuf *buf, const struct plea *plea);
void plea_put_end(struct strbuf *buf, const struct plea *plea); /* it is over */

#endif
