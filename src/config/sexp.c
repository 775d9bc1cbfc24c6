// SPDX-License-Identifier: GPL-3.0-or-later
/* sexp - a recursive descent over the text; each list owns its items in one array. */
#include "config/sexp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#define DEPTH_MAX 64
#define NODES_MAX 1000000

struct reader {
    const char *text;
    size_t size, at;
    int line, column;
    int depth; /* of lists, and of what #; leaves out */
    int nodes;
    struct error *err;
};

static void sexp_clear(struct sexp *sexp)
{
    for (size_t i = 0; i < sexp->count; i++)
        sexp_clear(&sexp->items[i]);
    free(sexp->items);
    free(sexp->text);
}

void sexp_free(struct sexp *sexp)
{
    if (!sexp)
        return;
    sexp_clear(sexp);
    free(sexp);
}

static int peek(const struct reader *reader)
{
    return reader->at < reader->size ? (unsigned char)reader->text[reader->at] : -1;
}

static bool starts_with(const struct reader *reader, const char *text)
{
    size_t length = strlen(text);
    return reader->size - reader->at >= length &&
           memcmp(reader->text + reader->at, text, length) == 0;
}

static void skip(struct reader *reader, size_t count)
{
    for (; count > 0 && reader->at < reader->size; count--, reader->at++) {
        unsigned char c = (unsigned char)reader->text[reader->at];
        if (c == '\n') {
            reader->line++;
            reader->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            reader->column++;
        }
    }
}

static int fail_at(const struct reader *reader, int line, int column, const char *what)
{
    return error_set(reader->err, -EINVAL, "%d:%d: %s", line, column, what);
}

static int fail(const struct reader *reader, const char *what)
{
    return fail_at(reader, reader->line, reader->column, what);
}

static int fail_char(const struct reader *reader, const char *expected)
{
    char text[160];
    int c = peek(reader);
    if (c < 0)
        snprintf(text, sizeof text, "found the end of the file, expected %s", expected);
    else if (c < 0x20 || c >= 0x7F)
        snprintf(text, sizeof text, "found the byte 0x%02X, expected %s", (unsigned)c,
                 expected);
    else
        snprintf(text, sizeof text, "found '%c', expected %s", c, expected);
    return fail(reader, text);
}

static int parse_datum(struct reader *reader, struct sexp *ret);

static int skip_block_comment(struct reader *reader)
{
    int line = reader->line, column = reader->column, depth = 0;
    do {
        if (peek(reader) < 0)
            return fail_at(reader, line, column,
                           "this #| comment has no end; expected |#");
        bool opens = starts_with(reader, "#|"), closes = starts_with(reader, "|#");
        depth += opens - closes;
        skip(reader, opens || closes ? 2 : 1);
    } while (depth > 0);
    return 0;
}

static int enter(struct reader *reader)
{
    if (reader->depth >= DEPTH_MAX)
        return fail(reader, "lists stand in lists more than 64 levels deep");
    reader->depth++;
    return 0;
}

static int skip_datum(struct reader *reader)
{
    struct sexp dropped = {0};
    int rc = enter(reader);
    if (rc < 0)
        return rc;
    skip(reader, 2);
    rc = parse_datum(reader, &dropped);
    reader->depth--;
    sexp_clear(&dropped);
    return rc;
}

static int skip_blank(struct reader *reader)
{
    int rc = 0;
    while (rc == 0) {
        int c = peek(reader);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
            skip(reader, 1);
        else if (c == ';')
            skip(reader, strcspn(reader->text + reader->at, "\n"));
        else if (starts_with(reader, "#|"))
            rc = skip_block_comment(reader);
        else if (starts_with(reader, "#;"))
            rc = skip_datum(reader);
        else
            break;
    }
    return rc;
}

/* \xHH; within a string */
static int parse_hex(struct reader *reader, struct strbuf *text)
{
    const char *start = reader->text + reader->at;
    size_t length = strspn(start, "0123456789abcdefABCDEF");
    long value = length > 0 ? strtol(start, NULL, 16) : 0;
    if (value < 1 || value > 0x7F || start[length] != ';')
        return fail(reader, "expected \\xHH; with a number from 01 to 7f");
    strbuf_putc(text, (char)value);
    skip(reader, length + 1);
    return 0;
}

static int parse_escape(struct reader *reader, struct strbuf *text)
{
    static const char letters[] = "\"\\ntr", meant[] = "\"\\\n\t\r";
    skip(reader, 1);
    int c = peek(reader);
    const char *at = c > 0 ? strchr(letters, c) : NULL;
    if (!at && c != 'x')
        return fail_char(reader, "one of \" \\ n t r x after the backslash");
    skip(reader, 1);
    if (!at)
        return parse_hex(reader, text);
    strbuf_putc(text, meant[at - letters]);
    return 0;
}

static int parse_string(struct reader *reader, struct sexp *ret)
{
    AUTO(strbuf) struct strbuf text = {0};
    skip(reader, 1);
    for (;;) {
        int c = peek(reader);
        if (c < 0)
            return fail_at(reader, ret->line, ret->column,
                           "this string has no end; expected \"");
        if (c == '"')
            break;
        if (c == '\\') {
            int rc = parse_escape(reader, &text);
            if (rc < 0)
                return rc;
            continue;
        }
        size_t length =
            utf8_length(reader->text + reader->at, reader->size - reader->at);
        if (length == 0 || c == 0)
            return fail_char(reader, "UTF-8 text");
        strbuf_add(&text, reader->text + reader->at, length);
        skip(reader, length);
    }
    skip(reader, 1);
    ret->type = SEXP_STRING;
    ret->text = strbuf_take(&text);
    return 0;
}

static bool is_word(int c)
{
    return c > 0x20 && c != 0x7F && !strchr("()[]{}\";'`,|", c);
}

static int parse_boolean(struct reader *reader, struct sexp *ret, size_t length)
{
    static const char *const words[] = {"#t", "#true", "#f", "#false"};
    for (size_t i = 0; i < 4; i++)
        if (strlen(words[i]) == length && starts_with(reader, words[i])) {
            skip(reader, length);
            ret->type = SEXP_BOOLEAN;
            ret->text = text_copy(i < 2 ? "#t" : "#f");
            return 0;
        }
    char text[80];
    snprintf(text, sizeof text, "found %.*s, expected #t or #f",
             (int)(length < 40 ? length : 40), reader->text + reader->at);
    return fail(reader, text);
}

static int parse_word(struct reader *reader, struct sexp *ret)
{
    size_t length = 0;
    const char *start = reader->text + reader->at;
    while (reader->at + length < reader->size && is_word((unsigned char)start[length]))
        length++;
    if (length == 0)
        return fail_char(reader, "a word, a \"string\", #t, #f or a list");
    if (*start == '#')
        return parse_boolean(reader, ret, length);
    if (!utf8_is_valid(start, length))
        return fail(reader, "found bytes that are not UTF-8, expected text");
    skip(reader, length);
    ret->type = SEXP_SYMBOL;
    ret->text = memory_copy(start, length);
    return 0;
}

static bool is_dot(const struct reader *reader)
{
    return peek(reader) == '.' &&
           (reader->at + 1 >= reader->size ||
            !is_word((unsigned char)reader->text[reader->at + 1]));
}

static int parse_item(struct reader *reader, struct sexp *list)
{
    struct sexp item = {0};
    int rc = parse_datum(reader, &item);
    if (rc < 0) {
        sexp_clear(&item);
        return rc;
    }
    if ((list->count & (list->count + 1)) == 0)
        list->items =
            memory_resize(list->items, (list->count * 2 + 1) * sizeof *list->items);
    list->items[list->count++] = item;
    return 0;
}

/* After the dot: (a . b) is (a b), and (a . (b c)) is (a b c). */
static int parse_tail(struct reader *reader, struct sexp *list)
{
    if (list->count == 0)
        return fail(reader,
                    "found '.' at the start of a list, expected a word before it");
    skip(reader, 1);
    struct sexp tail = {0};
    int rc = parse_datum(reader, &tail);
    if (rc < 0) {
        sexp_clear(&tail);
        return rc;
    }
    size_t count = tail.type == SEXP_LIST ? tail.count : 1;
    const struct sexp *from = tail.type == SEXP_LIST ? tail.items : &tail;
    list->items =
        memory_resize(list->items, (list->count + count) * 2 * sizeof *list->items);
    if (count > 0)
        memcpy(list->items + list->count, from, count * sizeof *from);
    list->count += count;
    if (tail.type == SEXP_LIST)
        free(tail.items);

    rc = skip_blank(reader);
    if (rc == 0 && peek(reader) != ')')
        rc = fail_char(reader, "')' after the one item behind the dot");
    return rc;
}

static int parse_list(struct reader *reader, struct sexp *ret)
{
    int rc = enter(reader);
    if (rc < 0)
        return rc;
    ret->type = SEXP_LIST;
    skip(reader, 1);
    for (;;) {
        rc = skip_blank(reader);
        if (rc == 0 && peek(reader) < 0)
            rc = fail_at(reader, ret->line, ret->column,
                         "this list has no end; expected ')'");
        if (rc < 0)
            return rc;
        if (peek(reader) == ')')
            break;
        rc = is_dot(reader) ? parse_tail(reader, ret) : parse_item(reader, ret);
        if (rc < 0)
            return rc;
    }
    skip(reader, 1);
    reader->depth--;
    return 0;
}

static int parse_datum(struct reader *reader, struct sexp *ret)
{
    int rc = skip_blank(reader);
    if (rc < 0)
        return rc;
    if (++reader->nodes > NODES_MAX)
        return fail(reader, "this file holds more than 1000000 words and lists");

    ret->line = reader->line;
    ret->column = reader->column;
    ret->from = reader->at;
    int c = peek(reader);
    if (c == '(')
        rc = parse_list(reader, ret);
    else
        rc = c == '"' ? parse_string(reader, ret) : parse_word(reader, ret);
    ret->to = reader->at;
    return rc;
}

int sexp_parse(const char *text, size_t size, struct sexp **ret, struct error *err)
{
    AUTO(str) char *copy = memory_copy(text, size); /* a NUL ends every scan */
    struct reader reader = {
        .text = copy, .size = size, .line = 1, .column = 1, .err = err};
    AUTO(sexp) struct sexp *top = memory_new(sizeof *top);
    top->line = top->column = 1;
    top->to = size;

    int rc = skip_blank(&reader);
    while (rc == 0 && peek(&reader) >= 0) {
        rc = parse_item(&reader, top);
        if (rc == 0)
            rc = skip_blank(&reader);
    }
    if (rc < 0)
        return rc;
    *ret = TAKE(top);
    return 0;
}

const char *sexp_describe(const struct sexp *sexp, char ret[], size_t size)
{
    switch (sexp->type) {
    case SEXP_LIST:
        snprintf(ret, size, sexp->count ? "a list" : "an empty list");
        break;
    case SEXP_STRING:
        snprintf(ret, size, "the string \"%.40s\"", sexp->text);
        break;
    case SEXP_SYMBOL:
        snprintf(ret, size, "the word %.40s", sexp->text);
        break;
    case SEXP_BOOLEAN:
        snprintf(ret, size, "%.40s", sexp->text);
        break;
    }
    return ret;
}
