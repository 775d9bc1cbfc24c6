// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_tls - TLS to a Redis server, where the hiredis at hand has it (1.0 and newer,
 * with its hiredis_ssl; the Makefile looks for it and for OpenSSL).
 *
 * Comes from: redis_link.c.  Goes to: hiredis and OpenSSL.
 * The server's certificate must be vouched for by a CA that is trusted, and be made out
 * to the host's name: there is no way to ask for less. */
#ifndef QUEUE_REDIS_TLS_H
#define QUEUE_REDIS_TLS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

bool redis_tls_is_there(void); /* in this build */

/* On a connection on which nothing was said yet, whose timeout is set. ca: a file of
 * certificates to trust; "": the system's. -EACCES: the server is not trusted; -EPROTO:
 * it does not speak TLS, or not in time; -EINVAL: the file; -ENOSYS: not there. */
int redis_tls_start(redisContext *context, const char *host, const char *ca,
                    struct error *err) MUST_USE;

#endif
