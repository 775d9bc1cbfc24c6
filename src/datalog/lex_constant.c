// SPDX-License-Identifier: GPL-3.0-or-later
/* lex_constant - texts with their escapes; numbers, sizes, durations and times. What
 * begins with a digit is one token as far as letters and digits go, so that 1.22.1 and
 * 12x are told as what they are. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/units.h"
#include "base/utf8.h"
#include "datalog/lex.h"

#define SHOWN_MAX   40 /* bytes of a token in a complaint */
#define NUMBER_SIZE 128

/* ---- texts ---- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Bytes of the escape at text, 0 where it is none. */
static size_t read_escape(const char *text, struct strbuf *ret)
{
    static const char letters[] = "\"\\'abfnrtv", meant[] = "\"\\'\a\b\f\n\r\t\v";
    const char *at = text[1] ? strchr(letters, text[1]) : NULL;
    if (at) {
        strbuf_putc(ret, meant[at - letters]);
        return 2;
    }
    int high = text[1] == 'x' ? hex_digit(text[2]) : -1;
    int low = high >= 0 ? hex_digit(text[3]) : -1;
    int c = high * 16 + low;
    if (low < 0 || c == 0 || c > 0x7F)
        return 0;
    strbuf_putc(ret, (char)c);
    return 4;
}

/* The place of the token is moved to what is wrong within it. */
static void fail_within(struct lexer *lexer, struct token *ret, const char *at,
                        size_t size, const char *what)
{
    ret->place.start = (size_t)(at - lexer->source->text);
    lex_fault(lexer, ret, size, "%s", what);
}

static void fail_open(struct lexer *lexer, struct token *ret, const char *end)
{
    const char *start = lexer->source->text + ret->place.start;
    ret->is_open = *end == '\0';
    lex_fault(lexer, ret, (size_t)(end - start),
              "this text is not closed on its line; expected \"; a new line in a text "
              "is written \\n");
}

/* One character of a text; returns its bytes, 0 after a fault. */
static size_t read_character(struct lexer *lexer, struct token *ret, const char *at,
                             struct strbuf *text)
{
    size_t left = (size_t)(lexer->source->text + lexer->source->size - at);
    if (left == 0 || *at == '\n' || (*at == '\\' && left == 1)) {
        fail_open(lexer, ret, left == 0 || *at == '\n' ? at : at + 1);
        return 0;
    }
    size_t length = *at == '\\' ? read_escape(at, text) : utf8_length(at, left);
    if (length == 0 && *at == '\\')
        fail_within(lexer, ret, at, 2,
                    "this backslash means nothing; expected one of \" \\ a b f n r t v "
                    "behind it, or x with two digits from 01 to 7f");
    else if (length == 0)
        fail_within(lexer, ret, at, 1, "this byte is not of UTF-8, as texts are");
    else if (*at != '\\')
        strbuf_add(text, at, length);
    return length;
}

void lex_text(struct lexer *lexer, struct token *ret)
{
    AUTO(strbuf) struct strbuf text = {0};
    const char *start = lexer->source->text + lexer->at, *at = start + 1;
    while (*at != '"') {
        size_t length = read_character(lexer, ret, at, &text);
        if (length == 0)
            return;
        at += length;
    }
    ret->kind = TOKEN_CONSTANT;
    ret->place.size = (size_t)(at + 1 - start);
    ret->value.type = TYPE_TEXT;
    if (lexer->arena)
        ret->value.text = arena_copy(lexer->arena, strbuf_text(&text), text.size);
    lexer->at += ret->place.size;
}

/* ---- what begins with a digit ---- */

/* Bytes of text that fit the pattern: d a digit, all else itself. 0: they do not. */
static size_t match(const char *text, const char *pattern)
{
    size_t at = 0;
    for (; pattern[at]; at++) {
        bool is_digit = isdigit((unsigned char)text[at]);
        if (pattern[at] == 'd' ? !is_digit : text[at] != pattern[at])
            return 0;
    }
    return at;
}

static size_t span_word(const char *text)
{
    size_t at = 0;
    while (isalnum((unsigned char)text[at]) || text[at] == '_')
        at++;
    return at;
}

/* A number with what hangs on it: "1.22.1", "1h30m", "1e-3", "0x2a". */
static size_t span_number(const char *text)
{
    size_t at = strspn(text, "0123456789");
    if (text[at] == '.' && isdigit((unsigned char)text[at + 1]))
        at += 1 + strspn(text + at + 1, "0123456789");
    if ((text[at] == 'e' || text[at] == 'E') && at > 0) {
        size_t sign = text[at + 1] == '-' || text[at + 1] == '+';
        if (isdigit((unsigned char)text[at + 1 + sign]))
            at += 1 + sign;
    }
    at += span_word(text + at);
    while (text[at] == '.' && isdigit((unsigned char)text[at + 1]))
        at += 1 + span_word(text + at + 1);
    return at;
}

/* What a time without a zone is in this process's; with one, what it says. */
static bool read_time(const char *date, size_t clock, const char *zone,
                      struct token *ret)
{
    AUTO(strbuf) struct strbuf text = {0};
    ret->value.type = TYPE_TIME;
    ret->is_local_time = *zone == '\0';
    if (ret->is_local_time)
        return clock_parse_local(date, &ret->value.number) == 0;
    strbuf_add(&text, date, clock);
    if (clock == strlen("2026-11-01T10:00"))
        strbuf_puts(&text, ":00");
    strbuf_puts(&text, zone);
    return clock_parse_utc(text.data, &ret->value.number, NULL) == 0;
}

/* 2026-11-01, 2026-11-01T10:00[:15[.5]][Z|+02:00], where a blank does for the T; false:
 * it is no time at all. */
static bool lex_time(struct lexer *lexer, struct token *ret)
{
    const char *start = lexer->source->text + lexer->at;
    size_t clock = match(start, "dddd-dd-dd");
    if (clock == 0 || isdigit((unsigned char)start[clock]))
        return false;
    size_t minutes = match(start + clock, "Tdd:dd");
    minutes += minutes == 0 ? match(start + clock, " dd:dd") : 0;
    size_t seconds = minutes > 0 ? match(start + clock + minutes, ":dd") : 0;
    clock += minutes + seconds;
    if (seconds > 0 && match(start + clock, ".d"))
        clock += 1 + strspn(start + clock + 1, "0123456789");
    size_t zone = 0;
    if (minutes > 0) {
        zone = match(start + clock, "Z");
        zone += zone == 0 ? match(start + clock, "+dd:dd") : 0;
        zone += zone == 0 ? match(start + clock, "-dd:dd") : 0;
    }
    size_t size = clock + zone;
    size += span_word(start + size);

    char text[CLOCK_TEXT_SIZE * 2] = "";
    bool fits = size == clock + zone && size < sizeof text;
    if (fits)
        memcpy(text, start, size);
    if (fits && read_time(text, clock, text + clock, ret)) {
        ret->kind = TOKEN_CONSTANT;
        ret->place.size = size;
        lexer->at += size;
    } else {
        lex_fault(lexer, ret, size,
                  "%.*s is no time; expected one such as 2026-11-01, 2026-11-01T10:00, "
                  "2026-11-01T10:00:15Z or 2026-11-01T10:00+02:00",
                  (int)(size < SHOWN_MAX ? size : SHOWN_MAX), start);
    }
    return true;
}

/* Digits of this base; false where there are none, or others. */
static bool read_digits(const char *text, unsigned base, uint64_t *ret, bool *ret_fits)
{
    uint64_t number = 0;
    *ret_fits = true;
    for (const char *at = text; *at; at++) {
        int digit = hex_digit(*at);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        *ret_fits = *ret_fits && !__builtin_mul_overflow(number, base, &number) &&
                    !__builtin_add_overflow(number, (unsigned)digit, &number);
    }
    *ret = number;
    return *text != '\0';
}

/* 42, 0x2a, 0b101010, with or without a trailing u. text is changed. */
static bool read_integer(char *text, size_t size, struct token *ret, bool *ret_fits)
{
    uint64_t number;
    unsigned base = text[0] != '0' ? 10 : text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 10;
    if (text[size - 1] == 'u')
        text[size - 1] = '\0';
    if (!read_digits(text + (base == 10 ? 0 : 2), base, &number, ret_fits))
        return false;
    ret->is_huge = number == UINT64_C(1) << 63;
    *ret_fits = *ret_fits && (number <= INT64_MAX || ret->is_huge);
    ret->value = (struct value){.type = TYPE_NUMBER, .number = (int64_t)number};
    return true;
}

static bool read_float(const char *text, struct token *ret, bool *ret_fits)
{
    char *end;
    if (text[strspn(text, "0123456789.eE+-")] != '\0')
        return false;
    double real = strtod(text, &end);
    *ret_fits = real <= 1.7976931348623157e308;
    ret->value = (struct value){.type = TYPE_FLOAT, .is_real = true, .real = real};
    return *end == '\0';
}

static bool read_units(const char *text, struct token *ret, bool *ret_fits)
{
    int64_t number;
    int rc = duration_parse(text, &number, NULL);
    enum type type = TYPE_DURATION;
    if (rc == -EINVAL) {
        rc = size_parse(text, &number, NULL);
        type = TYPE_SIZE;
    }
    *ret_fits = rc == 0;
    if (rc == 0)
        ret->value = (struct value){.type = type, .number = number};
    return rc != -EINVAL;
}

static bool is_version(const char *text)
{
    const char *dot = strchr(text, '.');
    return dot && strchr(dot + 1, '.');
}

void lex_number(struct lexer *lexer, struct token *ret)
{
    if (lex_time(lexer, ret))
        return;
    const char *start = lexer->source->text + lexer->at;
    size_t size = span_number(start);
    int shown = (int)(size < SHOWN_MAX ? size : SHOWN_MAX);
    char text[NUMBER_SIZE] = "", plain[NUMBER_SIZE] = "";
    bool fits = size < NUMBER_SIZE;
    ret->kind = TOKEN_CONSTANT;
    ret->place.size = size;
    memcpy(text, start, fits ? size : 0);
    memcpy(plain, start, fits ? size : 0);
    if (fits && !read_integer(text, size, ret, &fits) &&
        !read_float(plain, ret, &fits) && !read_units(plain, ret, &fits))
        lex_fault(
            lexer, ret, size, "%.*s is no number, duration or size; %s", shown, start,
            is_version(plain) ? "a version stands in quotes, as texts do"
                              : "expected one such as 42, 0x2a, 0.5, 1h30m or 4G");
    else if (!fits)
        lex_fault(lexer, ret, size,
                  "%.*s is too large; numbers have 64 bits, the sign among them", shown,
                  start);
    else
        lexer->at += size;
}
