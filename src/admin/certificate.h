// SPDX-License-Identifier: GPL-3.0-or-later
/* certificate - a key and a certificate that it signs itself, and what a client has to
 * know of one. By GnuTLS.
 *
 * Comes from: init.  Goes to: the files of (tls …), the line that joins a machine. */
#ifndef ADMIN_CERTIFICATE_H
#define ADMIN_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

/* ECDSA on P-256, for ten years from now (ms since 1970 UTC). names: DNS names and
 * addresses, the first of which is its own. Both are PEM; the key is a secret, to be
 * wiped. -EINVAL: a name is none. */
int certificate_make(const struct texts *names, int64_t now, struct strbuf *certificate,
                     struct strbuf *key, struct error *err) MUST_USE;

struct certificate {
    char *name;          /* the first that it is made out to; NULL: none */
    char *pin;           /* "sha256//BASE64" of its key, as curl has it */
    bool is_self_signed; /* nobody else vouches for it */
};

void certificate_clear(struct certificate *certificate);
AUTO_DEFINE_CLEAR(certificate)

/* Of the first one in the file. */
int certificate_read(const char *path, struct certificate *ret, struct error *err)
    MUST_USE;

#endif
