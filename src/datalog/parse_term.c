// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_term - terms, by the precedences of operators.h. The height of each is counted,
 * so that no walk over a tree goes deeper than PARSE_DEPTH_MAX. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "datalog/functors.h"
#include "datalog/operators.h"
#include "datalog/parse_parts.h"

/* What Soufflé has and this language does not. */
static const struct lacked {
    const char *name, *instead;
} lacked[] = {
    {"ord", "texts have no numbers"},
    {"range", "write a rule that counts"},
    {"as", "types meet or do not; see to_number and to_string"},
    {"nil", "there are no records"},
    {"autoinc", "rows have no numbers"},
    {"to_unsigned", "write to_number"},
    {"ftoi", "write to_number"},
    {"ftou", "write to_number"},
    {"itof", "write to_float"},
    {"utof", "write to_float"},
    {"itou", "numbers are all signed"},
    {"utoi", "numbers are all signed"},
    {NULL, NULL},
};

struct term *parser_new_term(struct parser *parser, enum term_kind kind)
{
    struct term *term = arena_take(parser->arena, sizeof *term);
    term->kind = kind;
    term->place = parser->token.place;
    return term;
}

/* ---- heights ---- */

static int set_height(struct parser *parser, size_t height)
{
    parser->height = height;
    if (height > parser->tallest)
        parser->tallest = height;
    if (parser->depth + height > PARSE_DEPTH_MAX)
        return parser_fail(parser, &parser->token.place,
                           "terms stand in terms more than %d levels deep",
                           PARSE_DEPTH_MAX);
    return 0;
}

/* ---- names ---- */

static const struct aggregate_row *find_aggregate(const struct token *token)
{
    for (const struct aggregate_row *row = aggregate_rows; row->name; row++)
        if (token_is(token, row->name))
            return row;
    return NULL;
}

static const struct lacked *find_lacked(const char *name)
{
    for (const struct lacked *row = lacked; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

bool parse_is_functor(const struct token *token)
{
    for (const char *const *name = functor_names(); *name; name++)
        if (token_is(token, *name))
            return true;
    return find_aggregate(token) != NULL;
}

/* NULL: the token is none. */
static const struct operator* find_operator(const struct token *token, bool is_prefix)
{
    char sign[8] = "";
    if (token->kind != TOKEN_SIGN && token->kind != TOKEN_NAME)
        return NULL;
    if (token->place.size >= sizeof sign)
        return NULL;
    memcpy(sign, token->place.source->text + token->place.start, token->place.size);
    return operator_find(sign, is_prefix);
}

bool parse_is_operator(const struct token *token)
{
    return find_operator(token, false) != NULL;
}

/* ---- calls ---- */

int parse_terms(struct parser *parser, struct term ***ret, size_t *ret_count)
{
    const struct place opened = parser->token.place;
    struct term **terms = NULL;
    size_t count = 0, tallest = 0;
    parser_advance(parser);
    while (!parser_at(parser, ")")) {
        struct term *term = parse_term(parser);
        if (!term)
            return -EINVAL;
        arena_push(parser->arena, (void ***)&terms, &count, term);
        tallest = parser->height > tallest ? parser->height : tallest;
        if (!parser_at(parser, ",")) {
            int rc = parser_close(parser, &opened, ")", "\",\"");
            parser->height = tallest;
            *ret = terms;
            *ret_count = count;
            return rc;
        }
        parser_advance(parser);
        if (parser_at(parser, ")"))
            return parser_fail_expected(parser, "a term behind the comma");
    }
    parser_advance(parser);
    parser->height = 0;
    *ret = NULL;
    *ret_count = 0;
    return 0;
}

/* How many arguments a functor takes, in words; false: it is none. */
static bool describe_arity(const char *name, char *ret, size_t size)
{
    const struct functor_row *row = NULL;
    for (size_t count = 0; !row && count < 4; count++)
        row = functor_find(name, count);
    if (!row)
        return false;
    if (row->most < 0)
        snprintf(ret, size, "%d or more", row->least);
    else
        snprintf(ret, size, "%d", row->least);
    return true;
}

int parse_fail_functor(struct parser *parser, const struct place *place,
                       const char *name, size_t count)
{
    char words[80];
    const struct lacked *row = find_lacked(name);
    if (row)
        return parser_fail(parser, place, "there is no %s here: %s", name,
                           row->instead);
    if (describe_arity(name, words, sizeof words))
        return parser_fail(parser, place, "%s takes %s argument%s, not %zu", name,
                           words, strcmp(words, "1") == 0 ? "" : "s", count);
    return parser_fail(parser, place, "no functor is called %s%s", name,
                       suggest_text(name, functor_names(), words, sizeof words));
}

static struct term *parse_call(struct parser *parser)
{
    const struct token start = parser->token;
    struct term *term = parser_new_term(parser, TERM_CALL);
    term->name = parser_name(parser, "the name of a functor");
    if (!term->name || parse_terms(parser, &term->args, &term->count) < 0)
        return NULL;
    term->place = parser_place(parser, &start);
    if (set_height(parser, parser->height + 1) < 0)
        return NULL;
    const struct functor_row *row = functor_find(term->name, term->count);
    if (!row) {
        parse_fail_functor(parser, &start.place, term->name, term->count);
        return NULL;
    }
    term->functor = row->functor;
    return term;
}

/* ---- aggregates ---- */

static struct body *one_atom_body(struct parser *parser)
{
    const struct token start = parser->token;
    struct body *body = arena_take(parser->arena, sizeof *body);
    struct literal *literal = arena_take(parser->arena, sizeof *literal);
    if (start.kind != TOKEN_NAME) {
        parser_fail_expected(parser, "\"{\" or an atom");
        return NULL;
    }
    literal->kind = LITERAL_ATOM;
    literal->atom = parse_atom(parser);
    literal->place = parser_place(parser, &start);
    arena_push(parser->arena, (void ***)&body->literals, &body->count, literal);
    return literal->atom ? body : NULL;
}

static int set_bodies(struct parser *parser, struct aggregate *aggregate,
                      const struct alternatives *bodies)
{
    aggregate->count = bodies->count;
    aggregate->bodies =
        arena_take(parser->arena, bodies->count * sizeof *aggregate->bodies);
    for (size_t i = 0; i < bodies->count; i++)
        aggregate->bodies[i] = *bodies->items[i];
    return 0;
}

/* { body }, or an atom alone */
static int parse_aggregate_body(struct parser *parser, struct aggregate *aggregate)
{
    struct alternatives bodies = {0};
    const struct place opened = parser->token.place;
    if (!parser_accept(parser, "{")) {
        struct body *body = one_atom_body(parser);
        if (!body)
            return -EINVAL;
        arena_push(parser->arena, (void ***)&bodies.items, &bodies.count, body);
        return set_bodies(parser, aggregate, &bodies);
    }
    int rc = parse_disjunction(parser, false, &bodies);
    if (rc == 0)
        rc = parser_close(parser, &opened, "}", "\",\", \";\"");
    return rc < 0 ? rc : set_bodies(parser, aggregate, &bodies);
}

static int parse_aggregate_parts(struct parser *parser, struct aggregate *aggregate)
{
    bool is_count = aggregate->kind == AGGREGATE_COUNT;
    if (!is_count && !aggregate->target)
        aggregate->target = parse_term(parser);
    if (!is_count && !aggregate->target)
        return -EINVAL;
    int rc = parser_expect(parser, ":");
    return rc < 0 ? rc : parse_aggregate_body(parser, aggregate);
}

/* target: a term that was read already; NULL: none was. */
static struct term *parse_aggregate(struct parser *parser, const struct token *start,
                                    const struct aggregate_row *row,
                                    struct term *target)
{
    size_t tallest = parser->tallest;
    struct term *term = parser_new_term(parser, TERM_AGGREGATE);
    term->aggregate = arena_take(parser->arena, sizeof *term->aggregate);
    term->aggregate->kind = row->kind;
    term->aggregate->target = target;
    parser->tallest = parser->height;
    if (parser_enter(parser) < 0)
        return NULL;
    int rc = parse_aggregate_parts(parser, term->aggregate);
    parser_leave(parser);
    if (rc < 0)
        return NULL;
    term->place = term->aggregate->place = parser_place(parser, start);
    size_t height = parser->tallest + 1;
    parser->tallest = tallest;
    return set_height(parser, height) < 0 ? NULL : term;
}

/* "max(x) : { … }" is an aggregate as "max x : { … }" is; "max(x, y)" is a call. */
static struct term *parse_call_or_aggregate(struct parser *parser,
                                            const struct aggregate_row *row)
{
    const struct token start = parser->token;
    struct term **args;
    size_t count;
    parser_advance(parser);
    if (parse_terms(parser, &args, &count) < 0)
        return NULL;
    if (count == 1 && parser_at(parser, ":"))
        return parse_aggregate(parser, &start, row, args[0]);

    struct term *term = arena_take(parser->arena, sizeof *term);
    const struct functor_row *functor = functor_find(row->name, count);
    if (!functor && count == 1) {
        parser_fail_expected(parser, "\":\"");
        return NULL;
    }
    if (!functor) {
        parser_fail(parser, &start.place, "%s takes one term: %s x : { … }", row->name,
                    row->name);
        return NULL;
    }
    *term = (struct term){.kind = TERM_CALL,
                          .place = parser_place(parser, &start),
                          .name = row->name,
                          .functor = functor->functor,
                          .args = args,
                          .count = count};
    return set_height(parser, parser->height + 1) < 0 ? NULL : term;
}

/* Whether an aggregate begins here, rather than a variable of that name. */
static bool begins_aggregate(const struct parser *parser,
                             const struct aggregate_row *row)
{
    const struct token *next = &parser->next;
    if (row->kind == AGGREGATE_COUNT)
        return token_is(next, ":");
    bool is_word = next->kind == TOKEN_NAME && !parse_is_operator(next);
    return is_word || next->kind == TOKEN_CONSTANT || token_is(next, "(");
}

/* ---- operands ---- */

static struct term *parse_constant(struct parser *parser)
{
    const struct token *token = &parser->token;
    if (token->is_huge) {
        parser_fail(parser, &token->place,
                    "this is too large; numbers go from -2^63 to 2^63 - 1");
        return NULL;
    }
    struct term *term = parser_new_term(parser, TERM_CONSTANT);
    term->value = token->value;
    term->is_local_time = token->is_local_time;
    parser_advance(parser);
    return set_height(parser, 1) < 0 ? NULL : term;
}

static struct term *parse_variable(struct parser *parser)
{
    bool is_any = parser_at(parser, "_");
    struct term *term = parser_new_term(parser, is_any ? TERM_ANY : TERM_VARIABLE);
    if (!is_any)
        term->name =
            arena_copy(parser->arena, term->place.source->text + term->place.start,
                       term->place.size);
    parser_advance(parser);
    return set_height(parser, 1) < 0 ? NULL : term;
}

static struct term *parse_named(struct parser *parser)
{
    const struct token start = parser->token;
    const struct aggregate_row *row = find_aggregate(&start);
    bool has_arguments = token_is(&parser->next, "(");
    bool is_reserved = parse_is_operator(&start);
    if (is_reserved) {
        parser_fail_expected(parser, "a term");
        return NULL;
    }
    if (!row || !begins_aggregate(parser, row))
        return has_arguments ? parse_call(parser) : parse_variable(parser);
    if (has_arguments)
        return parse_call_or_aggregate(parser, row);
    parser_advance(parser);
    parser->height = 0;
    return parse_aggregate(parser, &start, row, NULL);
}

static struct term *parse_parentheses(struct parser *parser)
{
    const struct place opened = parser->token.place;
    parser_advance(parser);
    struct term *term = parse_term(parser);
    if (!term || parser_close(parser, &opened, ")", "an operator") < 0)
        return NULL;
    return term;
}

static struct term *parse_primary(struct parser *parser)
{
    static const struct lacked begins[] = {
        {"[", "there are no records here; write their fields as columns"},
        {"$", "there are no counters ($) and no branches of types here"},
        {"@", "functors of one's own (@name) cannot be called here"},
        {"{", "braces stand behind a relation's name, or behind count and its like"},
        {NULL, NULL},
    };
    if (parser->token.kind == TOKEN_CONSTANT)
        return parse_constant(parser);
    if (parser->token.kind == TOKEN_NAME)
        return parse_named(parser);
    if (parser_at(parser, "("))
        return parse_parentheses(parser);
    for (const struct lacked *row = begins; row->name; row++)
        if (parser_at(parser, row->name)) {
            parser_fail(parser, &parser->token.place, "%s", row->instead);
            return NULL;
        }
    parser_fail_expected(parser, "a term: a variable, a constant or a functor");
    return NULL;
}

/* ---- operators ---- */

static struct term *new_operation(struct parser *parser, const struct token *start,
                                  const struct operator* operator)
{
    struct term *term = parser_new_term(parser, TERM_CALL);
    term->name = operator->sign;
    term->functor = operator->functor;
    term->count = operator->is_prefix ? 1 : 2;
    term->args = arena_take(parser->arena, term->count * sizeof *term->args);
    term->place = start->place;
    return term;
}

static struct term *parse_operation(struct parser *parser, int precedence);

/* -5 is a constant, not what is computed of one. */
static struct term *fold_minus(struct term *term)
{
    struct term *arg = term->args[0];
    struct value *value = &arg->value;
    bool is_number = arg->kind == TERM_CONSTANT && !type_is_text(value->type) &&
                     value->type != TYPE_TIME;
    if (term->functor != FUNCTOR_NEGATE || !is_number || value->number == INT64_MIN)
        return term;
    value->real = -value->real;
    value->number = -value->number;
    arg->place = term->place;
    return arg;
}

static struct term *parse_prefix(struct parser *parser, const struct operator* operator)
{
    const struct token start = parser->token;
    struct term *term = new_operation(parser, &start, operator);
    parser_advance(parser);
    if (operator->functor == FUNCTOR_NEGATE && parser->token.is_huge) {
        parser->token.is_huge = false; /* -2^63 is one of 64 bits, 2^63 is not */
        term = parse_constant(parser);
        term->place = parser_place(parser, &start);
        return term;
    }
    term->args[0] = parse_operation(parser, operator->precedence);
    if (!term->args[0] || set_height(parser, parser->height + 1) < 0)
        return NULL;
    term->place = parser_place(parser, &start);
    return fold_minus(term);
}

static struct term *parse_operand(struct parser *parser)
{
    const struct operator* operator= find_operator(&parser->token, true);
    if (parser_enter(parser) < 0)
        return NULL;
    struct term *term = operator? parse_prefix(parser, operator)
                                : parse_primary(parser);
    parser_leave(parser);
    return term;
}

/* left, and the operator that is looked at, and what stands right of it. */
static struct term *parse_right(struct parser *parser, const struct token *start,
                                const struct operator* operator, struct term * left)
{
    size_t height = parser->height;
    struct term *term = new_operation(parser, start, operator);
    if (operator->lacked) {
        parser_fail(parser, &parser->token.place,
                    "there is no %s here: %s", operator->sign, operator->lacked);
        return NULL;
    }
    parser_advance(parser);
    term->args[0] = left;
    term->args[1] = parse_operation(parser, operator->precedence + !operator->is_right);
    if (!term->args[1])
        return NULL;
    term->place = parser_place(parser, start);
    height = parser->height > height ? parser->height : height;
    return set_height(parser, height + 1) < 0 ? NULL : term;
}

/* Takes operators that bind at least so tightly. */
static struct term *parse_operation(struct parser *parser, int precedence)
{
    const struct token start = parser->token;
    if (parser_enter(parser) < 0)
        return NULL;
    struct term *term = parse_operand(parser);
    const struct operator* operator;
    while (term && (operator= find_operator(&parser->token, false)) &&
                   operator->precedence >= precedence)
        term = parse_right(parser, &start, operator, term);
    parser_leave(parser);
    return term;
}

struct term *parse_term(struct parser *parser)
{
    return parse_operation(parser, PRECEDENCE_LOWEST);
}
