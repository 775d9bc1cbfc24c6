// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_guard - guards, which stand first in a rule and say what was asked for. */
#include "datalog/rewrite_parts.h"

size_t bound_count(const char *adornment)
{
    size_t count = 0;
    for (const char *c = adornment; *c; c++)
        count += *c == 'b';
    return count;
}

struct term **bound_terms(const struct copying *copying, const struct atom *atom,
                          const char *adornment, bool is_head)
{
    struct term **terms = arena_take(copying->program->arena,
                                     (bound_count(adornment) + 1) * sizeof *terms);
    size_t count = 0;
    for (size_t i = 0; i < atom->count; i++) {
        if (adornment[i] != 'b')
            continue;
        struct term *term = copying_term(copying, atom->args[i]);
        if (is_head && term->kind != TERM_VARIABLE && term->kind != TERM_CONSTANT)
            *term = (struct term){.kind = TERM_ANY, .place = term->place};
        terms[count++] = term;
    }
    return terms;
}

struct copying copying_none(struct program *program, struct rule *rule)
{
    struct copying copying = copying_of(program, rule, rule);
    for (size_t i = 0; i < rule->variable_count; i++) {
        struct term *term = arena_take(program->arena, sizeof *term);
        *term = (struct term){
            .kind = TERM_VARIABLE,
            .name = rule->variables[i]->name,
            .type = rule->variables[i]->type,
            .variable = rule->variables[i],
        };
        copying.terms[rule->variables[i]->number] = term;
    }
    return copying;
}

struct literal *guard_literal(struct program *program, const struct rule *rule,
                              struct predicate *predicate, struct term **terms)
{
    struct literal *literal = arena_take(program->arena, sizeof *literal);
    *literal = (struct literal){
        .kind = LITERAL_ATOM,
        .place = rule->head->place,
        .atom = copying_atom(program, predicate, terms, &rule->head->place),
    };
    literal->atom->is_guard = true;
    return literal;
}

struct literal *guard_of(struct program *program, struct rule *rule,
                         const struct demand *demand)
{
    struct copying copying = copying_none(program, rule);
    struct term **terms = bound_terms(&copying, rule->head, demand->adornment, true);
    return guard_literal(program, rule, demand->asked, terms);
}

void body_put_first(struct program *program, struct body *body, struct literal *literal)
{
    struct body longer = {0};
    body_push(program, &longer, literal);
    for (size_t i = 0; i < body->count; i++)
        body_push(program, &longer, body->literals[i]);
    *body = longer;
}

void body_remove(struct program *program, struct body *body,
                 const struct literal *literal)
{
    struct body rest = {0};
    for (size_t i = 0; i < body->count; i++)
        if (body->literals[i] != literal)
            body_push(program, &rest, body->literals[i]);
    *body = rest;
}
