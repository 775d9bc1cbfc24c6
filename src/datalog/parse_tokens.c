// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_tokens - walks over the tokens, and says what is wrong with them. */
#include "datalog/parse_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define COPIES_MAX ((size_t)64 << 20)

/* What people write who come from elsewhere. */
static const struct habit {
    const char *word, *here;
} habits[] = {
    {"is", "="},  {"|", ";"},   {"and", ","},    {"or", ";"},  {"not", "!"},
    {"mod", "%"}, {"rem", "%"}, {"xor", "bxor"}, {NULL, NULL},
};

void parser_start(struct parser *parser, const struct source *source)
{
    parser->lexer = (struct lexer){
        .source = source,
        .arena = parser->arena,
        .complaint = parser->complaint,
        .at = strncmp(source->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0,
    };
    parser->line = 1;
    lex(&parser->lexer, &parser->token);
    parser->next = parser->token;
    if (parser->token.kind != TOKEN_FAULT)
        lex(&parser->lexer, &parser->next);
}

void parser_advance(struct parser *parser)
{
    const struct place *place = &parser->token.place;
    bool has_gap = parser->statement.size > 0 && place->start > parser->end;
    strbuf_puts(&parser->statement, has_gap ? " " : "");
    strbuf_add(&parser->statement, place->source->text + place->start, place->size);
    parser->end = place->start + place->size;
    parser->token = parser->next;
    if (parser->next.kind != TOKEN_FAULT)
        lex(&parser->lexer, &parser->next);
}

bool parser_at(const struct parser *parser, const char *word)
{
    return token_is(&parser->token, word);
}

bool parser_accept(struct parser *parser, const char *word)
{
    bool is_there = parser_at(parser, word);
    if (is_there)
        parser_advance(parser);
    return is_there;
}

/* A fault of the lexer has said already what is wrong. */
int parser_fail(struct parser *parser, const struct place *place, const char *format,
                ...)
{
    if (parser->token.kind == TOKEN_FAULT)
        return -EINVAL;
    AUTO(str) char *what = NULL;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&what, format, values);
    va_end(values);
    return complain(parser->complaint, place, -EINVAL, "%s",
                    length < 0 ? format : what);
}

static const char *habit_of(const struct token *token)
{
    for (const struct habit *habit = habits; habit->word; habit++)
        if (token_is(token, habit->word))
            return habit->here;
    return NULL;
}

int parser_fail_expected(struct parser *parser, const char *expected)
{
    const struct token *token = &parser->token;
    const char *text = token->place.source->text + token->place.start;
    const char *quote = *text == '"' ? "" : "\"", *here = habit_of(token);
    int size = (int)(token->place.size < 40 ? token->place.size : 40);
    if (token->kind == TOKEN_END)
        return parser_fail(parser, &token->place,
                           "found the end of the text, expected %s", expected);
    if (here)
        return parser_fail(parser, &token->place,
                           "found \"%.*s\", expected %s; for \"%.*s\" write \"%s\"",
                           size, text, expected, size, text, here);
    return parser_fail(parser, &token->place, "found %s%.*s%s, expected %s", quote,
                       size, text, quote, expected);
}

int parser_expect(struct parser *parser, const char *sign)
{
    char expected[40];
    if (parser_accept(parser, sign))
        return 0;
    snprintf(expected, sizeof expected, "\"%s\"", sign);
    return parser_fail_expected(parser, expected);
}

int parser_close(struct parser *parser, const struct place *opened, const char *sign,
                 const char *expected)
{
    char words[120];
    if (parser_accept(parser, sign))
        return 0;
    if (parser->token.kind == TOKEN_END)
        return parser_fail(
            parser, opened, "this \"%.*s\" is not closed; expected \"%s\"",
            (int)opened->size, opened->source->text + opened->start, sign);
    snprintf(words, sizeof words, "%s or \"%s\"", expected, sign);
    return parser_fail_expected(parser, words);
}

const char *parser_name(struct parser *parser, const char *expected)
{
    const struct place place = parser->token.place;
    if (parser->token.kind != TOKEN_NAME || parser_at(parser, "_")) {
        parser_fail_expected(parser, expected);
        return NULL;
    }
    parser_advance(parser);
    return arena_copy(parser->arena, place.source->text + place.start, place.size);
}

int parser_enter(struct parser *parser)
{
    if (parser->depth >= PARSE_DEPTH_MAX)
        return parser_fail(parser, &parser->token.place,
                           "this stands more than %d levels deep", PARSE_DEPTH_MAX);
    parser->depth++;
    return 0;
}

void parser_leave(struct parser *parser)
{
    parser->depth--;
}

struct place parser_place(const struct parser *parser, const struct token *start)
{
    struct place place = start->place;
    place.size = parser->end - place.start;
    return place;
}

void *parser_room(struct parser *parser, void *items, size_t count, size_t size)
{
    bool is_full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!is_full)
        return items;
    void *larger = arena_take(parser->arena, (count == 0 ? 4 : count * 2) * size);
    if (count > 0)
        memcpy(larger, items, count * size);
    return larger;
}

int parser_count_copies(struct parser *parser, size_t size_before)
{
    parser->copied += arena_size(parser->arena) - size_before;
    if (parser->copied <= COPIES_MAX)
        return 0;
    return parser_fail(
        parser, &parser->token.place,
        "the alternatives of \";\" up to here become too many rules; give "
        "a part of them a name of its own");
}
