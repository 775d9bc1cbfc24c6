// SPDX-License-Identifier: GPL-3.0-or-later
/* url - a queue's URL taken apart: SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH]. */
#ifndef QUEUE_URL_H
#define QUEUE_URL_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct url {
    char *scheme, *host;   /* an IPv6 address without its brackets */
    char *user, *password; /* decoded; NULL: none */
    int port;              /* fallback_port where it has none */
    char *path;            /* decoded, without its first slash; "" */
    char *name;            /* SCHEME://HOST:PORT, with brackets: for sentences */
};

void url_clear(struct url *url);
AUTO_DEFINE_CLEAR(url)

/* -EINVAL: it is no URL; the sentence holds no password. A query or a fragment is none
 * of ours, and refused. */
int url_parse(const char *text, int fallback_port, struct url *ret, struct error *err)
    MUST_USE;

/* Of a URL's scheme: 6379 for redis://…; 0: it is none of a queue. */
int url_default_port(const char *text);

#endif
