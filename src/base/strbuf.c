// SPDX-License-Identifier: GPL-3.0-or-later
/* strbuf - one allocation, doubled when it is full. */
#include "base/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

void strbuf_clear(struct strbuf *buf)
{
    free(buf->data);
    *buf = (struct strbuf){0};
}

char *strbuf_reserve(struct strbuf *buf, size_t size)
{
    size_t need = buf->size + size + 1;
    if (need > buf->room) {
        size_t room = buf->room ? buf->room : 64;
        while (room < need)
            room *= 2;
        buf->data = memory_resize(buf->data, room);
        buf->data[buf->size] = '\0';
        buf->room = room;
    }
    return buf->data + buf->size;
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t size)
{
    char *end = strbuf_reserve(buf, size);
    if (size > 0)
        memcpy(end, bytes, size);
    end[size] = '\0';
    buf->size += size;
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_putc(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    char *end = strbuf_reserve(buf, 0);
    size_t room = buf->room - buf->size;
    int length = vsnprintf(end, room, format, values);
    va_end(values);
    assert(length >= 0);

    if ((size_t)length >= room) {
        end = strbuf_reserve(buf, (size_t)length);
        vsnprintf(end, (size_t)length + 1, format, again);
    }
    va_end(again);
    buf->size += (size_t)length;
}

void strbuf_shorten(struct strbuf *buf, size_t size)
{
    if (size >= buf->size)
        return;
    buf->size = size;
    buf->data[size] = '\0';
}

const char *strbuf_text(const struct strbuf *buf)
{
    return buf->data ? buf->data : "";
}

char *strbuf_take(struct strbuf *buf)
{
    char *text = buf->data ? buf->data : text_copy("");
    *buf = (struct strbuf){0};
    return text;
}
