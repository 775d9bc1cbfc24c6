// SPDX-License-Identifier: GPL-3.0-or-later
/* mime - a header is a row of words, each put where it still fits on the line. */
#include "notify/mime.h"

#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "notify/readable.h"

#define COLUMNS       76  /* RFC 2047 for lines with encoded words; 5322 asks for 78 */
#define LINE_LIMIT    998 /* RFC 5322: what must never be exceeded */
#define HEADER_MAX    4096
#define WORD_MAX      60 /* bytes of a plain word; a longer one is encoded in pieces */
#define CHUNK_MAX     45 /* bytes in an encoded word: 60 characters of its 75 */
#define ENCODED_START "=?UTF-8?B?"
#define ENCODED_END   "?="

/* A header as it grows. */
struct header {
    struct strbuf *buf;
    size_t line; /* where its last line starts in buf */
};

/* The blank before a word is also where the header may be folded. */
static void put_word(struct header *header, const char *word, size_t size)
{
    size_t column = header->buf->size - header->line;
    if (column + 1 + size > COLUMNS) {
        strbuf_puts(header->buf, "\r\n");
        header->line = header->buf->size;
    }
    strbuf_putc(header->buf, ' ');
    strbuf_add(header->buf, word, size);
}

/* Bytes of whole characters, as many as an encoded word holds. */
static size_t chunk_size(const char *text, size_t size)
{
    if (size <= CHUNK_MAX)
        return size;
    return CHUNK_MAX - utf8_torn_tail(text, CHUNK_MAX);
}

static void put_encoded(struct header *header, const char *text, size_t size)
{
    while (size > 0) {
        size_t chunk = chunk_size(text, size);
        AUTO(strbuf) struct strbuf word = {0};
        strbuf_puts(&word, ENCODED_START);
        base64_encode(&word, text, chunk);
        strbuf_puts(&word, ENCODED_END);
        put_word(header, word.data, word.size);
        text += chunk;
        size -= chunk;
    }
}

static void put_plain(struct header *header, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *blank = memchr(text + at, ' ', size - at);
        size_t length = blank ? (size_t)(blank - text) - at : size - at;
        if (length > 0)
            put_word(header, text + at, length);
        at += length + 1;
    }
}

static bool is_plain(const char *word, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (word[i] < 0x21 || word[i] > 0x7E)
            return false;
    return size <= WORD_MAX && !memmem(word, size, "=?", 2);
}

/* From the first word that must be encoded to the end of the last one; the blanks
 * between encoded words are not text, so what lies between is encoded with them. */
static void find_encoded(const char *text, size_t size, size_t *ret_start,
                         size_t *ret_end)
{
    *ret_start = *ret_end = size;
    bool found = false;
    for (size_t at = 0; at <= size;) {
        const char *blank = memchr(text + at, ' ', size - at);
        size_t length = blank ? (size_t)(blank - text) - at : size - at;
        if (!is_plain(text + at, length)) {
            *ret_start = found ? *ret_start : at;
            *ret_end = at + length;
            found = true;
        }
        at += length + 1;
    }
}

void mime_put_header(struct strbuf *buf, const char *name, const char *text)
{
    AUTO(strbuf) struct strbuf clean = {0};
    readable_line(&clean, text, strlen(text), HEADER_MAX);
    const char *words = strbuf_text(&clean);
    size_t start, end;
    find_encoded(words, clean.size, &start, &end);

    struct header header = {.buf = buf, .line = buf->size};
    strbuf_printf(buf, "%s:", name);
    put_plain(&header, words, start > 0 && start < clean.size ? start - 1 : start);
    put_encoded(&header, words + start, end - start);
    if (end < clean.size)
        put_plain(&header, words + end + 1, clean.size - end - 1);
    strbuf_puts(buf, "\r\n");
}

static bool travels_as_it_is(const struct strbuf *text)
{
    size_t column = 0;
    for (size_t i = 0; i < text->size; i++) {
        char c = text->data[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c > 0x7E)
            return false;
        column = c == '\n' ? 0 : column + 1;
        if (column > LINE_LIMIT)
            return false;
    }
    return true;
}

static void put_lines(struct strbuf *buf, const struct strbuf *text)
{
    for (size_t i = 0; i < text->size; i++) {
        if (text->data[i] == '\n')
            strbuf_putc(buf, '\r');
        strbuf_putc(buf, text->data[i]);
    }
}

/* A blank at the end of a line would be lost on the way. */
static bool is_quotable(const struct strbuf *text, size_t at)
{
    char c = text->data[at];
    if (c == ' ' || c == '\t')
        return at + 1 < text->size && text->data[at + 1] != '\n';
    return c > ' ' && c <= '~' && c != '=';
}

static void put_quoted(struct strbuf *buf, const struct strbuf *text)
{
    size_t line = buf->size;
    for (size_t i = 0; i < text->size; i++) {
        if (text->data[i] == '\n') {
            strbuf_puts(buf, "\r\n");
            line = buf->size;
            continue;
        }
        bool as_it_is = is_quotable(text, i);
        if (buf->size - line + (as_it_is ? 1 : 3) >= COLUMNS) {
            strbuf_puts(buf, "=\r\n");
            line = buf->size;
        }
        if (as_it_is)
            strbuf_putc(buf, text->data[i]);
        else
            strbuf_printf(buf, "=%02X", (unsigned char)text->data[i]);
    }
}

void mime_put_body(struct strbuf *buf, const struct strbuf *text)
{
    bool as_it_is = travels_as_it_is(text);
    strbuf_printf(buf, "Content-Transfer-Encoding: %s\r\n\r\n",
                  as_it_is ? "7bit" : "quoted-printable");
    (as_it_is ? put_lines : put_quoted)(buf, text);
}
