// SPDX-License-Identifier: GPL-3.0-or-later
/* lex - cuts a text into tokens: names, constants and signs.
 *
 * Comes from: a source.  Goes to: parse.h alone. Comments are passed over; the one that
 * stands right above a token is noted with it. */
#ifndef DATALOG_LEX_H
#define DATALOG_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "datalog/complaint.h"
#include "datalog/value.h"

enum token_kind {
    TOKEN_END, /* of the text, and after that for ever */
    TOKEN_NAME,
    TOKEN_CONSTANT,
    TOKEN_SIGN,
    TOKEN_FAULT, /* the complaint says what it is; nothing is read behind it */
};

struct token {
    enum token_kind kind;
    struct place place;
    struct place comment; /* the one right above it; size 0: there is none */
    struct value value;   /* of a constant */
    bool is_local_time;   /* a time without a zone */
    bool is_huge; /* the number 2^63, which only a minus before it makes a constant */
    bool is_open; /* a fault: a text or comment that the end of the source cuts off */
};

struct lexer {
    const struct source *source;
    size_t at;
    struct arena *arena;         /* for texts of constants; NULL: they are not kept */
    struct complaint *complaint; /* may be NULL */
};

/* The next token. */
void lex(struct lexer *lexer, struct token *ret);

/* Whether the token is this name or sign; or one of several, ended by NULL. */
bool token_is(const struct token *token, const char *word);
bool token_is_one_of(const struct token *token, const char *const *words);

/* ---- lex_constant.c: those that begin with a digit, and those in quotes ---- */

void lex_number(struct lexer *lexer, struct token *ret);
void lex_text(struct lexer *lexer, struct token *ret);

/* Makes the token a fault that spans so many bytes from its start on. */
void lex_fault(struct lexer *lexer, struct token *ret, size_t size, const char *format,
               ...) PRINTF(4, 5);

#endif
