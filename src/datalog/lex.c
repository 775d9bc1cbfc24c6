// SPDX-License-Identifier: GPL-3.0-or-later
/* lex - the longest sign that fits is taken; what begins with a digit or a quote is
 * read in lex_constant.c. */
#include "datalog/lex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Longer ones first. instead: it is none here; what to write for it. */
static const struct sign {
    const char *text;
    const char *instead;
} signs[] = {
    {"=:=", "\"=\""}, {"=\\=", "\"!=\""}, {"<->", NULL},   {":-", NULL},
    {":=", NULL},     {"?-", NULL},       {"<:", NULL},    {"<=", NULL},
    {">=", NULL},     {"!=", NULL},       {"==", "\"=\""}, {"<>", "\"!=\""},
    {"=<", "\"<=\""}, {"\\+", "\"!\""},   {"&&", "\",\""}, {"||", "\";\""},
    {"**", "\"^\""},  {"(", NULL},        {")", NULL},     {"{", NULL},
    {"}", NULL},      {"[", NULL},        {"]", NULL},     {",", NULL},
    {".", NULL},      {":", NULL},        {";", NULL},     {"=", NULL},
    {"<", NULL},      {">", NULL},        {"!", NULL},     {"+", NULL},
    {"-", NULL},      {"*", NULL},        {"/", NULL},     {"%", NULL},
    {"^", NULL},      {"|", NULL},        {"$", NULL},     {"@", NULL},
    {"&", "\",\""},   {"'", "\""},        {"~", "\"!\""},  {NULL, NULL},
};

/* Blanks and comments before a token. */
struct gap {
    struct place comment; /* the last ones, without a line between them */
    size_t newlines;      /* since the last token or comment */
    bool is_first; /* no newline yet: what stands here goes with the token before */
};

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static const char *rest_of(const struct lexer *lexer)
{
    return lexer->source->text + lexer->at;
}

static size_t left_of(const struct lexer *lexer)
{
    return lexer->source->size - lexer->at;
}

bool token_is(const struct token *token, const char *word)
{
    return (token->kind == TOKEN_NAME || token->kind == TOKEN_SIGN) &&
           strlen(word) == token->place.size &&
           memcmp(token->place.source->text + token->place.start, word,
                  token->place.size) == 0;
}

bool token_is_one_of(const struct token *token, const char *const *words)
{
    for (; *words; words++)
        if (token_is(token, *words))
            return true;
    return false;
}

void lex_fault(struct lexer *lexer, struct token *ret, size_t size, const char *format,
               ...)
{
    char what[400];
    va_list values;
    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    ret->kind = TOKEN_FAULT;
    ret->place.size = size;
    complain(lexer->complaint, &ret->place, -EINVAL, "%s", what);
    lexer->at = lexer->source->size;
}

/* ---- comments ---- */

static void note_comment(struct gap *gap, size_t start, size_t end)
{
    if (gap->comment.size == 0 || gap->newlines > 1)
        gap->comment.start = start;
    gap->comment.size = end - gap->comment.start;
    if (gap->is_first)
        gap->comment.size = 0;
    gap->newlines = 0;
}

/* false: it has no end, and *ret is the fault. */
static bool skip_comment(struct lexer *lexer, struct gap *gap, struct token *ret)
{
    const char *start = rest_of(lexer), *end;
    bool is_line = start[1] == '/';
    if (is_line) {
        end = strchr(start, '\n');
        end = end ? end : start + left_of(lexer);
    } else {
        end = strstr(start + 2, "*/");
        if (!end) {
            ret->place.start = lexer->at;
            ret->is_open = true;
            lex_fault(lexer, ret, 2, "this comment has no end; expected \"*/\"");
            return false;
        }
        end += 2;
    }
    size_t size = (size_t)(end - start);
    note_comment(gap, lexer->at, lexer->at + size);
    lexer->at += size;
    return true;
}

static bool skip_gap(struct lexer *lexer, struct gap *gap, struct token *ret)
{
    for (;;) {
        const char *rest = rest_of(lexer);
        if (*rest == '\n') {
            gap->newlines++;
            gap->is_first = false;
        } else if (*rest == '/' && (rest[1] == '/' || rest[1] == '*')) {
            if (!skip_comment(lexer, gap, ret))
                return false;
            continue;
        } else if (*rest != ' ' && *rest != '\t' && *rest != '\r' && *rest != '\f') {
            return true;
        }
        lexer->at++;
    }
}

/* ---- tokens ---- */

static void lex_name(struct lexer *lexer, struct token *ret)
{
    const char *rest = rest_of(lexer);
    size_t size = 1;
    while (is_letter(rest[size]) || is_digit(rest[size]))
        size++;
    ret->kind = TOKEN_NAME;
    ret->place.size = size;
    lexer->at += size;
    if (size == 1 && *rest == '?')
        lex_fault(lexer, ret, 1, "a name has letters or digits behind its \"?\"");
}

static void lex_unknown(struct lexer *lexer, struct token *ret)
{
    const char *rest = rest_of(lexer);
    size_t length = utf8_length(rest, left_of(lexer));
    if (*rest == '#')
        lex_fault(lexer, ret, 1 + strcspn(rest + 1, " \t\r\n"),
                  "there is no preprocessor here: no #include, no #define");
    else if (length == 0 || (unsigned char)*rest < ' ' || *rest == 0x7F)
        lex_fault(lexer, ret, 1, "found the byte 0x%02X, expected text in UTF-8",
                  (unsigned)(unsigned char)*rest);
    else
        lex_fault(lexer, ret, length,
                  "found \"%.*s\", which means nothing here; names are of letters "
                  "without accents, digits and \"_\", texts stand in double quotes",
                  (int)length, rest);
}

static void lex_sign(struct lexer *lexer, struct token *ret)
{
    const char *rest = rest_of(lexer);
    for (const struct sign *sign = signs; sign->text; sign++) {
        size_t size = strlen(sign->text);
        if (strncmp(rest, sign->text, size) != 0)
            continue;
        if (sign->instead) {
            lex_fault(lexer, ret, size, "there is no %s here; write %s", sign->text,
                      sign->instead);
            return;
        }
        ret->kind = TOKEN_SIGN;
        ret->place.size = size;
        lexer->at += size;
        return;
    }
    lex_unknown(lexer, ret);
}

void lex(struct lexer *lexer, struct token *ret)
{
    struct gap gap = {.comment = {.source = lexer->source}, .is_first = lexer->at > 0};
    *ret = (struct token){.place = {.source = lexer->source}};
    if (!skip_gap(lexer, &gap, ret))
        return;
    ret->place.start = lexer->at;
    if (gap.newlines <= 1)
        ret->comment = gap.comment;

    const char *rest = rest_of(lexer);
    if (left_of(lexer) == 0)
        ret->kind = TOKEN_END;
    else if (is_letter(*rest) && !(*rest == '?' && rest[1] == '-'))
        lex_name(lexer, ret);
    else if (is_digit(*rest))
        lex_number(lexer, ret);
    else if (*rest == '"')
        lex_text(lexer, ret);
    else
        lex_sign(lexer, ret);
}
