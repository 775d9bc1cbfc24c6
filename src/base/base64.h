// SPDX-License-Identifier: GPL-3.0-or-later
/* base64 - bytes as text (RFC 4648, section 4, with padding). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/strbuf.h"

void base64_encode(struct strbuf *buf, const void *bytes, size_t size);

/* Appends the decoded bytes; -EINVAL, with buf as it was, when text is not base64. */
int base64_decode(struct strbuf *buf, const char *text, size_t size) MUST_USE;

#endif
