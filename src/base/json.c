// SPDX-License-Identifier: GPL-3.0-or-later
/* json - a comma is due unless the last byte opened something or named it. */
#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

void json_comma(struct strbuf *buf)
{
    char last = buf->size > 0 ? buf->data[buf->size - 1] : '{';
    if (last != '{' && last != '[' && last != ':' && last != ',' && last != '\n')
        strbuf_putc(buf, ',');
}

void json_open(struct strbuf *buf, char bracket)
{
    strbuf_putc(buf, bracket);
}

void json_close(struct strbuf *buf, char bracket)
{
    strbuf_putc(buf, bracket);
}

void json_name(struct strbuf *buf, const char *name)
{
    json_comma(buf);
    json_text(buf, name, strlen(name));
    strbuf_putc(buf, ':');
}

static void put_escaped(struct strbuf *buf, unsigned char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *at = c ? strchr(plain, c) : NULL;
    if (at)
        strbuf_printf(buf, "\\%c", letters[at - plain]);
    else
        strbuf_printf(buf, "\\u%04x", c);
}

/* Bytes at the start that JSON takes as they are. */
static size_t plain_length(const char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && (unsigned char)bytes[at] >= 0x20 && bytes[at] != '"' &&
           bytes[at] != '\\' && (unsigned char)bytes[at] < 0x7F)
        at++;
    return at;
}

bool json_text(struct strbuf *buf, const char *bytes, size_t size)
{
    bool exact = true;
    strbuf_putc(buf, '"');
    for (size_t at = 0; at < size;) {
        size_t length = plain_length(bytes + at, size - at);
        if (length == 0 && (unsigned char)bytes[at] >= 0x80)
            length = utf8_length(bytes + at, size - at);
        if (length > 0) {
            strbuf_add(buf, bytes + at, length);
            at += length;
        } else if ((unsigned char)bytes[at] < 0x80) {
            put_escaped(buf, (unsigned char)bytes[at++]);
        } else {
            strbuf_puts(buf, "\xEF\xBF\xBD");
            exact = false;
            at++;
        }
    }
    strbuf_putc(buf, '"');
    return exact;
}

void json_field_text(struct strbuf *buf, const char *name, const char *text)
{
    if (!text) {
        json_field_null(buf, name);
        return;
    }
    json_name(buf, name);
    json_text(buf, text, strlen(text));
}

void json_field_number(struct strbuf *buf, const char *name, int64_t value)
{
    json_name(buf, name);
    strbuf_printf(buf, "%lld", (long long)value);
}

void json_field_real(struct strbuf *buf, const char *name, double value, int decimals)
{
    json_name(buf, name);
    strbuf_printf(buf, "%.*f", decimals, value);
}

void json_field_null(struct strbuf *buf, const char *name)
{
    json_name(buf, name);
    strbuf_puts(buf, "null");
}
