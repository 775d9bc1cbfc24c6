// SPDX-License-Identifier: GPL-3.0-or-later
/* dispatch - starts sheepdog-deliver, which links what `sheepdog` must not, and waits.
 *
 * Goes to: sheepdog-deliver -c CONF (--folder SPOOL | --stdin). It says itself what it
 * could not deliver, and gives up after the configured patience; 2 s later we end
 * it. */
#ifndef BARK_DISPATCH_H
#define BARK_DISPATCH_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

/* conf: the file to read; NULL: none. patience: ms. 0 when all is delivered; -ENOENT:
 * the program is missing; -EAGAIN: it is not, and that was said; -ETIMEDOUT. */
int dispatch_spool(const char *conf, const char *folder, int64_t patience,
                   struct error *err) MUST_USE;

/* The same beside a job that runs: nobody waits for it, nor hears what it says. One
 * that comes after waits for it to end. */
int dispatch_spool_aside(const char *conf, const char *folder, struct error *err)
    MUST_USE;

/* One message that could not be put into the spool. */
int dispatch_message(const char *conf, const struct strbuf *json, int64_t patience,
                     struct error *err) MUST_USE;

#endif
