// SPDX-License-Identifier: GPL-3.0-or-later
/* json - writes JSON (RFC 8259). Reading it is jansson's work; the wrapper, which must
 * load nothing, only writes. Values are appended with their commas by the caller's
 * field functions:
 *
 *     json_open(buf, '{');
 *     json_field_text(buf, "host", "penguin2");      {"host":"penguin2"
 *     json_field_number(buf, "status", 2);           ,"status":2
 *     json_close(buf, '}');
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

void json_open(struct strbuf *buf, char bracket);  /* '{' or '[' */
void json_close(struct strbuf *buf, char bracket); /* '}' or ']' */

/* Puts the comma, where one is due, and the name with its colon. */
void json_name(struct strbuf *buf, const char *name);
void json_comma(struct strbuf *buf); /* within arrays */

/* A string in quotes. Bytes that are not UTF-8 become U+FFFD, each one. Returns whether
 * all were UTF-8, so that reading gives back exactly what was written. */
bool json_text(struct strbuf *buf, const char *bytes, size_t size);

/* NULL is written as null. */
void json_field_text(struct strbuf *buf, const char *name, const char *text);
void json_field_number(struct strbuf *buf, const char *name, int64_t value);
void json_field_real(struct strbuf *buf, const char *name, double value, int decimals);
void json_field_null(struct strbuf *buf, const char *name);

#endif
