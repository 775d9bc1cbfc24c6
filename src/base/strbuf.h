// SPDX-License-Identifier: GPL-3.0-or-later
/* strbuf - text, or any bytes, that grows as it is written.
 *
 *     AUTO(strbuf) struct strbuf text = {0};
 *     strbuf_printf(&text, "%d sheep", count);
 *
 * A NUL always stands behind the last byte, so that data is a C string too. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"

struct strbuf {
    char *data;  /* NULL until something is written: see strbuf_text */
    size_t size; /* bytes written */
    size_t room; /* bytes allocated */
};

void strbuf_clear(struct strbuf *buf); /* frees; buf is as good as new */
AUTO_DEFINE_CLEAR(strbuf)

void strbuf_add(struct strbuf *buf, const void *bytes, size_t size);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_putc(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...) PRINTF(2, 3);

/* Makes room for size more bytes and returns where they go; the writer then adds what
 * it wrote to buf->size and puts the NUL behind it. */
char *strbuf_reserve(struct strbuf *buf, size_t size) MUST_USE;

void strbuf_shorten(struct strbuf *buf, size_t size); /* keeps the first size bytes */

const char *strbuf_text(const struct strbuf *buf) MUST_USE; /* lent; never NULL */
char *strbuf_take(struct strbuf *buf) MUST_USE; /* yours, never NULL; buf is empty */

#endif
