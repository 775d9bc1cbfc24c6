// SPDX-License-Identifier: GPL-3.0-or-later
/* base64 - three bytes are four characters. */
#include "base/base64.h"

#include <errno.h>
#include <string.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct strbuf *buf, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned group = (unsigned)from[i] << 16;
        group |= left > 1 ? (unsigned)from[i + 1] << 8 : 0;
        group |= left > 2 ? (unsigned)from[i + 2] : 0;
        strbuf_putc(buf, digits[group >> 18]);
        strbuf_putc(buf, digits[group >> 12 & 63]);
        strbuf_putc(buf, left > 1 ? digits[group >> 6 & 63] : '=');
        strbuf_putc(buf, left > 2 ? digits[group & 63] : '=');
    }
}

static int digit_value(char c)
{
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

int base64_decode(struct strbuf *buf, const char *text, size_t size)
{
    size_t start = buf->size;
    size_t padding = 0;
    while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
        padding++;
    unsigned group = 0;
    for (size_t i = 0; i < size - padding; i++) {
        int value = digit_value(text[i]);
        if (value < 0 || size % 4 != 0) {
            strbuf_shorten(buf, start);
            return -EINVAL;
        }
        group = group << 6 | (unsigned)value;
        if (i % 4 != 0)
            strbuf_putc(buf, (char)(group >> (6 - i % 4 * 2)));
    }
    return size % 4 == 0 ? 0 : -EINVAL;
}
