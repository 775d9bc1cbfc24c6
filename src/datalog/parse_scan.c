// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_scan - what the tokens alone tell of a text. */
#include <string.h>

#include "datalog/operators.h"
#include "datalog/parse_parts.h"

static void start_scan(struct lexer *lexer, struct source *source, const char *text,
                       size_t size)
{
    *source = (struct source){.name = "", .text = text, .size = size};
    *lexer = (struct lexer){.source = source};
}

/* A sign or a word that needs something behind it. */
static bool is_begun(const struct token *token, const struct token *before)
{
    static const char *const closing[] = {")", "}", NULL};
    static const char *const ends[] = {")", "}", "]", ".", NULL};
    if (token->kind == TOKEN_SIGN)
        return !token_is_one_of(token, ends);
    return token_is(token, "at") ? token_is_one_of(before, closing)
                                 : parse_is_operator(token);
}

bool parse_is_complete(const char *text)
{
    static const char *const opening[] = {"(", "{", "[", NULL};
    static const char *const closing[] = {")", "}", "]", NULL};
    struct source source;
    struct lexer lexer;
    struct token before, last = {0}, token = {0};
    size_t open = 0;
    start_scan(&lexer, &source, text, strlen(text));
    do {
        before = last;
        last = token;
        lex(&lexer, &token);
        open += token_is_one_of(&token, opening);
        open -= open > 0 && token_is_one_of(&token, closing);
    } while (token.kind != TOKEN_END && token.kind != TOKEN_FAULT);
    if (token.kind == TOKEN_FAULT)
        return !token.is_open;
    return open == 0 && (last.kind == TOKEN_END || !is_begun(&last, &before));
}

void parse_each_local_time(const char *text, size_t size,
                           void (*each)(void *context, const char *token, size_t size),
                           void *context)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct source source;
    struct lexer lexer;
    struct token token;
    start_scan(&lexer, &source, arena_copy(arena, text, size), strnlen(text, size));
    for (lex(&lexer, &token); token.kind != TOKEN_END && token.kind != TOKEN_FAULT;
         lex(&lexer, &token))
        if (token.is_local_time)
            each(context, text + token.place.start, token.place.size);
}
