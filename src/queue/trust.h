// SPDX-License-Identifier: GPL-3.0-or-later
/* trust - how a server proves to libcurl who it is, and what we say when it cannot.
 *
 * Comes from: the configuration's (ca …), (pin …), (cleartext …).  Goes to: http.c.
 * With a pin, the server's key is that one, and nothing else is asked: its certificate
 * may be its own work. Without one, the chain and the name are verified. There is no
 * way to ask for neither. */
#ifndef QUEUE_TRUST_H
#define QUEUE_TRUST_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* "sha256//" and 32 bytes in base64. -EINVAL in words. */
int trust_check_pin(const char *pin, struct error *err) MUST_USE;

/* The name "localhost", or an address of loopback without brackets. */
bool trust_is_loopback(const char *host);

/* Tells the handle what to verify. The pin must be good. */
void trust_set(CURL *curl, const struct config *config);

/* Whether code is about that; then *ret_rc is -EACCES, -EPROTO or -EINVAL, with its
 * sentence behind "URL: ". */
bool trust_explain(CURL *curl, CURLcode code, const char *url, int *ret_rc,
                   struct error *err);

/* Why a certificate was not trusted, after CURLE_PEER_FAILED_VERIFICATION: "it has
 * expired". */
const char *trust_reason(CURL *curl);

#endif
