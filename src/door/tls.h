// SPDX-License-Identifier: GPL-3.0-or-later
/* tls - the door's certificate and its key, by GnuTLS.
 *
 * Comes from: the files of (tls …).  Goes to: each new connection, which keeps the one
 * that it began with: so another can be put into use while it lives. */
#ifndef DOOR_TLS_H
#define DOOR_TLS_H

#include <gnutls/gnutls.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

/* TLS 1.2 and 1.3, and what GnuTLS holds to be secure. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls;

/* Reads both files, PEM. An error begins with the path, and says what to do: -EPERM:
 * others can read the key; -EKEYREJECTED: the key is not the certificate's, or one of
 * them is none; -EKEYEXPIRED: the certificate does not hold at now (ms since 1970
 * UTC); -ENOENT, -EACCES, … */
int tls_load(const char *certificate, const char *key, int64_t now, struct tls **ret,
             struct error *err) MUST_USE;

/* Every share is given back by one tls_free(); NULL is fine. Used by one thread. */
struct tls *tls_share(struct tls *tls);
void tls_free(struct tls *tls);
AUTO_DEFINE(tls)

int64_t tls_expires(const struct tls *tls); /* ms since 1970 UTC */

/* The PEM as it was read, lent. */
const char *tls_certificate(const struct tls *tls);
const char *tls_key(const struct tls *tls);

/* Lets a session that has not begun its handshake use it. */
void tls_use(struct tls *tls, gnutls_session_t session);

#endif
