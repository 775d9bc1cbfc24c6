// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_body - literals and how they are joined. A body is read as its alternatives:
 * ";" puts two lists of them together, "," makes of them each pair, and below "!" it is
 * the other way round. */
#include <errno.h>
#include <string.h>

#include "datalog/operators.h"
#include "datalog/parse_parts.h"

static const enum comparison opposites[] = {
    [COMPARISON_EQUAL] = COMPARISON_UNEQUAL,
    [COMPARISON_UNEQUAL] = COMPARISON_EQUAL,
    [COMPARISON_LESS] = COMPARISON_GREATER_EQUAL,
    [COMPARISON_LESS_EQUAL] = COMPARISON_GREATER,
    [COMPARISON_GREATER] = COMPARISON_LESS_EQUAL,
    [COMPARISON_GREATER_EQUAL] = COMPARISON_LESS,
};

/* What stands behind a literal. */
static const char *const ends[] = {".", ",", ";", ")", "}", ":-", NULL};

/* ---- atoms ---- */

static int parse_positions(struct parser *parser, struct atom *atom)
{
    struct term **terms;
    size_t count;
    int rc = parse_terms(parser, &terms, &count);
    if (rc < 0 && parser_at(parser, ":"))
        return parser_fail(parser, &parser->token.place,
                           "arguments with names stand in braces: %s{name: \"x\"}",
                           atom->name);
    if (rc < 0)
        return rc;
    atom->written = arena_take(parser->arena, count * sizeof *atom->written);
    atom->written_count = count;
    for (size_t i = 0; i < count; i++)
        atom->written[i].term = terms[i];
    return 0;
}

/* name: term */
static int parse_argument(struct parser *parser, struct argument *ret)
{
    ret->name_place = parser->token.place;
    ret->name = parser_name(parser, "the name of a column");
    if (!ret->name)
        return -EINVAL;
    int rc = parser_expect(parser, ":");
    if (rc < 0)
        return rc;
    ret->term = parse_term(parser);
    return ret->term ? 0 : -EINVAL;
}

static int parse_names(struct parser *parser, struct atom *atom)
{
    const struct place opened = parser->token.place;
    atom->is_named = true;
    parser_advance(parser);
    if (parser_accept(parser, "}"))
        return 0;
    do {
        atom->written = parser_room(parser, atom->written, atom->written_count,
                                    sizeof *atom->written);
        int rc = parse_argument(parser, &atom->written[atom->written_count++]);
        if (rc < 0)
            return rc;
    } while (parser_accept(parser, ","));
    return parser_close(parser, &opened, "}", "\",\"");
}

static int fail_component(struct parser *parser)
{
    return parser_fail(parser, &parser->token.place,
                       "there are no components here; the name of a relation has no "
                       "\".\"");
}

static int parse_arguments(struct parser *parser, struct atom *atom)
{
    if (parser_at(parser, "("))
        return parse_positions(parser, atom);
    if (parser_at(parser, "{"))
        return parse_names(parser, atom);
    if (parser_at(parser, ".") && parser->next.kind == TOKEN_NAME)
        return fail_component(parser);
    return parser_fail_expected(parser, "\"(\" behind the name of a relation");
}

struct atom *parse_atom(struct parser *parser)
{
    const struct token start = parser->token;
    struct atom *atom = arena_take(parser->arena, sizeof *atom);
    atom->name_place = start.place;
    atom->name = parser_name(parser, "the name of a relation");
    if (!atom->name || parse_arguments(parser, atom) < 0)
        return NULL;
    if (parser_accept(parser, "at")) {
        atom->at = parse_term(parser);
        if (!atom->at)
            return NULL;
    }
    atom->place = parser_place(parser, &start);
    return atom;
}

/* ---- literals ---- */

static const struct test_row *find_test(const struct token *token,
                                        const struct token *next)
{
    for (const struct test_row *row = test_rows; row->name; row++)
        if (token_is(token, row->name) && token_is(next, "("))
            return row;
    return NULL;
}

static int parse_test(struct parser *parser, const struct test_row *row,
                      struct literal *literal)
{
    struct term **args;
    size_t count;
    const struct place place = parser->token.place;
    parser_advance(parser);
    int rc = parse_terms(parser, &args, &count);
    if (rc < 0)
        return rc;
    if (count != 2)
        return parser_fail(parser, &place, "%s takes 2 arguments, %s, not %zu",
                           row->name, row->args, count);
    literal->kind = LITERAL_TEST;
    literal->test = row->test;
    literal->left = args[0];
    literal->right = args[1];
    return 0;
}

/* No comparison stands behind a term. */
static int fail_comparison(struct parser *parser, const struct term *left)
{
    bool is_word = left->kind == TERM_VARIABLE;
    bool is_alone =
        parser->token.kind == TOKEN_END || token_is_one_of(&parser->token, ends);
    if (is_word && strcmp(left->name, "not") == 0)
        return parser_fail(parser, &left->place, "\"not\" is written \"!\"");
    if (is_word && strcmp(left->name, "count") == 0)
        return parser_fail_expected(parser, "\":\" behind count");
    if (is_word && parser_at(parser, ".") && parser->next.kind == TOKEN_NAME &&
        parser->next.place.start == parser->token.place.start + 1)
        return fail_component(parser);
    if (is_word && is_alone)
        return parser_fail(
            parser, &left->place,
            "\"%s\" alone says nothing; expected an atom such as %s(…), or "
            "a comparison",
            left->name, left->name);
    return parser_fail_expected(parser, "a comparison: = != < <= > >=");
}

static int parse_comparison(struct parser *parser, struct literal *literal)
{
    char sign[4] = "";
    literal->kind = LITERAL_COMPARISON;
    literal->left = parse_term(parser);
    if (!literal->left)
        return -EINVAL;
    const struct place *place = &parser->token.place;
    if (parser->token.kind == TOKEN_SIGN && place->size < sizeof sign)
        memcpy(sign, place->source->text + place->start, place->size);
    if (!comparison_find(sign, &literal->comparison))
        return fail_comparison(parser, literal->left);
    parser_advance(parser);
    literal->right = parse_term(parser);
    return literal->right ? 0 : -EINVAL;
}

static int parse_plain_atom(struct parser *parser, struct literal *literal)
{
    enum comparison comparison;
    char sign[4] = "";
    literal->kind = LITERAL_ATOM;
    literal->atom = parse_atom(parser);
    if (!literal->atom)
        return -EINVAL;
    const struct place *place = &parser->token.place;
    if (parser->token.kind == TOKEN_SIGN && place->size < sizeof sign)
        memcpy(sign, place->source->text + place->start, place->size);
    if (strcmp(sign, "<=") == 0)
        return parser_fail(
            parser, place,
            "\"<=\" between atoms, subsumption, is not in this language");
    if (comparison_find(sign, &comparison) || parse_is_operator(&parser->token))
        return parse_fail_functor(parser, &literal->atom->name_place,
                                  literal->atom->name, literal->atom->written_count);
    return 0;
}

static bool begins_atom(const struct token *token, const struct token *next)
{
    bool has_arguments = token_is(next, "(") || token_is(next, "{");
    return token->kind == TOKEN_NAME && has_arguments && !parse_is_functor(token);
}

static int parse_literal(struct parser *parser, struct literal *literal)
{
    const struct test_row *test = find_test(&parser->token, &parser->next);
    bool is_true = parser_at(parser, "true"), is_false = parser_at(parser, "false");
    literal->is_true = true;
    if (parser->token.kind == TOKEN_END || token_is_one_of(&parser->token, ends))
        return parser_fail_expected(parser,
                                    "an atom such as low(host), or a comparison");
    if (test)
        return parse_test(parser, test, literal);
    if (begins_atom(&parser->token, &parser->next))
        return parse_plain_atom(parser, literal);
    if (!is_true && !is_false)
        return parse_comparison(parser, literal);
    literal->kind = LITERAL_TRUTH;
    literal->is_true = is_true;
    parser_advance(parser);
    return 0;
}

static void negate(struct literal *literal)
{
    if (literal->kind == LITERAL_ATOM)
        literal->kind = LITERAL_NEGATION;
    else if (literal->kind == LITERAL_COMPARISON)
        literal->comparison = opposites[literal->comparison];
    else
        literal->is_true = !literal->is_true;
}

static int parse_one(struct parser *parser, bool negated, struct alternatives *ret)
{
    const struct token start = parser->token;
    struct literal *literal = arena_take(parser->arena, sizeof *literal);
    int rc = parse_literal(parser, literal);
    if (rc < 0)
        return rc;
    literal->place = parser_place(parser, &start);
    if (negated)
        negate(literal);
    struct body *body = arena_take(parser->arena, sizeof *body);
    arena_push(parser->arena, (void ***)&body->literals, &body->count, literal);
    arena_push(parser->arena, (void ***)&ret->items, &ret->count, body);
    return 0;
}

/* ---- parentheses ---- */

struct scan {
    struct lexer lexer;
    struct token token, next;
};

static void scan_advance(struct scan *scan)
{
    scan->token = scan->next;
    lex(&scan->lexer, &scan->next);
}

/* Within parentheses, and not in the braces of an aggregate, only a body has these. */
static bool shows_body(const struct token *token, const struct token *next)
{
    static const char *const signs[] = {"=",  "!=", "<", "<=", ">",
                                        ">=", "!",  ";", NULL};
    return token_is_one_of(token, signs) || begins_atom(token, next) ||
           find_test(token, next) || token_is(token, "true") ||
           token_is(token, "false");
}

/* Whether "(" begins a term, "(x + 1) * 2 = y", rather than a body, "(a(x); b(x))". */
static bool begins_term(const struct parser *parser)
{
    static const char *const opening[] = {"(", "{", NULL}, *const closing[] = {")", "}",
                                                                               NULL};
    struct scan scan = {.lexer = parser->lexer};
    size_t open = 0, braces = 0;
    scan.lexer.arena = NULL;
    scan.lexer.complaint = NULL;
    scan.lexer.at = parser->token.place.start;
    lex(&scan.lexer, &scan.next);
    do {
        scan_advance(&scan);
        open += token_is_one_of(&scan.token, opening);
        braces += token_is(&scan.token, "{");
        open -= token_is_one_of(&scan.token, closing);
        braces -= braces > 0 && token_is(&scan.token, "}");
        if (braces == 0 && shows_body(&scan.token, &scan.next))
            return false;
        if (scan.token.kind == TOKEN_END || scan.token.kind == TOKEN_FAULT)
            return false;
    } while (open > 0 && open <= PARSE_DEPTH_MAX);
    return true;
}

static int parse_group(struct parser *parser, bool negated, struct alternatives *ret)
{
    const struct place opened = parser->token.place;
    parser_advance(parser);
    int rc = parse_disjunction(parser, negated, ret);
    return rc < 0 ? rc : parser_close(parser, &opened, ")", "\",\", \";\"");
}

/* ---- "," ";" "!" ---- */

static int parse_unit(struct parser *parser, bool negated, struct alternatives *ret)
{
    int rc = parser_enter(parser);
    if (rc < 0)
        return rc;
    if (parser_accept(parser, "!"))
        rc = parse_unit(parser, !negated, ret);
    else if (parser_at(parser, "(") && !begins_term(parser))
        rc = parse_group(parser, negated, ret);
    else
        rc = parse_one(parser, negated, ret);
    parser_leave(parser);
    return rc;
}

static void add_body(struct parser *parser, struct body *body, const struct body *more,
                     bool is_copy)
{
    for (size_t i = 0; i < more->count; i++) {
        struct literal *literal = more->literals[i];
        if (is_copy)
            literal = literal_copy(parser->program, literal);
        arena_push(parser->arena, (void ***)&body->literals, &body->count, literal);
    }
}

/* Each of one with each of the other; where there is more than one, with copies. */
static int multiply(struct parser *parser, struct alternatives *one,
                    const struct alternatives *other)
{
    if (one->count == 1 && other->count == 1) {
        add_body(parser, one->items[0], other->items[0], false);
        return 0;
    }
    struct alternatives pairs = {0};
    if (one->count * other->count > PARSE_RULES_MAX)
        return parser_fail(parser, &parser->token.place,
                           "the alternatives of \";\" up to here become more than %d "
                           "rules; give a part of them a name of its own",
                           PARSE_RULES_MAX);
    for (size_t i = 0; i < one->count * other->count; i++) {
        size_t left = i / other->count, right = i % other->count;
        size_t size = arena_size(parser->arena);
        struct body *body = arena_take(parser->arena, sizeof *body);
        add_body(parser, body, one->items[left], right > 0);
        add_body(parser, body, other->items[right], left > 0);
        arena_push(parser->arena, (void ***)&pairs.items, &pairs.count, body);
        int rc = parser_count_copies(parser, size);
        if (rc < 0)
            return rc;
    }
    *one = pairs;
    return 0;
}

static int add(struct parser *parser, struct alternatives *one,
               const struct alternatives *other)
{
    if (one->count + other->count > PARSE_RULES_MAX)
        return parser_fail(parser, &parser->token.place,
                           "this has more than %d alternatives", PARSE_RULES_MAX);
    for (size_t i = 0; i < other->count; i++)
        arena_push(parser->arena, (void ***)&one->items, &one->count, other->items[i]);
    return 0;
}

static int parse_conjunction(struct parser *parser, bool negated,
                             struct alternatives *ret)
{
    int rc = parse_unit(parser, negated, ret);
    while (rc == 0 && parser_accept(parser, ",")) {
        struct alternatives other = {0};
        rc = parse_unit(parser, negated, &other);
        if (rc == 0)
            rc = negated ? add(parser, ret, &other) : multiply(parser, ret, &other);
    }
    return rc;
}

int parse_disjunction(struct parser *parser, bool negated, struct alternatives *ret)
{
    int rc = parse_conjunction(parser, negated, ret);
    while (rc == 0 && parser_accept(parser, ";")) {
        struct alternatives other = {0};
        rc = parse_conjunction(parser, negated, &other);
        if (rc == 0)
            rc = negated ? multiply(parser, ret, &other) : add(parser, ret, &other);
    }
    return rc;
}
