// SPDX-License-Identifier: GPL-3.0-or-later
/* page - all that is known of a host, for a person: how it is, its readings, its facts
 * in short, the last messages.
 *
 * Comes from: the server's /v1/hosts/NAME.  Goes to: host.c. */
#ifndef LOOK_PAGE_H
#define LOOK_PAGE_H

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "look/screen.h"

struct json_t; /* jansson's */

/* Appends it. -EPROTO: the answer holds what is no message. */
int page_format(const struct json_t *answer, const struct screen *screen,
                struct strbuf *buf, struct error *err) MUST_USE;

#endif
