// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_unfold - in place of an atom the body of a rule that derives it, once for
 * each such rule.
 *
 *     near(x, z) :- road(x, y), road(y, z).
 *     ?(a) :- near(a, "rome"), a != "rome".
 *     ?(a) :- road(a, y), road(y, "rome"), a != "rome".
 */
#include "datalog/rewrite.h"

#include <string.h>

#include "datalog/rewrite_copy.h"

struct unfolding {
    struct program *program;
    const struct rule **results;
    size_t count;
};

static bool is_unfolded(const struct predicate *predicate)
{
    return !predicate->stored && !predicate->table && !predicate->is_recursive &&
           !predicate->has_input;
}

static bool may_unfold(const struct literal *literal)
{
    return literal->kind == LITERAL_ATOM && is_unfolded(literal->atom->predicate);
}

/* ---- what an argument of the head is, where it is asked for ---- */

/* What is added before the body that comes in, and behind it. */
struct joints {
    struct body before, after;
};

static bool is_same_constant(const struct value *one, const struct value *other)
{
    if (type_is_text(one->type) != type_is_text(other->type))
        return false;
    if (type_is_text(one->type))
        return strcmp(one->text, other->text) == 0;
    double left = one->is_real ? one->real : (double)one->number;
    double right = other->is_real ? other->real : (double)other->number;
    return one->is_real || other->is_real ? left == right
                                          : one->number == other->number;
}

/* A variable that has the value of given from here on. */
static struct term *name_value(struct copying *copying, const struct term *given,
                               enum type type, struct joints *joints)
{
    struct term *term = copying_variable(copying, given, type);
    struct term *left = arena_take(copying->program->arena, sizeof *left);
    *left = *term;
    struct term *right = arena_take(copying->program->arena, sizeof *right);
    *right = *given;
    body_push(copying->program, &joints->before,
              copying_equality(copying, left, right));
    return term;
}

/* The head's argument is a variable that was not met yet: it becomes what is given. */
static struct term *replace(struct copying *copying, const struct term *given,
                            enum type type, struct joints *joints)
{
    if (given->kind == TERM_ANY)
        return copying_variable(copying, given, type);
    if (given->kind != TERM_CONSTANT &&
        (given->kind != TERM_VARIABLE || given->type != type))
        return name_value(copying, given, type, joints);
    struct term *term = arena_take(copying->program->arena, sizeof *term);
    *term = *given;
    term->type = type;
    return term;
}

/* Makes what is given equal to the head's argument; false: they never are. */
static bool join_argument(struct copying *copying, const struct term *argument,
                          const struct term *given, struct joints *joints)
{
    bool is_variable = argument->kind == TERM_VARIABLE;
    if (is_variable && !copying->terms[argument->variable->number]) {
        copying->terms[argument->variable->number] =
            replace(copying, given, argument->type, joints);
        return true;
    }
    bool is_constant = argument->kind == TERM_CONSTANT;
    if (is_constant && given->kind == TERM_CONSTANT && !argument->value.is_moving &&
        !given->value.is_moving)
        return is_same_constant(&argument->value, &given->value);
    if (given->kind == TERM_ANY && (is_constant || is_variable))
        return true;

    struct term *left = arena_take(copying->program->arena, sizeof *left);
    *left = given->kind == TERM_ANY ? *copying_variable(copying, given, argument->type)
                                    : *given;
    body_push(copying->program, is_constant ? &joints->before : &joints->after,
              copying_equality(copying, left, copying_term(copying, argument)));
    return true;
}

/* Variables first: those that the others are made of have their terms then. */
static bool join_head(struct copying *copying, const struct atom *head,
                      const struct atom *given, struct joints *joints)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < head->count; i++)
            if ((head->args[i]->kind == TERM_VARIABLE) == (pass == 0) &&
                !join_argument(copying, head->args[i], given->args[i], joints))
                return false;
    return true;
}

/* ---- rules ---- */

static void push_all(struct program *program, struct body *body,
                     const struct body *more)
{
    for (size_t i = 0; i < more->count; i++)
        body_push(program, body, more->literals[i]);
}

/* The rule, with the body of another one in place of the literal; NULL: it would give
 * nothing. */
static struct rule *put_in_place(struct program *program, const struct rule *rule,
                                 size_t place, const struct rule *with)
{
    struct rule *result = arena_take(program->arena, sizeof *result);
    *result = *rule;
    result->origin = rule->origin ? rule->origin : rule;
    result->body = (struct body){0};
    result->variables = NULL;
    result->variable_count = 0;
    for (size_t i = 0; i < rule->variable_count; i++)
        arena_push(program->arena, (void ***)&result->variables,
                   &result->variable_count, rule->variables[i]);

    struct copying copying = copying_of(program, result, with);
    struct joints joints = {0};
    if (!join_head(&copying, with->head, rule->body.literals[place]->atom, &joints))
        return NULL;
    for (size_t i = 0; i < place; i++)
        body_push(program, &result->body, rule->body.literals[i]);
    push_all(program, &result->body, &joints.before);
    for (size_t i = 0; i < with->body.count; i++)
        body_push(program, &result->body,
                  copying_literal(&copying, with->body.literals[i]));
    push_all(program, &result->body, &joints.after);
    for (size_t i = place + 1; i < rule->body.count; i++)
        body_push(program, &result->body, rule->body.literals[i]);
    return result;
}

static void unfold(struct unfolding *unfolding, const struct rule *rule, size_t place)
{
    while (place < rule->body.count && !may_unfold(rule->body.literals[place]))
        place++;
    if (place == rule->body.count) {
        arena_push(unfolding->program->arena, (void ***)&unfolding->results,
                   &unfolding->count, (void *)rule);
        return;
    }
    const struct predicate *predicate = rule->body.literals[place]->atom->predicate;
    for (size_t i = 0; i < predicate->rule_count; i++) {
        const struct rule *next =
            put_in_place(unfolding->program, rule, place, predicate->rules[i]);
        if (next)
            unfold(unfolding, next, place);
    }
}

void rewrite_unfold(struct program *program, const struct rule *rule,
                    const struct rule *const **ret, size_t *ret_count)
{
    struct unfolding unfolding = {.program = program};
    unfold(&unfolding, rule, 0);
    *ret = unfolding.results;
    *ret_count = unfolding.count;
}

/* ---- sizes ---- */

struct size {
    size_t rules, literals, steps; /* of the longest */
};

static bool is_small(struct size size)
{
    return size.rules <= REWRITE_RULES_MAX && size.literals <= REWRITE_LITERALS_MAX &&
           size.steps <= REWRITE_STEPS_MAX;
}

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static struct size size_of_literal(const struct literal *literal)
{
    if (!may_unfold(literal))
        return (struct size){
            .rules = 1,
            .literals = literal->kind == LITERAL_ATOM,
            .steps = literal->kind != LITERAL_ATOM,
        };
    const struct predicate *predicate = literal->atom->predicate;
    return (struct size){
        .rules = predicate->unfolded_rules,
        .literals = predicate->unfolded_literals,
        .steps = predicate->unfolded_steps + 1,
    };
}

/* No longer than until it is too large. */
static struct size size_of(const struct rule *rule)
{
    struct size size = {.rules = 1};
    for (size_t i = 0; i < rule->body.count && is_small(size); i++) {
        struct size one = size_of_literal(rule->body.literals[i]);
        size.rules *= one.rules;
        size.literals += one.literals;
        size.steps += one.steps;
    }
    return size;
}

bool rewrite_is_small(const struct rule *rule)
{
    return is_small(size_of(rule));
}

bool rewrite_measure(struct predicate *predicate)
{
    struct size size = {0};
    for (size_t i = 0; i < predicate->rule_count && is_small(size); i++) {
        struct size one = size_of(predicate->rules[i]);
        size.rules += one.rules;
        size.literals = larger(size.literals, one.literals);
        size.steps = larger(size.steps, one.steps);
    }
    predicate->unfolded_rules = size.rules;
    predicate->unfolded_literals = size.literals;
    predicate->unfolded_steps = size.steps;
    return is_small(size);
}

size_t rewrite_weight(const struct predicate *predicate)
{
    return is_unfolded(predicate)
               ? predicate->unfolded_rules *
                     (predicate->unfolded_literals + predicate->unfolded_steps + 1)
               : 0;
}
