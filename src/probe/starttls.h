// SPDX-License-Identifier: GPL-3.0-or-later
/* starttls - what is said in the clear before a server speaks TLS.
 *
 * Used by: certificate.c. */
#ifndef PROBE_STARTTLS_H
#define PROBE_STARTTLS_H

#include "base/compiler.h"
#include "base/error.h"
#include "monitor/wire.h"

/* protocol: "smtp", "imap", "pop3", "ftp", "postgres". -EINVAL: it is none of them;
 * -EPROTO: the server refuses, or does not speak it; or as wire.h says. */
int starttls(const struct wire *wire, const char *protocol, struct error *err) MUST_USE;

#endif
