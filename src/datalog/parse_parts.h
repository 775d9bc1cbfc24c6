// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_parts - what the files of the parser share: the text that is read, and two
 * tokens of it.
 *
 *     parse.c            texts and statements     parse_body.c    literals, "," and ";"
 *     parse_directive.c  what begins with a dot   parse_term.c    terms, aggregates
 *     parse_question.c   what is asked            parse_tokens.c  from token to token
 *     parse_parameters.c how a file looks         parse_scan.c    what tokens alone
 *                                                                 tell
 *
 * What makes a node returns NULL after a fault, all else a negative number; the
 * complaint is in the parser's. */
#ifndef DATALOG_PARSE_PARTS_H
#define DATALOG_PARSE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "datalog/lex.h"
#include "datalog/parse.h"

struct parser {
    struct program *program;
    struct arena *arena; /* the program's */
    enum parse_mode mode;
    struct complaint *complaint;
    struct lexer lexer;
    struct token token, next; /* the one that is looked at, and the one behind it */
    size_t end;               /* of the last token that was taken */
    struct strbuf statement;  /* what was taken of it, on one line */
    size_t line, line_at;     /* that a byte of the source stands in */
    size_t depth;             /* of terms and bodies in each other */
    size_t height;            /* of the term that was read last */
    size_t tallest;           /* of the terms of this aggregate, or statement */
    size_t copied; /* bytes of nodes that ";" and several heads made copies of */
};

/* Bodies, one for each alternative. */
struct alternatives {
    struct body **items;
    size_t count;
};

/* ---- parse_tokens.c ---- */

void parser_start(struct parser *parser, const struct source *source);
void parser_advance(struct parser *parser);
bool parser_at(const struct parser *parser, const char *word);
bool parser_accept(struct parser *parser,
                   const char *word); /* takes it if it is next */

/* What was found, and what was expected: words such as "\",\" or \")\"". */
int parser_fail_expected(struct parser *parser, const char *expected);
int parser_fail(struct parser *parser, const struct place *place, const char *format,
                ...) PRINTF(3, 4);

int parser_expect(struct parser *parser, const char *sign) MUST_USE;

/* Takes the sign that closes what was opened at a place; expected: what else might
 * stand there. */
int parser_close(struct parser *parser, const struct place *opened, const char *sign,
                 const char *expected) MUST_USE;

/* Takes a name; NULL: there is none, where what it names was expected. */
const char *parser_name(struct parser *parser, const char *expected);

/* One level deeper; to be left again only where it succeeded. */
int parser_enter(struct parser *parser) MUST_USE;
void parser_leave(struct parser *parser);

/* From a token's start to the end of the last one taken. */
struct place parser_place(const struct parser *parser, const struct token *start);

/* An array of count items of this size, with room for one more; zero from there on. It
 * doubles, so it must have been built so from its first item on. */
void *parser_room(struct parser *parser, void *items, size_t count, size_t size);

/* -EINVAL where copies of nodes have become too many. */
int parser_count_copies(struct parser *parser, size_t size_before) MUST_USE;

/* ---- parse_term.c ---- */

struct term *parse_term(struct parser *parser);
struct term *parser_new_term(struct parser *parser, enum term_kind kind);

/* "(", terms, ")": of a functor or an atom. */
int parse_terms(struct parser *parser, struct term ***ret, size_t *ret_count) MUST_USE;

/* There is no such functor of so many arguments: says why, and what there is. */
int parse_fail_functor(struct parser *parser, const struct place *place,
                       const char *name, size_t count);

bool parse_is_functor(const struct token *token);  /* or the name of an aggregate */
bool parse_is_operator(const struct token *token); /* between two terms */

/* ---- parse_body.c ---- */

/* Literals, with "," and ";"; negated: by De Morgan. */
int parse_disjunction(struct parser *parser, bool negated, struct alternatives *ret)
    MUST_USE;

struct atom *parse_atom(struct parser *parser);

/* ---- parse_question.c ---- */

/* The rules that say what is asked: heads named "?", whose arguments are the variables
 * of the bodies but those that are excluded. */
int parse_make_question(struct parser *parser, const struct token *start,
                        const struct alternatives *bodies,
                        const struct column_declaration *excluded,
                        size_t excluded_count, struct rule ***ret, size_t *ret_count)
    MUST_USE;

/* ---- parse.c ---- */

/* What a rule has besides its head and body. */
struct rule parse_rule_frame(struct parser *parser, const struct token *start);

/* The comment above a token as one line; NULL: there is none. */
const char *parse_help(struct parser *parser, const struct token *token);

/* ---- parse_parameters.c ---- */

/* (IO=file, filename="x.facts", delimiter=",", headers=true), into what is at its
 * defaults. */
int parse_parameters(struct parser *parser, struct directive *directive) MUST_USE;

/* ---- parse_directive.c ---- */

int parse_directive(struct parser *parser) MUST_USE;

#endif
