// SPDX-License-Identifier: GPL-3.0-or-later
/* web - requests to one URL, each with a body.
 *
 * Comes from: webhook.c, ntfy.c.  Goes to: a web server.
 * Redirections are not followed, nor the proxies of the environment used; certificates
 * are verified. The connection is kept for the next one. */
#ifndef NOTIFY_WEB_H
#define NOTIFY_WEB_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

struct web;

/* Connects to nothing yet; all is copied. method: "POST". */
int web_open(const char *url, const char *method, struct web **ret, struct error *err)
    MUST_USE;
void web_close(struct web *web); /* NULL is fine */

static inline void web_auto(struct web **owned)
{
    web_close(*owned);
}

/* "NAME: VALUE", of every request; or of the next one alone. Without control
 * characters. */
void web_add_header(struct web *web, const char *header);
void web_add_header_once(struct web *web, const char *header);

/* 0: answered with a status from 200 to 299, within 30 s. Errors begin with the URL's
 * scheme and host, as what is behind them may be secret. */
int web_send(struct web *web, const struct strbuf *body, struct error *err) MUST_USE;

#endif
