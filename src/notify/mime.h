// SPDX-License-Identifier: GPL-3.0-or-later
/* mime - text of any language in the seven bits and short lines of mail (RFC 5322,
 * 2045, 2047). All lines end with CR LF. */
#ifndef NOTIFY_MIME_H
#define NOTIFY_MIME_H

#include "base/strbuf.h"

/* Appends "NAME: TEXT", folded where it is long. Words that are not plain ASCII are
 * encoded, in base64; between plain ones several blanks become one. Whatever text
 * holds, it makes one header of readable text. */
void mime_put_header(struct strbuf *buf, const char *name, const char *text);

/* Appends Content-Transfer-Encoding, the empty line that ends the headers, and the
 * text: as it is where that can travel, else quoted-printable. text is UTF-8 with
 * '\n'. */
void mime_put_body(struct strbuf *buf, const struct strbuf *text);

#endif
