// SPDX-License-Identifier: GPL-3.0-or-later
/* tried - what is remembered of the last try to empty the spool, when it failed: the
 * spool's file .tried, whose time is that of the try.
 *
 * Comes from: sheepdog-deliver.  Goes to: report.c, `sheepdog spool`, the machine
 * alone. */
#ifndef BARK_TRIED_H
#define BARK_TRIED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

struct tried {
    int64_t time;     /* ms since 1970 UTC; 0: the last try did not fail */
    int64_t taken;    /* when one was taken last, as far as it is known; 0: never */
    struct error why; /* "" where it is not known */
};

/* What is not known is empty. */
void tried_get(const char *folder, struct tried *ret);

/* Its time becomes now. Where it cannot be written there is none: the next try comes
 * too soon. */
void tried_put(const char *folder, const struct tried *tried);
void tried_clear(const char *folder);

/* Whether a try failed less than so many ms ago; one system call. */
bool tried_within(const char *folder, int64_t ms);

#endif
