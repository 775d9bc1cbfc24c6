// SPDX-License-Identifier: GPL-3.0-or-later
/* readable - one pass over the bytes; whatever could steer a terminal or a mail is left
 * out. */
#include "notify/readable.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define ESCAPE      '\x1B'
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
#define CUT         "..."

static bool is_between(char c, int low, int high)
{
    return (unsigned char)c >= low && (unsigned char)c <= high;
}

/* "ESC [ 1 ; 31 m": parameters, then one final character. */
static size_t control_sequence_length(const char *text, size_t size)
{
    size_t at = 2;
    while (at < size && is_between(text[at], 0x20, 0x3F))
        at++;
    return at < size && is_between(text[at], 0x40, 0x7E) ? at + 1 : at;
}

/* "ESC ] 0 ; title BEL", which may end with "ESC \" too. */
static size_t control_string_length(const char *text, size_t size)
{
    size_t at = 2;
    while (at < size && text[at] != '\a' && text[at] != ESCAPE)
        at++;
    if (at < size && text[at] == '\a')
        return at + 1;
    return at + 1 < size && text[at + 1] == '\\' ? at + 2 : at;
}

/* Bytes of the escape sequence that starts here; 0 where none does. */
static size_t escape_length(const char *text, size_t size)
{
    if (text[0] != ESCAPE)
        return 0;
    if (size < 2)
        return 1;
    if (text[1] == '[')
        return control_sequence_length(text, size);
    if (memchr("]PX^_", text[1], 5))
        return control_string_length(text, size);
    size_t at = 1;
    while (at < size && is_between(text[at], 0x20, 0x2F))
        at++;
    return at < size && is_between(text[at], 0x30, 0x7E) ? at + 1 : at;
}

/* The C1 controls; line and paragraph separator; embedding, override and isolate. */
static bool is_steering(const char *text, size_t length)
{
    if (length == 1)
        return is_between(text[0], 0x00, 0x1F) || text[0] == 0x7F;
    if (length == 2)
        return is_between(text[0], 0xC2, 0xC2) && is_between(text[1], 0x80, 0x9F);
    if (length != 3 || !is_between(text[0], 0xE2, 0xE2))
        return false;
    return (is_between(text[1], 0x80, 0x80) && is_between(text[2], 0xA8, 0xAE)) ||
           (is_between(text[1], 0x81, 0x81) && is_between(text[2], 0xA6, 0xA9));
}

static void put_clean(struct strbuf *buf, const char *bytes, size_t size, char tab)
{
    for (size_t at = 0; at < size;) {
        size_t escape = escape_length(bytes + at, size - at);
        size_t length = utf8_length(bytes + at, size - at);
        if (escape == 0 && length == 0)
            strbuf_puts(buf, REPLACEMENT);
        else if (escape == 0 && bytes[at] == '\t')
            strbuf_putc(buf, tab);
        else if (escape == 0 && is_steering(bytes + at, length))
            strbuf_putc(buf, ' ');
        else if (escape == 0)
            strbuf_add(buf, bytes + at, length);
        at += escape ? escape : length ? length : 1;
    }
}

void readable_line(struct strbuf *buf, const char *bytes, size_t size, size_t limit)
{
    size_t start = buf->size;
    put_clean(buf, bytes, size, ' ');
    if (buf->size - start <= limit)
        return;
    strbuf_shorten(buf, start + limit - strlen(CUT));
    strbuf_shorten(buf,
                   buf->size - utf8_torn_tail(buf->data + start, buf->size - start));
    strbuf_puts(buf, CUT);
}

/* What a terminal shows at last of a line with carriage returns. */
static void put_shown(struct strbuf *buf, const char *line, size_t size)
{
    while (size > 0 && line[size - 1] == '\r')
        size--;
    const char *over = size > 0 ? memrchr(line, '\r', size) : NULL;
    size_t start = over ? (size_t)(over - line) + 1 : 0;
    put_clean(buf, line + start, size - start, '\t');
    strbuf_putc(buf, '\n');
}

void readable_text(struct strbuf *buf, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *end = memchr(bytes + at, '\n', size - at);
        size_t length = end ? (size_t)(end - bytes) - at : size - at;
        put_shown(buf, bytes + at, length);
        at += length + 1;
    }
}

/* Where the line begins that ends, with its newline, before end. */
static size_t line_start(const struct strbuf *text, size_t end)
{
    const char *before = end > 1 ? memrchr(text->data, '\n', end - 1) : NULL;
    return before ? (size_t)(before - text->data) + 1 : 0;
}

size_t readable_tail(const struct strbuf *text, int lines, size_t bytes)
{
    size_t start = text->size;
    for (int i = 0; i < lines && start > 0; i++) {
        size_t line = line_start(text, start);
        if (text->size - line > bytes)
            break;
        start = line;
    }
    if (start < text->size || text->size <= bytes)
        return start;
    start -= bytes;
    return start + utf8_torn_head(text->data + start, bytes);
}
