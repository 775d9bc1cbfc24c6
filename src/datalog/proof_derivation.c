// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_derivation - a rule made ready for a search: an argument that is computed, and
 * each _ of a relation that has a proof of its own, gets a variable. */
#include <string.h>

#include "datalog/proof_parts.h"
#include "datalog/rewrite.h"

static bool holds_aggregate(const struct term *term)
{
    bool is_found = term->kind == TERM_AGGREGATE;
    for (size_t i = 0; !is_found && i < term->count; i++)
        is_found = holds_aggregate(term->args[i]);
    return is_found;
}

/* A variable in place of what is computed; the equality that gives it its value is
 * shown where an aggregate is in it. */
static struct term *name_term(struct derivation *derivation,
                              const struct copying *copying, struct term *term,
                              enum type type)
{
    struct term *variable = copying_variable(copying, term, type);
    struct literal *equality = copying_equality(copying, variable, term);
    body_push(copying->program, &derivation->rule->body, equality);
    if (holds_aggregate(term))
        body_push(copying->program, &derivation->shown, equality);
    return variable;
}

static void name_arguments(struct derivation *derivation, const struct copying *copying,
                           struct atom *atom)
{
    const struct predicate *predicate = atom->predicate;
    for (size_t i = 0; i < atom->count; i++) {
        struct term *term = atom->args[i];
        enum type type = predicate->columns ? predicate->columns[i].type : term->type;
        if (term->kind == TERM_CALL || term->kind == TERM_AGGREGATE)
            atom->args[i] = name_term(derivation, copying, term, type);
        else if (term->kind == TERM_ANY && !predicate->stored)
            atom->args[i] = copying_variable(copying, term, type);
    }
}

static void add_literal(struct derivation *derivation, const struct copying *copying,
                        struct literal *literal)
{
    if (literal->kind == LITERAL_ATOM && literal->atom->is_guard)
        return;
    if (literal->kind == LITERAL_ATOM)
        name_arguments(derivation, copying, literal->atom);
    body_push(copying->program, &derivation->rule->body, literal);
    if (literal->kind != LITERAL_TRUTH)
        body_push(copying->program, &derivation->shown, literal);
}

void derivation_end(struct search *search, struct derivation *derivation)
{
    literals_sort(derivation->shown.literals, derivation->shown.count);
    rewrite_unfold(search->program, derivation->rule, &derivation->unfolded,
                   &derivation->count);
}

const struct derivation *derivation_of(struct search *search, struct rule *rule)
{
    if (rule->derivation)
        return rule->derivation;

    struct program *program = search->program;
    struct derivation *derivation = arena_take(program->arena, sizeof *derivation);
    derivation->rule = copying_rule(program, rule);
    struct body body = derivation->rule->body;
    derivation->rule->body = (struct body){0};
    struct copying copying = copying_of(program, derivation->rule, derivation->rule);
    for (size_t i = 0; i < body.count; i++)
        add_literal(derivation, &copying, body.literals[i]);
    name_arguments(derivation, &copying, derivation->rule->head);
    derivation_end(search, derivation);
    rule->derivation = derivation;
    return derivation;
}

/* Of no arguments: what it is made of says which variables there are. */
static struct atom *bare_head(struct program *program, const struct rule *rule)
{
    struct atom *head = arena_take(program->arena, sizeof *head);
    *head = (struct atom){
        .place = rule->head->place,
        .name = rule->head->name,
        .predicate = rule->head->predicate,
    };
    return head;
}

struct derivation *derivation_within(struct search *search, const struct rule *rule,
                                     struct copying *ret)
{
    struct program *program = search->program;
    struct derivation *derivation = arena_take(program->arena, sizeof *derivation);
    derivation->rule = arena_take(program->arena, sizeof *derivation->rule);
    *derivation->rule = (struct rule){
        .place = rule->place,
        .head = bare_head(program, rule),
        .name = rule->name,
        .text = rule->text,
        .origin = rule_written(rule),
    };
    *ret = copying_of(program, derivation->rule, rule);
    derivation->terms = ret->terms;
    return derivation;
}

const struct derivation *derivation_of_body(struct search *search,
                                            const struct rule *rule,
                                            const struct body *body,
                                            const struct literal *also)
{
    struct copying copying;
    struct derivation *derivation = derivation_within(search, rule, &copying);
    for (size_t i = 0; i < body->count; i++)
        add_literal(derivation, &copying, copying_literal(&copying, body->literals[i]));
    if (also)
        body_push(search->program, &derivation->rule->body,
                  copying_literal(&copying, also));
    derivation_end(search, derivation);
    return derivation;
}

static double as_real(const struct value *value)
{
    return value->is_real ? value->real : (double)value->number;
}

static bool is_equal(const struct value *one, const struct value *other)
{
    if (one->text || other->text)
        return one->text && other->text && strcmp(one->text, other->text) == 0;
    if (one->is_real || other->is_real)
        return as_real(one) == as_real(other);
    return one->number == other->number;
}

/* Whether a value is what a term of a head says, as far as it can be said now. */
static bool match_value(const struct term *term, const struct value *value,
                        struct value *known)
{
    if (term->kind == TERM_CONSTANT)
        return is_equal(&term->value, value);
    struct value *place = &known[term->variable->number];
    if (place->type != TYPE_NONE)
        return is_equal(place, value);
    *place = *value;
    return true;
}

bool rule_may_give(const struct rule *rule, const struct value *values)
{
    const struct atom *head = rule->head;
    bool may = true;
    for (size_t i = 0; may && i < head->count; i++)
        may = head->args[i]->kind != TERM_CONSTANT || values[i].type == TYPE_NONE ||
              is_equal(&head->args[i]->value, &values[i]);
    return may;
}

struct value *derivation_known(struct search *search,
                               const struct derivation *derivation,
                               const struct value *values)
{
    const struct rule *rule = derivation->rule;
    struct value *known =
        arena_take(search->program->arena, (rule->variable_count + 1) * sizeof *known);
    for (size_t i = 0; i < rule->head->count; i++)
        if (values[i].type != TYPE_NONE &&
            !match_value(rule->head->args[i], &values[i], known))
            return NULL;
    return known;
}
